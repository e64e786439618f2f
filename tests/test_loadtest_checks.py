"""What the load test promises to notice, shown to it broken."""

import pytest

from parley.loadtest.checks import Ledger, View, judge
from parley.loadtest.frames import Event, Page
from parley.loadtest.pipe import Seat, Story

ROOM = 1


def event(seq: int, post: str | None = None) -> Event:
    return Event(ROOM, seq, post, 0.0 if post else None)


def page(after: int, to: int, *, reset: bool = False, without: frozenset[int] = frozenset()) -> Page:
    numbers = set(range(after + 1, to + 1)) - without
    return Page(ROOM, after, to, reset, [event(each) for each in sorted(numbers)], numbers)


def view(*, upto: int = 10) -> View:
    """A socket that has its first page."""
    made = View("ann/1")
    assert made.page(page(0, upto, reset=True)) is None
    return made


def test_a_socket_that_sees_everything_in_order_has_nothing_to_say() -> None:
    seen = view()
    assert [seen.event(event(seq)) for seq in (11, 12, 13)] == [None] * 3
    assert seen.page(page(13, 20)) is None
    assert seen.event(event(21)) is None
    assert seen.seats(still_open=True) == [Seat("ann/1", ROOM, 10, 21, True)]


@pytest.mark.parametrize(
    ("arriving", "said"),
    [
        ([11, 13], "ann/1, room 1: 13 came after 11: a gap"),
        ([11, 11], "ann/1, room 1: 11 came again, after 11: doubled"),
        ([11, 12, 10], "ann/1, room 1: 10 came again, after 12: doubled"),
        ([12, 11], "ann/1, room 1: 11 came after 12: out of order"),
    ],
)
def test_a_gap_a_double_and_a_disorder_are_seen_at_once(arriving: list[int], said: str) -> None:
    seen = view()
    assert said in [seen.event(event(seq)) for seq in arriving]


def test_a_log_that_leaves_something_out_repeats_or_forgets_is_seen() -> None:
    assert view().page(page(12, 20)) == "ann/1, room 1: the log went on after 12 instead of 10"
    assert view().page(page(8, 20)) == "ann/1, room 1: the log went on after 8 instead of 10"
    assert view().page(page(0, 5, reset=True)) == "ann/1, room 1: the log began anew at 5, although 10 was known"
    fresh = View("ann/1")
    assert fresh.event(event(1)) == "ann/1, room 1: 1 came before the log"
    assert fresh.page(page(3, 5)) == "ann/1, room 1: the log began without a first page"


def test_two_posts_at_one_number_are_seen() -> None:
    ledger = Ledger()
    assert ledger.enter(event(7, "a")) is None
    assert ledger.enter(event(7, "a")) is None
    assert ledger.enter(event(7, "b")) == "room 1: 7 is two posts, a and b"


def story(
    acked: dict[str, int], keys: dict[int, str], *, upto: int = 12, still_open: bool = True, holes: tuple[int, ...] = ()
) -> Story:
    seats = [Seat("ann/1", ROOM, 0, upto, still_open, list(holes))]
    return Story({post: (ROOM, seq) for post, seq in acked.items()}, {ROOM: keys}, seats, 0)


GOOD = {11: "a", 12: "b"}


def test_what_was_acknowledged_and_arrived_is_not_complained_about() -> None:
    assert list(judge([story({"a": 11}, GOOD), story({"b": 12}, GOOD)])) == []


def test_what_arrived_and_was_never_acknowledged_is_no_broken_promise() -> None:
    assert list(judge([story({"a": 11}, GOOD)])) == []


def test_a_socket_that_left_is_judged_up_to_where_it_was() -> None:
    assert list(judge([story({"a": 11, "b": 12}, {11: "a"}, upto=11, still_open=False)])) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (story({"a": 11, "b": 12}, {11: "a"}), "b was acknowledged as 12, where sockets saw no post of ours"),
        (story({"a": 11, "b": 12}, {11: "a", 12: "x"}), "b was acknowledged as 12, where sockets saw x"),
        (story({"a": 11, "b": 12}, {11: "a"}, upto=11), "1 acknowledged posts after 11 never came"),
        (story({"a": 11, "b": 12}, {11: "a", 12: "a"}), "a stands at 11 and at 12: doubled"),
        (story({"a": 11, "b": 12}, GOOD, holes=(11,)), "a, acknowledged as 11, never came"),
    ],
)
def test_each_broken_promise_is_judged(told: Story, said: str) -> None:
    assert any(said in each for each in judge([told]))


def test_what_one_process_lost_is_seen_although_another_has_it() -> None:
    (said,) = judge([story({"a": 11, "b": 12}, GOOD), story({}, {12: "b"})])
    assert said == "room 1: a was acknowledged as 11, where sockets saw no post of ours"


def test_what_a_page_left_out_is_judged_at_the_end() -> None:
    """A number may be hidden by a later change of the same message; one of a post that nobody changed may not."""
    seen = view()
    assert seen.page(page(10, 12, without=frozenset({11}))) is None
    (seat,) = seen.seats(still_open=True)
    broken = Story({"a": (ROOM, 11)}, {ROOM: GOOD}, [seat], 0)
    assert list(judge([broken])) == ["ann/1, room 1: a, acknowledged as 11, never came"]
    assert seen.page(page(12, 14)) is None
    assert seen.page(Page(ROOM, 14, 15, False, [], {11, 15})) is None, "the message of 11, as of 15"
    (seat,) = seen.seats(still_open=True)
    assert list(judge([Story({"a": (ROOM, 11)}, {ROOM: GOOD}, [seat], 0)])) == []
