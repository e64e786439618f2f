"""The rooms that somebody may know of, and who is in them."""

from typing import NamedTuple

from parley.core import permissions
from parley.core.refusals import no_room
from parley.errors import NotFound
from parley.store import directory, rooms
from parley.store.directory import MemberRow, RoomRow
from parley.store.store import Store


class Listed(NamedTuple):
    """Which page: what has an id above `after`, at most `limit`."""

    after: int = 0
    limit: int = 50


def room(store: Store, user: int, number: int) -> RoomRow:
    """A room as this person stands to it. Raises NotFound when they may not know of it."""
    with store.reading() as connection:
        standing = rooms.standing(connection, number, user)
        found = directory.one(connection, user, number)
    if found is None or standing is None or not permissions.may_see(standing.seat, standing.room):
        raise no_room()
    return found


def mine(store: Store, user: int, wanted: Listed) -> tuple[list[RoomRow], bool]:
    """A page of the rooms this person is in, and whether there are more."""
    with store.reading() as connection:
        found = directory.mine(connection, user, after=wanted.after, limit=wanted.limit + 1)
    return found[: wanted.limit], len(found) > wanted.limit


def joinable(store: Store, user: int, wanted: Listed) -> tuple[list[RoomRow], bool]:
    """A page of the public rooms this person may join, and whether there are more."""
    with store.reading() as connection:
        found = directory.joinable(connection, user, after=wanted.after, limit=wanted.limit + 1)
    return found[: wanted.limit], len(found) > wanted.limit


def members(store: Store, user: int, number: int, wanted: Listed) -> tuple[list[MemberRow], bool]:
    """A page of who is in a room, and whether there are more. Raises NotFound for who is not in it."""
    with store.reading() as connection:
        standing = rooms.standing(connection, number, user)
        if standing is None or not permissions.may_read(standing.seat, standing.room):
            raise no_room()
        found = directory.members_of(connection, number, after=wanted.after, limit=wanted.limit + 1)
    return found[: wanted.limit], len(found) > wanted.limit


def member(store: Store, user: int, number: int, other: int) -> MemberRow:
    """Somebody in a room of this person. Raises NotFound."""
    found, _ = members(store, user, number, Listed(other - 1, 1))
    if not found or found[0].user != other:
        raise NotFound("This person is not in the room.")
    return found[0]
