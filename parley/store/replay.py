"""The log of a room, replayed as a client does it, against the room as it stands."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from sqlalchemy import Connection

from parley.store import messages
from parley.store.progress import Advance
from parley.wire import Message, encode

PAGE = 500  # messages in memory


class Fingerprint:
    """Of a set of messages, each in its state, whatever their order: how many, and the sum of their hashes."""

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0

    def add(self, message: Message) -> None:
        """One more message."""
        self.count += 1
        self._sum += int.from_bytes(blake2b(encode(message), digest_size=16).digest())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and (self.count, self._sum) == (other.count, other._sum)

    __hash__ = None  # type: ignore[assignment]  # it changes


def differences(connection: Connection, room: int, advance: Advance) -> Iterator[str]:
    """A sentence for whatever tells the replayed log of this room from its messages by place.

    `connection` has to be a snapshot. `advance` hears of every message twice.
    """
    try:
        replayed, fresh = _of(_log(connection, room), advance), _of(_places(connection, room), advance)
    except (ValueError, OverflowError, OSError):  # a time, a kind or a state that is none
        yield f"Room {room} has a message that cannot be read."
        return
    if replayed != fresh:
        yield f"Room {room} replayed from its log has {replayed.count} messages, and differs from its {fresh.count}."


def _of(pages: Iterable[list[Message]], advance: Advance) -> Fingerprint:
    found = Fingerprint()
    for page in pages:
        for message in page:
            found.add(message)
        advance(len(page))
    return found


def _log(connection: Connection, room: int) -> Iterator[list[Message]]:
    """What a client gets that begins at cursor 0."""
    cursor, more = 0, True
    while more:
        page = messages.changes_after(connection, room, cursor, PAGE)
        yield page.messages
        cursor, more = page.to, page.more


def _places(connection: Connection, room: int) -> Iterator[list[Message]]:
    """What a client gets that scrolls from the newest message up to the first."""
    page = messages.newest(connection, room, PAGE)
    yield page.messages
    while page.more:
        page = messages.before(connection, room, page.messages[0].seq, PAGE)
        yield page.messages
