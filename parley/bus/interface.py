"""What every bus promises, which is little: it rings doorbells.

The database is the truth. A bus may lose, double or delay what it carries; whoever listens drops what it has
and asks the database for what it misses.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, Self

import msgspec

from parley.signals import Signal
from parley.wire import Message, encode

COMPANY_SECONDS = 0.005  # that a ring may wait for the next one: what is sent together costs as much as one


class Entry(NamedTuple):
    """One change in a room's log: the message as of `seq`, already encoded as JSON.

    `place`: where the message stands, unless it is new. `removes`: who loses their seat in the room by it.
    """

    seq: int
    message: int
    encoded: bytes
    place: int = 0
    removes: int = 0

    @classmethod
    def of(cls, message: Message) -> Self:
        """The latest change of a message."""
        place = 0 if message.seq == message.changed_seq else message.seq
        return cls(message.changed_seq, message.id, encode(message), place, _removed_by(message))

    def is_seen_from(self, since: int) -> bool:
        """Whether the message stands after `since`: its changes are for those only who see itself."""
        return (self.place or self.seq) > since


def _removed_by(message: Message) -> int:
    if message.kind == "removed":
        return int(message.source)
    return (message.author or 0) if message.kind == "left" else 0


class Ring(NamedTuple):
    """A room has changed: its log now reaches `to`. `entries` are those in (from, to], or none if it only rings.

    `more`: this node is about to store more, be it in another room. Worth a moment's wait for company.
    """

    room: int
    from_: int
    to: int
    entries: Sequence[Entry]
    more: bool = False


class Typed(NamedTuple):
    """Somebody is writing in a room. Nobody misses it when it is lost."""

    room: int
    user: int


class Attendance(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a node says about the people at it: these are `here`, those are `gone`.

    With a `span`, of the people numbered in it exactly those `here` are, so that each part of a long list can be
    understood, and lost, for itself. `asks`: the others should say what they have. `leaving`: the node ends.
    """

    node: str
    here: list[int] = []
    gone: list[int] = []
    span: tuple[int, int] | None = None
    asks: bool = False
    leaving: bool = False


class Recovered(NamedTuple):
    """The bus works, at first or again: what rang before is only in the database."""


class Followed(NamedTuple):
    """The rooms subscribed to lately are heard from now on: what rang in them before is only in the database."""


Heard = Ring | Typed | Signal | Attendance | Recovered | Followed
Hear = Callable[[Heard], None]
"""Called on a thread of the bus; must not block."""


class Bus(Protocol):
    """Where a node tells others what it has stored, and hears of them. Thread-safe."""

    def start(self, hear: Hear) -> None:
        """Begin to listen. A node hears its own rings too."""

    def publish(self, what: Ring | Typed) -> None:
        """Tell whoever subscribed to the room; a ring after COMMIT only. Never raises, never waits long."""

    def signal(self, what: Signal | Attendance) -> None:
        """Tell every node something about people. Never raises, never waits long."""

    def subscribe(self, room: int) -> None:
        """Hear the rings of this room, soon; unless at once, `Followed` says from when on."""

    def unsubscribe(self, room: int) -> None:
        """Hear no more of this room."""

    def stop(self) -> None:
        """Hear nothing any more."""
