"""What waits to be told to other nodes. Pure but for its queue.

It is bounded, for it only rings: when too much waits, the oldest is dropped. And what waits is joined: rings of
one room that follow each other become one, so that a carrier that is behind has less to carry.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parley.bus.interface import Attendance, Entry, Ring, Typed
from parley.signals import Signal

MOST_QUEUED = 1000  # statements that wait to go out
BUSY = 100  # of them, beyond which nobody is told who is typing
MOST_BYTES = 256 * 1024  # of entries in one ring; a larger one goes without them
AT_ONCE = 1024 * 1024  # bytes of entries that leave together, about

Said = Ring | Typed | Signal | Attendance


class Statement(NamedTuple):
    """What is to be said, when it was, in seconds of the clock, and in which epoch of the database."""

    what: Said
    at: float
    epoch: str


class Outbox:
    """A queue between many threads that say something and one that sends it. `roomy`: entries travel too."""

    def __init__(self, *, roomy: bool) -> None:
        self._roomy = roomy
        self._waiting: deque[Statement] = deque(maxlen=MOST_QUEUED)

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def more(self) -> bool:
        """Whether what was said last will be followed by more at once."""
        return bool(self._waiting) and isinstance(last := self._waiting[-1].what, Ring) and last.more

    def put(self, what: Said, at: float, epoch: str) -> None:
        """Say something. Typing is not said when much waits already."""
        if isinstance(what, Typed) and len(self._waiting) >= BUSY:
            return
        if isinstance(what, Ring) and not (self._roomy and _size(what.entries) <= MOST_BYTES):
            what = what._replace(entries=[])
        self._waiting.append(Statement(what, at, epoch))

    def take(self) -> list[Statement]:
        """All that waits, or a good part of it, each ring joined to the one before it in the same room."""
        found: list[Statement] = []
        rings: dict[int, int] = {}  # room → where its latest ring is in `found`
        for statement in self._drain():
            if not isinstance(statement.what, Ring):
                found.append(statement)
                continue
            room = statement.what.room
            place = rings.get(room)
            joined = None if place is None else _joined(found[place], statement)
            if place is None or joined is None:
                rings[room] = len(found)
                found.append(statement)
            else:
                found[place] = joined
        return found

    def _drain(self) -> Iterator[Statement]:
        size = 0
        while self._waiting and size < AT_ONCE:
            statement = self._waiting.popleft()
            if isinstance(statement.what, Ring):
                size += _size(statement.what.entries)
            yield statement


def _joined(earlier: Statement, later: Statement) -> Statement | None:
    """One ring that says what both say, if there is one that can be read without the database."""
    first, second = earlier.what, later.what
    if not isinstance(first, Ring) or not isinstance(second, Ring) or earlier.epoch != later.epoch:
        return None
    if not first.entries and not second.entries:
        return earlier._replace(what=Ring(first.room, min(first.from_, second.from_), max(first.to, second.to), []))
    whole = bool(first.entries and second.entries) and first.to == second.from_
    if not whole or _size(first.entries) + _size(second.entries) > MOST_BYTES:
        return None
    return earlier._replace(what=Ring(first.room, first.from_, second.to, [*first.entries, *second.entries]))


def _size(entries: Sequence[Entry]) -> int:
    return sum(len(entry.encoded) for entry in entries)
