"""What a socket may be sent, and what becomes of everything else. Whatever it was, the server goes on."""

import json
import socket
import struct
from collections.abc import Iterator

import pytest
from websockets.frames import Close, Frame, Opcode

from tests.raw import RawSocket, raw
from tests.running import Chat, Person, RunningServer, serving

pytestmark = pytest.mark.usefixtures("goes_on")
PING = b'{"type":"ping"}'


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("frames") / "instance", HELLO_TIMEOUT="0.5") as running:
        yield running


@pytest.fixture
def opened(ana: Person) -> Iterator[RawSocket]:
    with raw(ana) as found:
        yield found


# ── the beginning ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "first",
    [
        {"type": "ping"},
        {"type": "post", "key": "early", "room": 1, "source": "x"},
        {"type": "watch", "users": [1]},
    ],
)
def test_the_first_frame_is_hello(ana: Person, first: dict[str, object]) -> None:
    with raw(ana, hello=False) as hasty:
        hasty.text(first)
        (error,), code = hasty.until_closed()
        assert error["type"] == "error"
        assert "hello" in error["detail"]
        assert code == 1008


def test_there_is_one_hello(opened: RawSocket) -> None:
    opened.text({"type": "hello"}, {"type": "ping"})
    frames, code = opened.until_closed()
    assert [frame["type"] for frame in frames if frame["type"] in ("error", "pong")] == ["error"]
    assert code == 1008


def test_a_hello_that_never_comes_closes_the_socket(ana: Person) -> None:
    with raw(ana, hello=False) as silent:
        assert silent.until_closed() == ([], 1008)


def test_pings_are_no_hello(ana: Person) -> None:
    with raw(ana, hello=False) as evasive:
        evasive.socket.settimeout(0.1)
        for _ in range(100):
            evasive.send(Frame(Opcode.PING, b""))
            try:
                assert isinstance(evasive.receive(), Close)
                break
            except TimeoutError:
                continue
        else:
            pytest.fail("the socket was kept open without a hello")


# ── no frames of the protocol ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "data",
    [
        b"hello",
        b"",
        b"{",
        b'{"type":"ping"}}',
        b'{"type":"ping","x":"\xff"}',
        b"\xed\xa0\x80",
        PING.decode().encode("utf-16"),
    ],
)
def test_what_is_no_json_gets_an_error_and_closes_the_socket(opened: RawSocket, data: bytes) -> None:
    opened.send(Frame(Opcode.TEXT, data), Frame(Opcode.TEXT, PING))
    frames, code = opened.until_closed()
    assert [(frame["type"], frame["code"]) for frame in frames if frame["type"] != "presence"] == [
        ("error", "not_json")
    ]
    assert code == 1007


@pytest.mark.parametrize(
    ("shape", "word"),
    [
        ({"type": "shout"}, "type"),
        ({"no": "type"}, "type"),
        (["ping"], "object"),
        ({"type": "ping", "extra": 1}, "extra"),
        ({"type": "post", "key": "k", "room": "1", "source": "x"}, "room"),
        ({"type": "post", "key": "k", "room": 1}, "source"),
        ({"type": "post", "key": "k" * 65, "room": 1, "source": "x"}, "key"),
        ({"type": "post", "key": "", "room": 1, "source": "x"}, "key"),
        ({"type": "post", "key": "k", "room": 2**60, "source": "x"}, "room"),
        ({"type": "post", "key": "k", "room": 1, "source": "\ud800"}, "Unicode"),
        ({"type": "read", "room": 1, "seq": -1}, "seq"),
        ({"type": "watch"}, "users"),
        ({"type": "watch", "users": list(range(1, 202))}, "users"),
        ({"type": "watch", "users": [0]}, "users"),
        ({"type": "watch", "users": [2**53 + 1]}, "users"),
        ({"type": "watch", "users": ["1"]}, "users"),
        ({"type": "watch", "users": [], "room": 1}, "room"),
    ],
)
def test_json_of_another_shape_gets_an_error_and_the_socket_stays(opened: RawSocket, shape: object, word: str) -> None:
    opened.send(Frame(Opcode.TEXT, json.dumps(shape).encode()), Frame(Opcode.TEXT, PING))
    error = opened.next("error")
    assert error["code"] == "invalid"
    assert word in error["detail"]
    opened.next("pong")


def test_a_refusal_names_the_key_of_the_frame(opened: RawSocket) -> None:
    opened.text({"type": "post", "key": "mine", "room": "general", "source": "x"})
    assert opened.next("error")["key"] == "mine"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"type": "post", "room": 1, "source": "x" * 8001}, "too_long"),
        ({"type": "post", "room": 1, "source": "😀" * 8001}, "too_long"),
        ({"type": "post", "room": 1, "source": ""}, "empty"),
        ({"type": "post", "room": 1, "source": " \n\t\u3000"}, "empty"),
        ({"type": "post", "room": 1, "source": "a\x00b"}, "invalid_text"),
        ({"type": "post", "room": 99, "source": "x"}, "not_found"),
        ({"type": "edit", "message": 2**53, "source": "x"}, "not_found"),
        ({"type": "delete", "message": 2**53}, "not_found"),
        ({"type": "react", "message": 1, "emoji": "ok", "on": True}, "not_an_emoji"),
        ({"type": "react", "message": 2**53, "emoji": "👍", "on": True}, "not_found"),
    ],
)
def test_a_refused_command_gets_its_error_by_its_key(opened: RawSocket, command: dict[str, object], code: str) -> None:
    opened.text(command | {"key": "mine"}, {"type": "ping"})
    error = opened.next("error")
    assert (error["key"], error["code"]) == ("mine", code)
    assert error["detail"].endswith(".")
    opened.text({"type": "ping"})
    opened.next("pong")


