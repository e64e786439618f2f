"""What travels: each frame of the protocol, and what becomes of one that is none."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley import parsing, wire
from parley.errors import Invalid

EXAMPLES: list[tuple[str, wire.ClientFrame]] = [
    ('{"type":"hello","cursors":{"1":100},"epoch":"e"}', wire.Hello({1: 100}, "e")),
    ('{"type":"hello"}', wire.Hello({}, "")),
    ('{"type":"post","key":"k","room":1,"source":"**hi**"}', wire.Post("k", 1, "**hi**")),
    ('{"source":"\\u00e9\\ud83d\\ude00","room":1,"key":"k","type":"post"}', wire.Post("k", 1, "é😀")),
    ('{"type":"edit","key":"k","message":7,"source":""}', wire.Edit("k", 7, "")),
    ('{"type":"delete","key":"k","message":7}', wire.Delete("k", 7)),
    ('{"type":"react","key":"k","message":7,"emoji":"👍","on":true}', wire.React("k", 7, "👍", True)),
    ('{"type":"read","room":1,"seq":120}', wire.Read(1, 120)),
    ('{"type":"read","room":1,"seq":120,"generation":2}', wire.Read(1, 120, 2)),
    ('{"type":"unread","room":1,"seq":120}', wire.Unread(1, 120)),
    ('{"type":"typing","room":1}', wire.Typing(1)),
    (' {"type":"ping"}\n', wire.Ping()),
]

WRONG_SHAPES = [
    "1",
    "null",
    "[]",
    '"ping"',
    "{}",
    '{"type":"shout"}',
    '{"type":7}',
    '{"type":null}',
    '{"type":"ping","more":1}',
    '{"type":"post","room":1,"source":"x"}',  # no key
    '{"type":"post","key":"","room":1,"source":"x"}',
    '{"type":"post","key":7,"room":1,"source":"x"}',
    '{"type":"post","key":"%s","room":1,"source":"x"}' % ("k" * 65),
    '{"type":"post","key":"k","room":"1","source":"x"}',
    '{"type":"post","key":"k","room":0,"source":"x"}',
    '{"type":"post","key":"k","room":-1,"source":"x"}',
    '{"type":"post","key":"k","room":1.5,"source":"x"}',
    '{"type":"post","key":"k","room":true,"source":"x"}',
    '{"type":"post","key":"k","room":9007199254740993,"source":"x"}',
    '{"type":"post","key":"k","room":1,"source":null}',
    '{"type":"post","key":"k","room":1,"source":["x"]}',
    '{"type":"react","key":"k","message":7,"emoji":"👍","on":1}',
    '{"type":"react","key":"k","message":7,"emoji":"","on":true}',
    '{"type":"react","key":"k","message":7,"emoji":"%s","on":true}' % ("x" * 33),
    '{"type":"read","room":1,"seq":-1}',
    '{"type":"unread","room":1,"seq":0}',
    '{"type":"hello","cursors":[1]}',
    '{"type":"hello","cursors":{"one":1}}',
    '{"type":"hello","cursors":{"1":-1}}',
    '{"type":"hello","cursors":{"0":1}}',
    # JSON that holds no Unicode text (RFC 8259 §8.2)
    '{"type":"post","key":"k","room":1,"source":"\\ud800"}',
    '{"type":"post","key":"k","room":1,"source":"\\udc00\\ud800"}',
    '{"type":"post","key":"\\ud800","room":1,"source":"x"}',
]

NO_JSON = [
    b"",
    b" ",
    b"hello",
    b"{",
    b'{"type":"ping"',
    b'{"type":"ping"} {}',
    b"{'type':'ping'}",
    b'{"type":"ping",}',
    b'{"type":"ping","x":NaN}',
    b'{"type":"ping","x":-Infinity}',
    b'{"type":"post","key":"k","room":1,"source":"\xff"}',
    b'{"type":"shout","x":"\xff"}',
    b'{"type":"post","key":"k","room":1,"source":"\xed\xa0\x80"}',  # a surrogate, in what would be UTF-8
    b'{"type":"post","key":"k","room":1,"source":"\x00"}',
    b'\xef\xbb\xbf{"type":"ping"}',
    '{"type":"ping"}'.encode("utf-16-le"),
    '{"type":"ping"}'.encode("utf-32-be"),
    b"[" * 60_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 9_999,
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_each_frame_is_understood(text: str, expected: wire.ClientFrame) -> None:
    assert parsing.parse(text) == expected
    assert parsing.parse(text.encode()) == expected


@pytest.mark.parametrize("text", WRONG_SHAPES)
def test_json_of_another_shape_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid, match=r"^The frame .*\.$"):
        parsing.parse(text.encode())


@pytest.mark.parametrize("data", NO_JSON)
def test_what_is_no_json_is_told_apart(data: bytes) -> None:
    with pytest.raises(parsing.NotJSON):
        parsing.parse(data)


@pytest.mark.parametrize("depth", [1_000, 10_000])
def test_deep_nesting_ends_as_one_refusal_or_the_other(depth: int) -> None:
    nested = '{"type":"ping","x":' + "[" * depth + "]" * depth + "}"
    with pytest.raises((Invalid, parsing.NotJSON)):
        parsing.parse(nested)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_the_bytes_are_there_is_a_frame_or_one_of_two_refusals(data: bytes) -> None:
    try:
        parsing.parse(data)
    except (Invalid, parsing.NotJSON):
        parsing.key_of(data)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
field_names = st.sampled_from(["type", "key", "room", "source", "message", "emoji", "on", "seq", "cursors", "epoch"])
types = st.sampled_from(["hello", "post", "edit", "delete", "react", "read", "typing", "ping"])


@given(st.dictionaries(field_names, json_values, max_size=6), types)
def test_json_is_never_taken_for_no_json(fields: dict[str, Any], kind: str) -> None:
    try:
        parsing.parse(json.dumps(fields | {"type": kind}))
    except Invalid:
        return


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"type":"shout","key":"k"}', "k"),
        ('{"type":"post","key":"k","room":"one"}', "k"),
        ('{"type":"post","key":"k","room":1,"source":"\\ud800"}', None),
        ('{"type":"post"}', None),
        ('{"key":7}', None),
        ('{"key":""}', None),
        ('{"key":"%s"}' % ("k" * 65), None),
        ("[]", None),
        ("nonsense", None),
    ],
)
def test_a_refusal_finds_its_key_if_there_is_one(text: str, key: str | None) -> None:
    assert parsing.key_of(text) == key


@pytest.mark.parametrize("character", ["x", "é", "\\", "\x01", "😀"])
def test_a_message_of_the_full_length_fits_into_a_frame_however_it_is_escaped(character: str) -> None:
    post = {"type": "post", "key": "😀" * 64, "room": 2**53, "source": character * 8000}
    assert len(json.dumps(post)) <= wire.PROTOCOL_LIMIT


def test_a_message_looks_as_the_protocol_says() -> None:
    moment = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
    message = wire.Message(
        id=7,
        room=1,
        seq=12,
        changed_seq=15,
        kind="text",
        author=5,
        key="k",
        source="*hi*",
        html="<p><em>hi</em></p>",
        created_at=moment,
        reactions=[wire.Reaction("👍", [5, 9])],
        previews=[wire.Preview(0, "https://example.org/", "pending")],
    )
    assert json.loads(wire.encode(message)) == {
        "id": 7,
        "room": 1,
        "seq": 12,
        "changed_seq": 15,
        "kind": "text",
        "author": 5,
        "key": "k",
        "source": "*hi*",
        "html": "<p><em>hi</em></p>",
        "created_at": "2026-11-22T10:00:00.123456Z",
        "edited_at": None,
        "deleted_at": None,
        "reactions": [{"emoji": "👍", "users": [5, 9]}],
        "previews": [
            {
                "position": 0,
                "url": "https://example.org/",
                "state": "pending",
                "title": "",
                "description": "",
                "site": "",
            }
        ],
        "reply_to": None,
    }


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (wire.Ack("k", 1, 141, 7), {"type": "ack", "key": "k", "room": 1, "seq": 141, "message": 7}),
        (wire.Error("too_long", "Split it."), {"type": "error", "code": "too_long", "detail": "Split it."}),
        (
            wire.Error("rate_limited", "Wait.", key="k", retry_after=2.5),
            {"type": "error", "code": "rate_limited", "detail": "Wait.", "key": "k", "retry_after": 2.5},
        ),
        (wire.Heads({1: 141}, 7), {"type": "heads", "heads": {"1": 141}, "online": 7}),
        (wire.Presence(5, True), {"type": "presence", "user": 5, "online": True}),
        (wire.TypingEvent(1, 5), {"type": "typing", "room": 1, "user": 5}),
        (wire.ReadEvent(1, 120), {"type": "read", "room": 1, "seq": 120}),
        (wire.ReadEvent(1, 120, 2), {"type": "read", "room": 1, "seq": 120, "generation": 2}),
        (wire.Pong(), {"type": "pong"}),
        (
            wire.Log(1, 100, 140, [msgspec.Raw(b'{"id":7}')], more=True),
            {
                "type": "log",
                "room": 1,
                "from": 100,
                "to": 140,
                "messages": [{"id": 7}],
                "more": True,
                "reset": False,
                "older": False,
            },
        ),
        (
            wire.MessageEvent(1, 141, msgspec.Raw(b'{"id":7}')),
            {"type": "message", "room": 1, "seq": 141, "message": {"id": 7}},
        ),
    ],
)
def test_what_the_server_says_looks_as_the_protocol_says(shape: Any, expected: dict[str, Any]) -> None:
    assert json.loads(wire.encode(shape)) == expected
