"""Read positions: forward by reading, backward only on purpose; and what is unread, beside a naive recount."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from parley.core import reading, rooms
from parley.core.membership import InviteMember
from parley.core.messages import Delete, Edit, React
from parley.core.reading import MarkRead, MarkUnread
from parley.core.room_changes import ChangeRoom, CreateRoom
from parley.errors import NotFound
from parley.signals import Signal
from parley.store import tables
from parley.store.batch import Batch, Command
from parley.store.positions import Unread
from tests.stores import Place


def read_position(place: Place, person: int, room: int) -> int:
    return next(each.read for each in rooms.of_users(place.store, [person])[person] if each.id == room)


def test_a_read_position_goes_forward_only_and_not_beyond_the_head(place: Place) -> None:
    ann, bob = place.register(), place.register()
    room = place.room(ann)
    for _ in range(5):
        place.post(ann, room=room)
    told = []
    for seq, position in ((2, 2), (1, 2), (2, 2), (4, 4), (2**53, 5), (0, 5)):
        place.committed.clear()
        place.run(MarkRead(ann, room, seq))
        assert read_position(place, ann, room) == position
        told += [signal for committed in place.committed for signal in committed.signals]
    assert told == [Signal("read", ann, room, seq) for seq in (2, 4, 5)]
    place.committed.clear()
    place.all_at_once([MarkRead(bob, room, 3), MarkRead(ann, 99, 3)])  # not in the room; no such room
    assert [committed.signals for committed in place.committed] == [[], []]


def test_reads_that_wait_together_move_once(place: Place) -> None:
    ann = place.register()
    room = place.room(ann)
    for _ in range(5):
        place.post(ann, room=room)
    place.committed.clear()
    place.all_at_once([MarkRead(ann, room, seq) for seq in (2, 4, 3)])
    assert place.committed[-1].signals == [Signal("read", ann, room, 4)]
    assert read_position(place, ann, room) == 4


def standing(place: Place, person: int, room: int) -> tuple[int, int]:
    """Read position and generation."""
    return next(
        (each.read, each.generation) for each in rooms.of_users(place.store, [person])[person] if each.id == room
    )


def told(place: Place) -> list[Signal]:
    """What other devices heard of since the last look."""
    found = [signal for committed in place.committed for signal in committed.signals]
    place.committed.clear()
    return found


def test_a_mark_sets_the_position_back_and_late_reads_do_not_undo_it(place: Place) -> None:
    ann = place.register()
    room = place.room(ann)
    for _ in range(5):
        place.post(ann, room=room)
    place.run(MarkRead(ann, room, 5, 0))
    told(place)
    place.run(MarkUnread(ann, room, 3))
    assert standing(place, ann, room) == (2, 1)
    place.run(MarkRead(ann, room, 5, 0))  # seen before the mark, and late
    place.run(MarkRead(ann, room, 5, 2))  # of a mark that was never stored
    assert standing(place, ann, room) == (2, 1)
    place.run(MarkRead(ann, room, 4, 1))
    place.run(MarkRead(ann, room, 5))  # knows of no generations
    assert told(place) == [
        Signal("read", ann, room, 2, 1),
        Signal("read", ann, room, 4, 1),
        Signal("read", ann, room, 5, 1),
    ]
    place.run(MarkUnread(ann, room, 2**53))
    assert standing(place, ann, room) == (5, 2), "not beyond the log"


def test_moves_that_wait_together_are_made_in_their_order(place: Place) -> None:
    ann = place.register()
    room = place.room(ann)
    for _ in range(5):
        place.post(ann, room=room)
    told(place)
    moves: list[Command] = [MarkRead(ann, room, 4, 0), MarkUnread(ann, room, 2), MarkRead(ann, room, 5, 0)]
    place.all_at_once([*moves, MarkRead(ann, room, 3, 1), MarkRead(ann, room, 2, 1)])
    assert standing(place, ann, room) == (3, 1)
    assert told(place) == [Signal("read", ann, room, 3, 1)]


def test_nobody_marks_what_they_do_not_see(small: Place) -> None:
    ann, bob = small.register(), small.register()
    room = small.run(CreateRoom(ann, "late", history="joined"))
    small.post(ann, room=room)
    with pytest.raises(NotFound):
        small.run(MarkUnread(bob, room, 1))
    with pytest.raises(NotFound):
        small.run(MarkUnread(bob, 99, 1))
    small.run(InviteMember(ann, room, bob))
    small.run(MarkUnread(bob, room, 1))
    assert standing(small, bob, room) == (2, 1), "what was before is not theirs"
    assert reading.unread(small.store, bob, [room, 99]) == [Unread(room, 3, 2, 1, 0)]


@dataclass(slots=True)
class Answering(Command):
    """Makes a message the answer to another one, in its thread."""

    message: int
    root: int

    def apply(self, batch: Batch) -> None:
        query = update(tables.messages).where(tables.messages.c.id == self.message)
        batch.connection.execute(query.values(reply_to=self.root))


STEPS = st.tuples(
    st.sampled_from(["post", "post", "post", "post", "answer", "edit", "delete", "react", "say", "read", "mark"]),
    st.integers(0, 1),
    st.integers(0, 30),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=10, max_size=40))
def test_whatever_happens_the_count_is_that_of_a_naive_recount(
    place: Place, history: list[tuple[str, int, int]]
) -> None:
    people = [place.register(), place.register()]
    room = place.run(CreateRoom(people[0], f"room of {people[0]}"))
    place.run(InviteMember(people[0], room, people[1]))
    texts: list[Any] = []
    for kind, who, n in history:
        person = people[who]
        some = texts[-1 - n % len(texts)] if texts else None
        match kind:
            case "post" | "answer":
                texts.append(place.post(person, room=room).message)
                if kind == "answer" and some is not None:
                    place.run(Answering(texts[-1].id, some.id))
            case "edit" | "delete" | "react" if some is not None and place.message(some.id).deleted_at is None:
                if kind == "react":
                    place.run(React(person, some.id, "👍", on=n % 2 == 0))
                else:
                    place.run(
                        Delete(some.author, some.id) if kind == "delete" else Edit(some.author, some.id, f"new {n}")
                    )
            case "say":
                place.run(ChangeRoom(people[0], room, None, f"topic {n} {place.head(room)}", None))
            case "read":
                place.run(MarkRead(person, room, n, n % 3))
            case "mark":
                place.run(MarkUnread(person, room, n + 1))
        for each in people:
            read, generation = standing(place, each, room)
            news = [
                message
                for message in place.log(room)
                if message.seq > read and message.kind == "text" and message.author != each
                if message.deleted_at is None and message.reply_to is None
            ]
            assert reading.unread(place.store, each, [room]) == [
                Unread(room, place.head(room), read, generation, len(news))
            ]
