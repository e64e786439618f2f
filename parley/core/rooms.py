"""Rooms as a person sees them: what welcome says, pages of the log."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from parley.core import permissions
from parley.core.refusals import no_room
from parley.errors import Invalid, NotFound
from parley.store import messages, rooms
from parley.store.messages import Page
from parley.store.rooms import Fingerprint, Standing
from parley.store.store import Store
from parley.wire import Message, Room

PAGE = 200  # messages at most


def of_users(store: Store, people: Sequence[int]) -> dict[int, list[Room]]:
    """The rooms that each of these people is in."""
    with store.reading() as connection:
        return rooms.of_users(connection, people)


def fingerprints(store: Store, people: Sequence[int]) -> dict[int, Fingerprint]:
    """What tells the rooms of each of these people from others; who is nowhere has none."""
    with store.reading() as connection:
        return rooms.fingerprints(connection, people)


class Wanted(NamedTuple):
    """Which page of a room; at most one of all but the limit is given, none means the newest page."""

    after: int | None = None  # a cursor: what changed since
    before: int | None = None  # a place: what is older
    beyond: int | None = None  # a place: what is newer
    around: int | None = None  # a place: what is on both sides of it
    updated_since: float | None = None  # Unix time: the ancestor's way
    limit: int = 50


def page(store: Store, user: int | None, room: int, wanted: Wanted) -> Page:
    """A page of a room. `user` None reads as the public may, when the settings let it: public rooms only.

    Raises NotFound for a room this person is not in, Invalid for a limit or combination that cannot be.
    """
    if not 1 <= wanted.limit <= PAGE:
        raise Invalid(f"limit is between 1 and {PAGE}.")
    if sum(each is not None for each in wanted[:-1]) > 1:
        raise Invalid("after, before, beyond, around and updated_since exclude each other; give one of them.")
    with store.reading() as connection:
        since = seen_from(rooms.standing(connection, room, user), user)
        if wanted.after is not None:
            return messages.changes_after(connection, room, wanted.after, wanted.limit, since)
        if wanted.before is not None:
            return messages.before(connection, room, wanted.before, wanted.limit, since)
        if wanted.beyond is not None:
            return messages.beyond(connection, room, wanted.beyond, wanted.limit, since)
        if wanted.around is not None:
            return messages.around(connection, room, wanted.around, wanted.limit, since)
        if wanted.updated_since is not None:
            return messages.changed_since(connection, room, _moment(wanted.updated_since), wanted.limit, since)
        return messages.newest(connection, room, wanted.limit, since)


def seen_from(found: Standing | None, user: int | None) -> int:
    """After which place this person sees messages of a room; None reads as the public may. Raises NotFound."""
    if found is not None:
        if user is None and permissions.may_read_without_seat(found.room):
            return 0
        if found.seat is not None and permissions.may_read(found.seat, found.room):
            return found.seat.since
    raise no_room()


def _moment(unix_time: float) -> datetime:
    try:
        return datetime.fromtimestamp(unix_time, UTC)
    except (ValueError, OverflowError, OSError):
        raise Invalid("updated_since is a Unix time, in seconds.") from None


def message(store: Store, user: int | None, number: int) -> Message:
    """One message, for somebody who may read its room. Raises NotFound."""
    with store.reading() as connection:
        found = messages.one(connection, number)
        standing = None if found is None else rooms.standing(connection, found.room, user)
    if found is not None and standing is not None:
        room, seat = standing
        public = user is None and permissions.may_read_without_seat(room)
        if public or permissions.may_read_message(seat, room, found):
            return found
    raise NotFound("There is no such message.")
