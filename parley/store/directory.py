"""Rooms and their members as lists, a page at a time."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, case, func, select

from parley.store.mentions import unseen
from parley.store.positions import UNREAD
from parley.store.tables import members, rooms


class RoomRow(NamedTuple):
    """A room, and the seat in it of the person who asks; without one, what is of the seat is None."""

    id: int
    name: str
    kind: str
    topic: str
    history: str
    created_at: datetime
    archived_at: datetime | None
    head: int
    members: int
    role: str | None
    read: int | None
    since: int | None
    generation: int | None
    unread: int | None
    name_key: str
    mentions: int | None = None


_SEATED = and_(members.c.room_id == rooms.c.id, members.c.user_id == bindparam("user"))
_OTHERS = members.alias("others")
_COUNT = select(func.count()).where(_OTHERS.c.room_id == rooms.c.id).scalar_subquery()
_COLUMNS = (
    *(rooms.c.id, rooms.c.name, rooms.c.kind, rooms.c.topic, rooms.c.history, rooms.c.created_at, rooms.c.archived_at),
    *(rooms.c.head, _COUNT, members.c.role, members.c.read_seq, members.c.since, members.c.read_generation),
    *(case((members.c.user_id.is_not(None), UNREAD)).label("unread"), rooms.c.name_key),
)
_ONE = select(*_COLUMNS).outerjoin(members, _SEATED).where(rooms.c.id == bindparam("room"))
_PAGE = rooms.c.id > bindparam("after")
_MINE = select(*_COLUMNS).join(members, _SEATED).where(_PAGE).order_by(rooms.c.id).limit(bindparam("limit"))
_JOINABLE = (
    select(*_COLUMNS)
    .outerjoin(members, _SEATED)
    .where(_PAGE, rooms.c.kind == "public", rooms.c.archived_at.is_(None), members.c.user_id.is_(None))
    .order_by(rooms.c.id)
    .limit(bindparam("limit"))
)


def one(connection: Connection, user: int, room: int) -> RoomRow | None:
    """A room as this person stands to it, whether or not they may know of it."""
    found = _rows(connection, _ONE, user=user, room=room)
    return found[0] if found else None


def mine(connection: Connection, user: int, *, after: int, limit: int) -> list[RoomRow]:
    """The rooms this person is in with an id above `after`, in order of id."""
    return _rows(connection, _MINE, user=user, after=after, limit=limit)


def joinable(connection: Connection, user: int, *, after: int, limit: int) -> list[RoomRow]:
    """Public rooms that this person is not in and that are not archived, as above."""
    return _rows(connection, _JOINABLE, user=user, after=after, limit=limit)


def _rows(connection: Connection, query: Select[Any], **parameters: int) -> list[RoomRow]:
    found = [RoomRow(*row) for row in connection.execute(query, parameters)]
    user = parameters["user"]
    behind = any(row.read is not None and row.read < row.head for row in found)
    unread = unseen(connection, [user]) if behind else {}
    return [row if row.role is None else row._replace(mentions=unread.get((user, row.id), 0)) for row in found]


class MemberRow(NamedTuple):
    """Somebody in a room."""

    user: int
    role: str
    joined_at: datetime


def members_of(connection: Connection, room: int, *, after: int, limit: int) -> list[MemberRow]:
    """Who is in a room, in order of id, those above `after`."""
    query = (
        select(members.c.user_id, members.c.role, members.c.joined_at)
        .where(members.c.room_id == room, members.c.user_id > after)
        .order_by(members.c.user_id)
        .limit(limit)
    )
    return [MemberRow(*row) for row in connection.execute(query)]
