import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.errors import Invalid
from parley.names import LONGEST, RESERVED, check, key

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("anna", "anna"),
        ("  Anna   Maria ", "Anna Maria"),
        ("Anna\u00a0Maria", "Anna Maria"),
        ("anna\n", "anna"),
        ("Zoe\u0308", "Zoë"),
        ("O’Neil-Smith, jr. (2)", "O’Neil-Smith, jr. (2)"),
        ("x_y+z@home", "x_y+z@home"),
        ("李小龍", "李小龍"),
        ("Ωμέγα", "Ωμέγα"),
        ("محمد", "محمد"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian, with a joiner inside the word
        ("क्\u200dष", "क्\u200dष"),  # Devanagari, half form
        ("ไท้ใหญ่", "ไท้ใหญ่"),
        ("Nguyễn", "Nguyễn"),
        ("🦊", "🦊"),
        ("❤️ Ana", "❤️ Ana"),
        ("👩‍🚀", "👩‍🚀"),
        ("👩🏽‍🚀", "👩🏽‍🚀"),
        ("🏳️‍🌈", "🏳️‍🌈"),
        ("1️⃣", "1️⃣"),
        ("42", "42"),
        ("a" * LONGEST, "a" * LONGEST),
        ("e\u0301" * LONGEST, "é" * LONGEST),
    ],
)
def test_a_name_is_shown_as_it_was_meant(raw: str, shown: str) -> None:
    assert check(raw) == shown


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "empty"),
        (" \t\n ", "empty"),
        ("a" * (LONGEST + 1), "at most 32"),
        ("anna:secret", "colon"),
        ("an\0na", "control"),
        ("an\tna", "control"),
        ("an\nna", "one line"),
        ("an\u2028na", "one line"),
        ("an\u2029na", "one line"),
        ("an\x85na", "control"),
        ("an\x1bna", "control"),
        ("an\ud800na", "control"),
        ("\udfff", "control"),
        *[
            (f"an{invisible}na", "invisible")
            for invisible in (
                *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",  # direction
                *"\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u3164\u115f\u1160\uffa0\u2800\u180e\ufe0f\ufe0e\ufff9",
                "\U000e0061",
                "\ue000",
                "\U000f0000",
                "\u0378",
                "\ufdd0",
                "\uffff",
            )
        ],
        ("\u200d", "invisible"),
        ("anna\u200d", "invisible"),
        (ENGLAND, "invisible"),
        ("\u0301", "accent"),
        ("\u0301\u0302", "accent"),
        ("a \u0301b", "accent"),
        ("a" + "\u0335" * 5, "accent"),
        ("...", "letter"),
        ("_", "letter"),
        *[(word, "reserved") for word in sorted(RESERVED)],
        ("Everyone", "reserved"),
        (" HERE ", "reserved"),
        ("ａｌｌ", "reserved"),
    ],
)
def test_a_name_that_hides_or_breaks_something_is_refused_with_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as refusal:
        check(raw)
    refusal.value.detail.encode()  # can be told to anybody


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna", "ANNA"),
        ("Straße", "STRASSE"),
        ("Zoë", "Zoe\u0308"),
        ("ﬁnn", "finn"),
        ("ａｎｎａ", "anna"),
        ("İ", "i\u0307"),
        ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
        ("❤️", "❤"),
        ("می\u200cخواهم", "میخواهم"),
        ("Anna  Maria", "anna maria"),
        ("K", "\u212a"),
    ],
)
def test_names_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("anna", "ana"), ("anna", "änna"), ("a b", "ab"), ("👩", "👨")])
def test_other_names_are_others(one: str, other: str) -> None:
    assert key(one) != key(other)


@settings(deadline=None)
@given(st.text(st.characters()))  # surrogates too
def test_a_key_is_its_own_key(name: str) -> None:
    assert key(key(name)) == key(name)


_NAMES = st.text(
    st.characters() | st.sampled_from("aé \u00a0\u0301\u0308\u094d\u200c\u200d\ufe0f👩ﷺیक:ｈ"), max_size=40
)


@settings(deadline=None)
@given(_NAMES)
def test_a_checked_name_stays_as_it_is_and_keeps_its_key(raw: str) -> None:
    try:
        name = check(raw)
    except Invalid:
        return
    assert check(name) == name
    assert 1 <= len(name) <= LONGEST
    assert key(name) == key(raw) != ""
    assert ":" not in name
    assert name.isprintable() or any(joiner in name for joiner in "\u200c\u200d")
