"""What is shown of a message that was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.excerpt import LEAD, WIDTH, Piece, excerpt, relevance
from parley.folding import fold


def marked(source: str, *terms: str) -> str:
    """The excerpt, its hits in brackets."""
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in excerpt(source, terms))


@pytest.mark.parametrize(
    ("source", "terms", "shown"),
    [
        ("Hello world", ("world",), "Hello [world]"),
        ("Hello world", (), "Hello world"),
        ("hello HELLO", ("hello",), "[hello] [HELLO]"),
        ("Żółć", ("zol",), "[Żół]ć"),
        ("cafe\u0301s", ("cafe",), "[cafe\u0301]s"),
        ("Straße", ("stras",), "[Straß]e"),
        ("Straße", ("strasse",), "[Straße]"),
        ("東京タワー", ("京タ",), "東[京タ]ワー"),
        ("한국어", ("국",), "한[국]어"),
        ("a\n\n b", ("a b",), "[a b]"),
        ("abab", ("ab", "ba"), "[abab]"),
        ("abcd", ("ab", "cd"), "[abcd]"),
        ("nothing of it", ("zzz",), "nothing of it"),
    ],
)
def test_hits_are_where_they_were_typed(source: str, terms: tuple[str, ...], shown: str) -> None:
    assert marked(source, *terms) == shown


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    source = "before " * 100 + "needle " + "after " * 100
    pieces = excerpt(source, ["needle"])
    assert pieces[0] == pieces[-1] == Piece("…", False)
    assert Piece("needle", True) in pieces
    assert len("".join(piece.text for piece in pieces[1:-1])) == WIDTH
    assert len(pieces[1].text) == LEAD


@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=3), max_size=3))
def test_any_text_has_an_excerpt(source: str, terms: list[str]) -> None:
    pieces = excerpt(source, [term for term in map(fold, terms) if term])
    assert all(piece.text for piece in pieces)
    assert sum(len(piece.text) for piece in pieces) <= WIDTH + 2


@pytest.mark.parametrize(
    ("better", "worse", "terms"),
    [
        ("a plan", "a planet", ("plan",)),
        ("a planet", "replant", ("plan",)),
        ("plan plan", "plan b", ("plan",)),
        ("good plan", "plan good", ("good", "plan")),
        ("plan", "plan " + "x " * 200, ("plan",)),
    ],
)
def test_relevance(better: str, worse: str, terms: tuple[str, ...]) -> None:
    assert relevance(better, terms) > relevance(worse, terms)
