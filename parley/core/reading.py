"""What people have read: moving the read position on, setting it back on purpose, counting what is beyond it."""

from collections.abc import Sequence
from dataclasses import dataclass

from parley.core.membership import here
from parley.store import positions
from parley.store.batch import Batch, Command, Needs
from parley.store.positions import Move, Unread
from parley.store.store import Store

ROOMS = 200  # in one answer at most


@dataclass(slots=True)
class MarkRead(Command):
    """This person has seen everything up to `seq`. Late packets never move it backward.

    `generation`: that of the read position which this was read by. Somebody has marked something unread since then: it
    is ignored. None: as of now.
    """

    user: int
    room: int
    seq: int
    generation: int | None = None

    def apply(self, batch: Batch) -> None:
        """The person's other devices are told."""
        batch.move_read(self.room, self.user, Move(self.seq, self.generation))


@dataclass(slots=True)
class MarkUnread(Command):
    """The message at this place, and all that follows, is unread again: the next generation of the read position."""

    user: int
    room: int
    seq: int

    def needs(self) -> Needs:
        """The seat."""
        return Needs(seats=((self.room, self.user),))

    def apply(self, batch: Batch) -> None:
        """The person's other devices are told. Raises NotFound for who is not in the room."""
        _, seat = here(batch, self.room, self.user)
        batch.move_read(self.room, self.user, Move(max(seat.since, self.seq - 1), back=True))


def unread(store: Store, user: int, rooms: Sequence[int] | None = None) -> list[Unread]:
    """How much is unread in the rooms of this person, or in these; those they are not in are left out."""
    with store.reading() as connection:
        return positions.unread_of(connection, user, rooms, ROOMS)