@pytest.mark.parametrize("character", ["x", "é", "😀", "\\", '"', "\x01"])
def test_a_message_of_8000_characters_fits_however_it_is_escaped(ana: Person, character: str) -> None:
    with ana.chat() as chat:
        assert chat.post(character * 8000)["type"] == "ack"


# ── below the frames: RFC 6455 ──────────────────────────────────────────────────────────────────────


def masked(first: int, payload: bytes, *, length: int | None = None) -> bytes:
    """A frame by hand: its first byte and payload as given, masked with zeros."""
    length = len(payload) if length is None else length
    assert length < 126 or length >= 2**16
    head = bytes([first, 0x80 | length]) if length < 126 else bytes([first, 0xFF]) + length.to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (masked(0x82, b"binary"), 1003),
        (masked(0x81, b"", length=2**20), 1009),
        (masked(0x81, b"", length=2**63), 1009),
        (b"\x81\x0f" + PING, 1002),  # not masked
        (masked(0x83, PING), 1002),  # a reserved opcode
        (masked(0x8B, PING), 1002),
        (masked(0xC1, PING), 1002),  # a reserved bit: no extension was agreed
        (masked(0x80, PING), 1002),  # a continuation of nothing
        (masked(0x01, b"{") + masked(0x81, b"{"), 1002),  # a new message within another
        (masked(0x09, b"split"), 1002),  # a control frame in parts
        (bytes([0x89, 0xFE, 0, 126]) + bytes(4 + 126), 1002),  # and one that is too long
        (masked(0x88, b"\x03"), 1002),  # half a close code
        (masked(0x88, (1005).to_bytes(2, "big")), 1002),  # one that is never sent
    ],
)
def test_what_is_no_websocket_closes_it_with_the_code_of_the_rfc(opened: RawSocket, data: bytes, code: int) -> None:
    opened.socket.sendall(data)
    _, closed = opened.until_closed()
    assert closed == code


def test_a_message_in_parts_that_is_too_large_in_all_is_refused(opened: RawSocket) -> None:
    part = b"x" * 60_000
    opened.send(Frame(Opcode.TEXT, part, fin=False), *[Frame(Opcode.CONT, part, fin=False)] * 2)
    assert opened.until_closed()[1] == 1009


def test_a_message_in_parts_is_put_together_and_pings_come_between(opened: RawSocket) -> None:
    opened.send(
        Frame(Opcode.TEXT, b"", fin=False),
        Frame(Opcode.CONT, PING[:5], fin=False),
        Frame(Opcode.PING, b"between"),
        Frame(Opcode.CONT, b"", fin=False),
        Frame(Opcode.CONT, PING[5:], fin=False),
        Frame(Opcode.CONT, b""),
        Frame(Opcode.TEXT, PING),
    )
    opened.next("pong")
    opened.next("pong")


def test_bytes_may_come_one_by_one(opened: RawSocket) -> None:
    for byte in Frame(Opcode.TEXT, PING).serialize(mask=True):
        opened.socket.sendall(bytes([byte]))
    opened.next("pong")


def test_a_close_is_answered_with_the_same_code(opened: RawSocket) -> None:
    opened.send(Frame(Opcode.CLOSE, Close(1001, "leaving").serialize()))
    assert opened.until_closed()[1] == 1001
    assert opened.socket.recv(1) == b"", "the server closes the connection"


def test_an_end_without_a_close_is_one(opened: RawSocket, parley: RunningServer) -> None:
    opened.socket.shutdown(socket.SHUT_WR)
    assert opened.until_closed()[1] == 1006


def test_a_reset_with_commands_under_way_takes_no_answer_of_another_along(ana: Person, witness: Chat) -> None:
    """All answers of a commit come to the loop together; that one of them has no socket any more hurts no other."""
    for number in range(20):
        with raw(ana) as cut_off:
            posts = [{"type": "post", "key": f"{number} {each}", "room": 1, "source": "x"} for each in range(60)]
            cut_off.text(*posts)
            witness.send({"type": "post", "key": f"beside {number}", "room": 1, "source": "beside"})
            cut_off.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset on close
        assert witness.answer(f"beside {number}")["type"] == "ack"


def test_commands_before_a_close_are_carried_out(ana: Person, witness: Chat) -> None:
    with raw(ana) as hasty:
        hasty.text({"type": "post", "key": "last words", "room": 1, "source": "last words"})
        hasty.send(Frame(Opcode.CLOSE, Close(1000, "").serialize()))
        witness.next("message", lambda frame: frame["message"]["key"] == "last words")


def test_a_thousand_commands_at_once_are_all_answered_in_order(ana: Person) -> None:
    """More than may wait for an answer: the socket is read as fast as they are stored."""
    with ana.chat() as chat:
        for number in range(1000):
            chat.send({"type": "post", "key": f"burst {number}", "room": 1, "source": str(number)})
        acks = [chat.next("ack") for _ in range(1000)]
        assert [ack["key"] for ack in acks] == [f"burst {number}" for number in range(1000)]
        assert [ack["seq"] for ack in acks] == list(range(acks[0]["seq"], acks[0]["seq"] + 1000))


def test_a_closed_socket_stays_closed(opened: RawSocket) -> None:
    opened.send(Frame(Opcode.TEXT, b"nonsense"))
    opened.until_closed()
    try:
        opened.text({"type": "post", "key": "after", "room": 1, "source": "x"})
        assert opened.socket.recv(1) == b""
    except ConnectionError:
        pass
