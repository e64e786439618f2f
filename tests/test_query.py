"""What people write to search, read; and what they are told when it cannot be."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.core.query import LONGEST, Query, parse
from parley.errors import Invalid


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Apple  pie apple", Query(("apple", "pie"))),
        ('"Apple  pie" tart', Query(("apple pie", "tart"))),
        ('an "open phrase', Query(("an", '"open', "phrase"))),
        ("from:Ann in:general", Query(people=("ann",), rooms=("general",))),
        ("FROM:@Ann IN:#General x", Query(("x",), ("ann",), ("general",))),
        ('from:"Ann  Lee" in:"two words"', Query(people=("ann lee",), rooms=("two words",))),
        ("from:ann from:bob", Query(people=("ann", "bob"))),
        ("has:link", Query(link=True)),
        ("has:file HAS:Links", Query(link=True, file=True)),
        ("http://a.example/?x=1 12:30", Query(("http://a.example/?x=1", "12:30"))),
        ("login:from:x", Query(("login:from:x",))),
        ("after:2026-02-28", Query(since=day(2026, 3, 1))),
        ("after:2026-12", Query(since=day(2027))),
        ("after:2026-1", Query(since=day(2026, 2))),
        ("after:2026", Query(since=day(2027))),
        ("before:2026-2-28", Query(until=day(2026, 2, 28))),
        ("before:2026-02", Query(until=day(2026, 2))),
        ("before:2026 before:2025", Query(until=day(2025))),
        ("after:2024 after:2023", Query(since=day(2025))),
        ("\u0301 x", Query(("x",))),
    ],
)
def test_reading(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write what to look for"),
        ('  "" ', "Write what to look for"),
        ("\u0301", "Write what to look for"),
        ("from:", "Write a nickname after from:"),
        ('from:""', "Write a nickname after from:"),
        ("in:# x", "Write the name of a room after in:"),
        ("has:picture", "has:link and has:file"),
        ("before:yesterday", "Write a day after before:"),
        ("after:2026-02-30", "Write a day after after:"),
        ("after:9999-12-31", "Write a day after after:"),
        ("before:0001", "Write a day after before:"),
        ("before:", "Write a day after before:"),
        ("x" * (LONGEST + 1), "at most 200 characters"),
        ("a b c d e f g h i j k", "at most 10 words"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        parse(text)
    assert refused.value.code == "invalid_search"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except Invalid:
        return
    assert query != Query()
    assert all(query.terms)
