"""What search takes for the same, and how it finds again what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.folding import fold, grams, grams_within, traced


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hello  World\n", "hello world"),
        ("Zażółć Gęślą", "zazolc gesla"),
        ("cafe\u0301 CAFÉ", "cafe cafe"),
        ("Straße STRASSE", "strasse strasse"),
        ("İstanbul ıssız", "istanbul issiz"),
        ("ＦＵＬＬ ﾊﾝｶｸ ｶﾞ", "full ハンカク ガ"),
        ("が か", "が か"),
        ("한국", "한국"),
        ("\u1112\u1161\u11ab", "한"),
        ("Ёлка йод", "елка иод"),
        ("ΆΛΦΑς", "αλφασ"),
        ("हिन्दी", "हिन्दी"),
        ("ไทยใหม่", "ไทยใหม่"),
        ("שָׁלוֹם", "שלום"),
        ("عَرَبِيّ", "عربي"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("ﬁne ½", "fine 1⁄2"),
        ("👩‍👩‍👧", "👩👩👧"),
        ("\u3000wide\u00a0space ", "wide space"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=0x24F)) | st.text("がか\u3099ﾞ한\u1112\u1161 é\u0301ßﬁ"))
def test_a_trace_is_the_folded_text_with_its_places(text: str) -> None:
    folded, places = traced(text)
    assert folded == fold(text)
    assert len(places) == len(folded) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)


@given(st.text(max_size=30), st.integers(0, 30), st.integers(1, 10))
def test_whatever_is_in_a_text_is_found_by_its_grams(text: str, start: int, length: int) -> None:
    folded = fold(text)
    term = folded[start : start + length].strip()
    if term:
        held = grams(folded)
        for gram in grams_within(term):
            assert gram in held if len(gram) == 3 else any(each.startswith(gram) for each in held)


def test_grams_are_of_letters_digits_and_what_is_not_ascii() -> None:
    assert grams("c++ 東京") == {"c__", "___", "__東", "_東京", "東京_", "京__"}
    assert grams("'\"\\&|!") == {"___"}
    assert grams("") == set()
