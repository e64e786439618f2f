"""Whether a room is archived, by whatever was heard of it, in whatever order."""

import itertools
from datetime import UTC, datetime

import pytest

from parley.bus.interface import Entry
from parley.faces.gateway.closing import Closing
from parley.wire import Message

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def entry(seq: int, kind: str, source: str = "", key: str | None = None) -> Entry:
    return Entry.of(Message(2**52, 2**52, seq, seq, kind, 2**52, key, source, source, NOW))


@pytest.mark.parametrize("order", list(itertools.permutations([(3, "archived"), (5, "unarchived"), (9, "archived")])))
def test_the_newest_word_counts(order: tuple[tuple[int, str], ...]) -> None:
    closing = Closing()
    closing.hear(2, False)
    for seq, kind in order:
        closing.follow(entry(seq, kind))
    assert closing.archived
    closing.hear(10, False)
    assert not closing.archived


def test_what_people_write_closes_nothing() -> None:
    closing = Closing()
    closing.follow(entry(1, "text", '"kind":"archived"', '"kind":"archived"'))
    assert not closing.archived
