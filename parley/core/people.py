"""Whom a person sees: the ones who are here, and others by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from parley import names
from parley.core import permissions
from parley.core.presence import Presence
from parley.core.refusals import no_room
from parley.errors import Invalid
from parley.folding import fold
from parley.store import attention, following, rooms, users
from parley.store.batch import Batch, Command
from parley.store.following import Unread
from parley.store.store import Store
from parley.store.users import UserRow
from parley.wire import Quiet, Room, Status, Thread, User, Welcome, encode

SHOWN = 100  # people online that a welcome names; it must stay small with ten thousand of them
TOPICS = 4_000  # characters of topics in a welcome
THREADS, FEWEST_THREADS = 50, 5  # with something new, that a welcome names: fewer among hundreds of rooms
SHORTEST = 40  # characters of a topic; what is cut further says nothing
PEOPLE = 13_000  # bytes of people in a welcome


def shown(row: UserRow, presence: Presence) -> User:
    """A person as others see them."""
    online = presence.is_online(row.id)
    return User(
        *(row.id, row.name, row.created_at, online, None if online else row.seen_at),
        name=row.display_name or UNSET,
        picture=row.picture or UNSET,
        status=_status(row),
        timezone=row.timezone or UNSET,
        removed=UNSET if row.removed_at is None else True,
    )


def _status(row: UserRow) -> Status | UnsetType:
    until = row.status_until or UNSET
    if row.status_emoji is None or (until and until <= datetime.now(UTC)):
        return UNSET
    return Status(row.status_emoji, row.status_text or UNSET, until)


def profiles(store: Store, presence: Presence, people: Sequence[int]) -> dict[int, User]:
    """These people as others see them. One query."""
    with store.reading() as connection:
        return {row.id: shown(row, presence) for row in users.by_ids(connection, people)}


class Sought(NamedTuple):
    """A part of a name, and the room whose members are looked through, as this person may: else it is everybody."""

    typed: str
    limit: int
    room: int | None = None
    by: int | None = None


def find(store: Store, presence: Presence, sought: Sought) -> tuple[list[User], bool]:
    """People in whose name this is, the likeliest first, and whether there are more.

    Raises Invalid for nothing, NotFound when the room is none of this person's.
    """
    folded = fold(sought.typed)
    if not folded:
        raise Invalid("q is a part of a name; give one character or more.")
    with store.reading() as connection:
        if sought.room is not None:
            standing = rooms.standing(connection, sought.room, sought.by)
            if standing is None or not permissions.may_read(standing.seat, standing.room):
                raise no_room()
        name_key = names.key(sought.typed)
        rows = users.find(connection, folded=folded, name_key=name_key, limit=sought.limit + 1, room=sought.room)
    return [shown(row, presence) for row in rows[: sought.limit]], len(rows) > sought.limit


@dataclass(slots=True)
class Gone(Command):
    """These people have left a node, at this moment. Those who are at another one are online, and shown as that."""

    people: list[int]
    at: datetime

    def apply(self, batch: Batch) -> None:
        """One statement for all."""
        users.set_seen(batch.connection, self.people, self.at)


class Surroundings(NamedTuple):
    """What somebody needs who has just arrived."""

    user: User
    rooms: list[Room]
    users: list[User]
    online: int
    unread: Unread | None = None  # threads
    quiet: Quiet | None = None

    def welcome(self, epoch: str) -> Welcome:
        """The answer to their hello."""
        welcome = Welcome(epoch, self.user, self.rooms, self.users, self.online, quiet=self.quiet or UNSET)
        if self.unread is not None:
            threads = self.unread.threads[: max(FEWEST_THREADS, THREADS - len(self.rooms) // 4)]
            welcome.threads = [Thread(each.root, each.room, each.read, each.seq) for each in threads]
            welcome.more_threads = self.unread.more + len(self.unread.threads) - len(threads) or UNSET
        return welcome


def surroundings(store: Store, presence: Presence, arrived: Sequence[int]) -> dict[int, Surroundings]:
    """For each of those who arrived: who they are, which rooms they are in, what is new in the threads they follow, and
    who is here.

    One connection and four queries, however many arrived.
    """
    online = presence.online()
    here = online[:SHOWN]
    with store.reading() as connection:
        rows = {row.id: row for row in users.by_ids(connection, [*here, *arrived])}
        seats = rooms.of_users(connection, arrived)
        unread = following.unread(connection, arrived, THREADS)
    found = {number: shown(row, presence) for number, row in rows.items()}
    around = _fitting([found[number] for number in here if number in found])
    return {
        number: Surroundings(
            *(found[number], _brief(seats[number]), list({**around, number: found[number]}.values()), len(online)),
            *(unread.get(number), attention.quiet_in(rows[number])),
        )
        for number in arrived
        if number in found
    }


def _fitting(users: Sequence[User]) -> dict[int, User]:
    """As many of them as a welcome has room for; others are looked up where they are met."""
    fitting: dict[int, User] = {}
    room = PEOPLE
    for user in users:
        room -= len(encode(user))
        if room < 0:
            break
        fitting[user.id] = user
    return fitting


def _brief(rooms: list[Room]) -> list[Room]:
    """Topics cut to what fits: whole for few rooms, none for hundreds. `GET /api/rooms/ID` has each of them."""
    share = TOPICS // max(1, len(rooms))
    cut = share if share >= SHORTEST else 0
    return [replace(room, topic=room.topic[:cut]) if len(room.topic) > cut else room for room in rooms]
