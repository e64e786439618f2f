"""What waits to go out is bounded, and joined while it waits."""

from parley.bus.interface import Attendance, Entry, Ring, Typed
from parley.bus.outbox import AT_ONCE, BUSY, MOST_BYTES, MOST_QUEUED, Outbox, Said
from parley.signals import Signal


def entry(seq: int, size: int = 1) -> Entry:
    return Entry(seq, seq, b"x" * size)


def ring(from_: int, to: int, room: int = 1, size: int = 1) -> Ring:
    return Ring(room, from_, to, [entry(seq, size) for seq in range(from_ + 1, to + 1)])


def taken(outbox: Outbox) -> list[Said]:
    return [statement.what for statement in outbox.take()]


def filled(*said: Said, roomy: bool = True) -> Outbox:
    outbox = Outbox(roomy=roomy)
    for at, what in enumerate(said):
        outbox.put(what, float(at), "e")
    return outbox


def test_rings_that_follow_each_other_leave_as_one() -> None:
    assert taken(filled(ring(0, 1), ring(1, 3), ring(3, 4))) == [ring(0, 4)]
    outbox = filled(ring(0, 1, room=1), ring(7, 8, room=2), ring(1, 2, room=1), ring(8, 9, room=2))
    assert taken(outbox) == [ring(0, 2, room=1), ring(7, 9, room=2)]
    assert taken(outbox) == []


def test_what_will_be_followed_by_more_is_known_by_what_was_said_last() -> None:
    followed = ring(0, 1)._replace(more=True)
    assert filled(followed).more
    assert filled(ring(0, 1), followed._replace(room=2)).more
    assert not filled(followed, ring(1, 2)).more
    assert not filled(followed, Typed(1, 1)).more
    assert not filled().more
    assert filled(followed, roomy=False).more


def test_a_joined_ring_is_as_old_as_its_first() -> None:
    assert [statement.at for statement in filled(ring(0, 1), ring(1, 2)).take()] == [0.0]


def test_rings_of_two_epochs_are_never_joined() -> None:
    outbox = filled(ring(0, 1))
    outbox.put(ring(1, 2), 1.0, "another")
    assert [(statement.what, statement.epoch) for statement in outbox.take()] == [
        (ring(0, 1), "e"),
        (ring(1, 2), "another"),
    ]


def test_where_another_node_wrote_in_between_they_stay_apart() -> None:
    said = [ring(0, 1), ring(2, 3), ring(3, 4)]
    assert taken(filled(*said)) == [ring(0, 1), ring(2, 4)]


def test_without_entries_the_furthest_is_all_there_is_to_say() -> None:
    assert taken(filled(ring(0, 1), ring(4, 5), ring(2, 3), roomy=False)) == [Ring(1, 0, 5, [])]


def test_a_ring_that_is_too_large_goes_without_its_entries_and_alone() -> None:
    large = ring(1, 2, size=MOST_BYTES + 1)
    assert taken(filled(ring(0, 1), large, ring(2, 3))) == [ring(0, 1), Ring(1, 1, 2, []), ring(2, 3)]
    half = MOST_BYTES // 2 + 1
    assert taken(filled(ring(0, 1, size=half), ring(1, 2, size=half))) == [
        ring(0, 1, size=half),
        ring(1, 2, size=half),
    ]


def test_signals_stay_in_order_and_are_never_joined() -> None:
    said: list[Said] = [
        Signal("tokens", 1),
        Attendance("a", here=[1]),
        Signal("tokens", 1),
        Typed(1, 2),
        Attendance("a"),
    ]
    assert taken(filled(*said)) == said


def test_no_more_than_a_good_part_leaves_at_once() -> None:
    outbox = filled(*(ring(number, number + 1, room=number, size=MOST_BYTES) for number in range(8)))
    assert len(outbox.take()) == AT_ONCE // MOST_BYTES
    assert len(outbox) == 8 - AT_ONCE // MOST_BYTES


def test_too_much_drops_the_oldest_and_typing_first() -> None:
    outbox = filled(*(Typed(1, user) for user in range(10 * BUSY)))
    assert len(outbox) == BUSY
    outbox = filled(*(Signal("tokens", user) for user in range(2 * MOST_QUEUED)))
    assert len(outbox) == MOST_QUEUED
    assert taken(outbox)[-1] == Signal("tokens", 2 * MOST_QUEUED - 1)
