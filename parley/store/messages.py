"""Reading the log of a room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from parley.store.rows import MESSAGE_COLUMNS, load_messages
from parley.store.tables import messages, previews, rooms
from parley.wire import Message


class Page(NamedTuple):
    """A stretch of a log. `to` is the seq as of which it is complete; `more`: there is more of it."""

    messages: list[Message]
    to: int
    more: bool


def head(connection: Connection, room: int) -> int:
    """The newest seq of a room; 0 for a room that is not there."""
    return connection.scalar(select(rooms.c.head).where(rooms.c.id == room)) or 0


def heads(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """The newest seq of each of these rooms."""
    query = select(rooms.c.id, rooms.c.head).where(rooms.c.id.in_(ids))
    return {row.id: row.head for row in connection.execute(query)}


def changes_after(connection: Connection, room: int, cursor: int, limit: int, since: int = 0) -> Page:
    """What happened since `cursor`: messages changed later, in the order of their latest change.

    The head is read first, so that everything up to `to` is on the page even while others write. Here as below,
    messages whose place is not after `since` are left out.
    """
    top = head(connection, room)
    query = (
        _in_room(room, since)
        .where(messages.c.changed_seq > cursor, messages.c.changed_seq <= top)
        .order_by(messages.c.changed_seq)
        .limit(limit + 1)
    )
    found = load_messages(connection, query)
    if len(found) > limit:
        return Page(found[:limit], found[limit - 1].changed_seq, True)
    return Page(found, top, False)


def newest(connection: Connection, room: int, limit: int, since: int = 0) -> Page:
    """The last `limit` messages by place, oldest first; `more`: there are older ones."""
    top = head(connection, room)
    found = load_messages(connection, _in_room(room, since).order_by(messages.c.seq.desc()).limit(limit + 1))
    return Page(found[:limit][::-1], top, len(found) > limit)


def before(connection: Connection, room: int, place: int, limit: int, since: int = 0) -> Page:
    """The page of older messages, those with a seq below `place`, oldest first."""
    top = head(connection, room)
    query = _in_room(room, since).where(messages.c.seq < place).order_by(messages.c.seq.desc()).limit(limit + 1)
    found = load_messages(connection, query)
    return Page(found[:limit][::-1], top, len(found) > limit)


def changed_since(connection: Connection, room: int, moment: datetime, limit: int, since: int = 0) -> Page:
    """Messages changed after a moment, in the order of the log: the ancestor's way to poll."""
    top = head(connection, room)
    query = (
        _in_room(room, since).where(messages.c.changed_at > moment).order_by(messages.c.changed_seq).limit(limit + 1)
    )
    found = load_messages(connection, query)
    if len(found) > limit:
        return Page(found[:limit], found[limit - 1].changed_seq, True)
    return Page(found, top, False)


def one(connection: Connection, number: int) -> Message | None:
    """A message by its id."""
    found = load_messages(connection, select(*MESSAGE_COLUMNS).where(messages.c.id == number))
    return found[0] if found else None


class Pending(NamedTuple):
    """A link whose preview is still to be fetched."""

    message: int
    position: int
    url: str
    since: datetime


def pending_previews(connection: Connection, until: datetime, limit: int) -> list[Pending]:
    """Previews that wait since before `until`, the oldest first."""
    query = (
        select(previews.c.message_id, previews.c.position, previews.c.url, previews.c.updated_at)
        .where(previews.c.state == "pending", previews.c.updated_at < until)
        .order_by(previews.c.updated_at)
        .limit(limit)
    )
    return [Pending(*row) for row in connection.execute(query)]


def count(connection: Connection) -> int:
    """All messages of all rooms, tombstones too."""
    return connection.scalar(select(func.count()).select_from(messages)) or 0


def _in_room(room: int, since: int) -> Select[Any]:
    query = select(*MESSAGE_COLUMNS).where(messages.c.room_id == room)
    return query if since == 0 else query.where(messages.c.seq > since)
