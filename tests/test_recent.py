"""RecentLog: order is kept whatever the bus does to the rings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.bus.interface import Entry, Ring
from parley.faces.gateway import recent
from parley.faces.gateway.recent import RecentLog

ROOM = 1


def entry(seq: int, message: int) -> Entry:
    return Entry(seq, message, b"%d as of %d" % (message, seq))


def ring(entries: list[Entry]) -> Ring:
    return Ring(ROOM, entries[0].seq - 1, entries[-1].seq, entries)


histories = st.lists(st.integers(1, 6), min_size=1, max_size=40).map(
    lambda messages: [entry(seq, message) for seq, message in enumerate(messages, 1)]
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Entry], list[Ring]]:
    """A log, and rings that tell of stretches of it: overlapping, doubled, missing, in any order, or empty."""
    log = draw(histories)
    rings = []
    for _ in range(draw(st.integers(0, 20))):
        start = draw(st.integers(0, len(log) - 1))
        end = draw(st.integers(start + 1, len(log)))
        told = ring(log[start:end])
        rings.append(told if draw(st.booleans()) else told._replace(entries=[]))
    return log, rings


@given(deliveries())
def test_exactly_the_next_seqs_are_accepted(delivery: tuple[list[Entry], list[Ring]]) -> None:
    log, rings = delivery
    recent_log, accepted = RecentLog(0), list[Entry]()
    for told in rings:
        head = recent_log.head
        result = recent_log.accept(told)
        accepted += result.entries
        assert accepted == log[: recent_log.head]
        assert result.duplicates == sum(each.seq <= head for each in told.entries)
        assert result.hole == (told.to > recent_log.head)


@given(deliveries(), st.data())
def test_a_hole_is_filled_and_what_comes_late_is_dropped(
    delivery: tuple[list[Entry], list[Ring]], data: st.DataObject
) -> None:
    log, rings = delivery
    recent_log = RecentLog(0)
    seen: dict[int, Entry] = {}
    for told in rings:
        read_at = recent_log.head  # where a read of the database begins, before the ring is heard
        seen |= {each.message: each for each in recent_log.accept(told).entries}
        if data.draw(st.booleans()):
            to = data.draw(st.integers(read_at, len(log)))
            page = compacted(log[read_at:to])
            head = recent_log.head
            filled = recent_log.fill(page, to)
            assert recent_log.head == max(head, to)
            assert [each.seq for each in filled] == [each.seq for each in page if each.seq > head]
            seen |= {each.message: each for each in filled}
        assert seen == {each.message: each for each in log[: recent_log.head]}


def compacted(entries: list[Entry]) -> list[Entry]:
    """As the database tells it: each message once, in its last state."""
    latest = {each.message: each for each in entries}
    return sorted(latest.values(), key=lambda each: each.seq)


@given(histories, st.integers(0, 12), st.data())
def test_since_tells_the_latest_state_of_what_changed(log: list[Entry], first: int, data: st.DataObject) -> None:
    first = min(first, len(log))
    recent_log = RecentLog(first)
    for each in log[first:]:
        recent_log.accept(ring([each]))
    cursor = data.draw(st.integers(0, len(log)))
    to = data.draw(st.integers(cursor, len(log)))
    told = recent_log.since(cursor, to)
    assert told == (compacted(log[cursor:to]) if cursor >= first else None)


def test_the_oldest_half_is_forgotten_when_there_are_too_many() -> None:
    recent_log = RecentLog(0)
    for seq in range(1, 5 * recent.MOST_ENTRIES):
        recent_log.accept(ring([entry(seq, seq)]))
        assert recent_log.head - recent_log.floor <= recent.MOST_ENTRIES
        assert recent_log.head - recent_log.floor >= min(seq, recent.MOST_ENTRIES // 2 - 1)
    kept = recent_log.since(recent_log.floor, recent_log.head)
    assert kept is not None
    assert [each.seq for each in kept] == list(range(recent_log.floor + 1, recent_log.head + 1))
    assert recent_log.since(recent_log.floor - 1, recent_log.head) is None


def test_the_oldest_half_is_forgotten_when_they_are_too_large() -> None:
    recent_log = RecentLog(0)
    large = recent.MOST_BYTES // 10
    for seq in range(1, 100):
        recent_log.accept(ring([Entry(seq, seq, b"x" * large)]))
        assert (recent_log.head - recent_log.floor) * large <= recent.MOST_BYTES
    assert recent_log.head - recent_log.floor >= 4


def test_one_entry_larger_than_the_memory_leaves_the_log_in_order() -> None:
    recent_log = RecentLog(0)
    assert recent_log.accept(ring([Entry(1, 1, b"x" * (recent.MOST_BYTES + 1))])).entries
    assert (recent_log.floor, recent_log.head) == (1, 1)
    assert recent_log.accept(ring([entry(2, 2)])).entries == [entry(2, 2)]


@pytest.mark.parametrize(("cursor", "told"), [(6, None), (7, []), (8, [])])
def test_a_log_that_begins_late_answers_only_for_what_it_holds(cursor: int, told: list[Entry] | None) -> None:
    assert RecentLog(7).since(cursor, 7) == told
