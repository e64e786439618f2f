"""Everything that is one person's own, as files: who they are, where they are, what they wrote.

Of others it holds who reacted to them and whom they talk with directly, by name, so that it can be read; and nothing
that others wrote.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from parley.core import devices, people, profiles
from parley.core.presence import Presence
from parley.errors import NotFound
from parley.message import Message
from parley.room import Room
from parley.store import files, messages, pictures, rooms, users, words
from parley.store.store import Store

PAGE = 500  # messages in memory
PIECE = 256 * 1024  # bytes of a file in memory

ABOUT = """Your data from Parley.

profile.json        who you are, as others see it, what you like, where you are signed in, which tokens you have
rooms.json          the rooms you are in, your role in each and how far you have read
messages.ndjson     what you wrote, one message a line as JSON, with who reacted to it; also what you did in rooms
files/              what you sent with them, by number and name
reactions.ndjson    under which messages you put an emoji
people.json         the names of those whom these files mention by number
picture.webp        your picture, if you have one

What others wrote is not in it. Times are ISO 8601 in UTC.
"""

_encode = msgspec.json.Encoder().encode


class Part(NamedTuple):
    """A file, whose content comes in pieces."""

    name: str
    pieces: Iterable[bytes]


class Own:
    """Where the data of people is; `read` reads a file of that name, from some byte on, so many bytes."""

    def __init__(self, store: Store, presence: Presence, read: Callable[[str, int, int], bytes]) -> None:
        self.store = store
        self.presence = presence
        self.read = read


def parts(own: Own, user: int) -> Iterator[Part]:
    """The files of a person, one after the other; each is made while it is read. Raises NotFound."""
    store, presence = own.store, own.presence
    with store.reading() as connection:
        row = users.by_id(connection, user)
        mine = rooms.of_users(connection, [user])[user]
        picture = pictures.largest(connection, user)
    if row is None or row.removed_at is not None:
        raise NotFound("There is no such person.")
    met = {user, *(other for room in mine for other in room.people)}
    yield Part("README.txt", [ABOUT.encode()])
    profile = {
        "user": people.shown(row, presence),
        "preferences": profiles.preferences(store, user)._asdict(),
        "sessions": [each._asdict() for each in devices.of_user(store, user, "session")],
        "tokens": [each._asdict() for each in devices.of_user(store, user, "api")],
    }
    yield Part("profile.json", [_pretty(profile)])
    if picture is not None:
        yield Part("picture.webp", [picture])
    yield Part("rooms.json", [_pretty([_place(room) for room in mine])])
    sent: list[int] = []
    yield Part("messages.ndjson", _messages(store, user, met.add, sent.append))
    for number in sent:
        with store.reading() as connection:
            file = files.one(connection, number)
        if file is not None:
            yield Part(f"files/{number} {file.file.name}", _pieces(own, file.blob, file.file.size))
    yield Part("reactions.ndjson", _reactions(store, user))
    yield Part("people.json", [_pretty(_names(store, presence, met))])


def _pieces(own: Own, blob: str, size: int) -> Iterator[bytes]:
    with suppress(NotFound):  # deleted just now
        for start in range(0, size, PIECE):
            yield own.read(blob, start, min(PIECE, size - start))


def _messages(store: Store, user: int, meet: Callable[[int], None], send: Callable[[int], None]) -> Iterator[bytes]:
    with store.reading() as connection:
        numbers = words.numbers(connection, user)
    for start in range(0, len(numbers), PAGE):
        with store.reading() as connection:
            found = messages.these(connection, numbers[start : start + PAGE])
        for message in found:
            for file in message.files or ():
                send(file.id)
            for reaction in message.reactions:
                for other in reaction.users:
                    meet(other)
        yield b"".join(_line(message) for message in found)


def _line(message: Message) -> bytes:
    message.previews = []  # what other sites say
    return _encode(message) + b"\n"


def _reactions(store: Store, user: int) -> Iterator[bytes]:
    after = 0
    while True:
        with store.reading() as connection:
            found = words.chosen(connection, user, after, PAGE)
        if not found:
            return
        yield b"".join(_encode(each._asdict()) + b"\n" for each in found)
        after = found[-1].message


def _names(store: Store, presence: Presence, met: set[int]) -> list[dict[str, Any]]:
    found = []
    ids = sorted(met)
    for start in range(0, len(ids), PAGE):
        for each in people.profiles(store, presence, ids[start : start + PAGE]).values():
            found.append({"id": each.id, "nickname": each.nickname, "name": each.name or None})
    return found


def _place(room: Room) -> dict[str, Any]:
    """A room as far as it is this person's: its topic is not."""
    return {name: getattr(room, name) for name in ("id", "name", "kind", "role", "read", "since", "people")}


def _pretty(shape: Any) -> bytes:
    return msgspec.json.format(_encode(shape)) + b"\n"
