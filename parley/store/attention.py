"""What people want to be told of: columns of their seats and of their accounts."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from parley.store.tables import members, users
from parley.store.users import UserRow, by_id
from parley.wire import Quiet


class Attention(NamedTuple):
    """What somebody is told of in a room; `notify` None: what is usual there."""

    notify: str | None
    muted: bool


class QuietHours(NamedTuple):
    """Hours without notifications, as HH:MM in a time zone: that of the profile counts, where it has one."""

    quiet_from: str
    quiet_to: str
    quiet_timezone: str


_SEAT = (members.c.room_id == bindparam("at"), members.c.user_id == bindparam("who"))
_OF_ROOM = select(members.c.notify, members.c.muted).where(*_SEAT)


def of_room(connection: Connection, user: int, room: int) -> Attention | None:
    """What this person is told of in a room; None when they are not in it."""
    row = connection.execute(_OF_ROOM, {"at": room, "who": user}).first()
    return None if row is None else Attention(row.notify, bool(row.muted))


def change(connection: Connection, room: int, user: int, columns: Mapping[str, Any]) -> None:
    """Store what this person is told of in a room."""
    query = update(members).where(members.c.room_id == room, members.c.user_id == user)
    connection.execute(query.values(**columns))


def quiet_in(row: UserRow) -> Quiet | None:
    """The hours in which this person wants no notifications."""
    if row.quiet_from is None or row.quiet_to is None:
        return None
    return Quiet(row.quiet_from, row.quiet_to, row.timezone or row.quiet_timezone or "UTC")


def quiet_of(connection: Connection, user: int) -> Quiet | None:
    """The same, by id."""
    row = by_id(connection, user)
    return None if row is None else quiet_in(row)


def set_quiet(connection: Connection, user: int, hours: QuietHours | None) -> None:
    """Store the hours in which this person wants no notifications."""
    columns = dict.fromkeys(QuietHours._fields) if hours is None else hours._asdict()
    connection.execute(update(users).where(users.c.id == user).values(**columns))
