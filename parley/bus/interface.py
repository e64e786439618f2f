"""What every bus promises, which is little: it rings doorbells.

The database is the truth. A bus may lose, double or delay what it carries; whoever listens drops what it has
and asks the database for what it misses.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from parley.wire import Signal


class Entry(NamedTuple):
    """One change in a room's log: the message as of `seq`, already encoded as JSON."""

    seq: int
    message: int
    encoded: bytes


class Ring(NamedTuple):
    """A room has changed: its log now reaches `to`. `entries` are those in (from, to], or none if it only rings."""

    room: int
    from_: int
    to: int
    entries: Sequence[Entry]


class Recovered(NamedTuple):
    """The bus was away and is back: what rang meanwhile is only in the database."""


Heard = Ring | Signal | Recovered
Hear = Callable[[Heard], None]
"""Called on a thread of the bus; must not block."""


class Bus(Protocol):
    """Where a node tells others what it has stored, and hears of them. Thread-safe."""

    def start(self, hear: Hear) -> None:
        """Begin to listen. A node hears its own rings too."""

    def publish(self, ring: Ring) -> None:
        """Tell whoever subscribed to the room. Called after COMMIT only. Never raises, never waits long."""

    def signal(self, signal: Signal) -> None:
        """Tell every node something about a person. Never raises, never waits long."""

    def subscribe(self, room: int) -> None:
        """Hear the rings of this room from now on."""

    def unsubscribe(self, room: int) -> None:
        """Hear no more of this room."""

    def stop(self) -> None:
        """Hear nothing any more."""
