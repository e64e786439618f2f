"""Reading the log of a room."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from parley.store.rows import MESSAGE_COLUMNS, load_messages
from parley.store.tables import messages, previews, rooms
from parley.wire import Message


class Page(NamedTuple):
    """A stretch of a log. `to` is the seq as of which it is complete; `more`: there is more of it.

    `newer`, of a stretch in the middle: there are newer ones than on it; `more` means the older ones then.
    """

    messages: list[Message]
    to: int
    more: bool
    newer: bool = False


# Made once: building a statement costs more than running it.
_HEAD = select(rooms.c.head).where(rooms.c.id == bindparam("room"))
_HEADS = select(rooms.c.id, rooms.c.head).where(rooms.c.id.in_(bindparam("ids", expanding=True)))
_IN_ROOM = select(*MESSAGE_COLUMNS).where(messages.c.room_id == bindparam("room"), messages.c.seq > bindparam("since"))
_LATEST_CHANGES = _IN_ROOM.order_by(messages.c.changed_seq).limit(bindparam("most"))
_CHANGES_AFTER = _LATEST_CHANGES.where(
    messages.c.changed_seq > bindparam("cursor"), messages.c.changed_seq <= bindparam("top")
)
_CHANGED_SINCE = _LATEST_CHANGES.where(messages.c.changed_at > bindparam("moment"))
_NEWEST = _IN_ROOM.order_by(messages.c.seq.desc()).limit(bindparam("most"))
_BEFORE = _NEWEST.where(messages.c.seq < bindparam("place"))
_FROM = _IN_ROOM.where(messages.c.seq >= bindparam("place")).order_by(messages.c.seq).limit(bindparam("most"))
_IN_THREAD = select(*MESSAGE_COLUMNS).where(messages.c.reply_to == bindparam("root"))
_THREAD_BEYOND = _IN_THREAD.where(messages.c.seq > bindparam("place")).order_by(messages.c.seq).limit(bindparam("most"))
_THREAD_BEFORE = (
    _IN_THREAD.where(messages.c.seq < bindparam("place"), messages.c.seq > bindparam("since"))
    .order_by(messages.c.seq.desc())
    .limit(bindparam("most"))
)
_THESE = select(*MESSAGE_COLUMNS).where(messages.c.id.in_(bindparam("ids", expanding=True))).order_by(messages.c.id)
_ONE = select(*MESSAGE_COLUMNS).where(messages.c.id == bindparam("number"))


def head(connection: Connection, room: int) -> int:
    """The newest seq of a room; 0 for a room that is not there."""
    return connection.scalar(_HEAD, {"room": room}) or 0


def heads(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """The newest seq of each of these rooms."""
    return {row.id: row.head for row in connection.execute(_HEADS, {"ids": ids})}


def changes_after(connection: Connection, room: int, cursor: int, limit: int, since: int = 0) -> Page:
    """What happened since `cursor`: messages changed later, in the order of their latest change.

    The head is read first, so that everything up to `to` is on the page even while others write. Here as below,
    messages whose place is not after `since` are left out.
    """
    top = head(connection, room)
    wanted = {"room": room, "since": since, "cursor": cursor, "top": top, "most": limit + 1}
    return _as_of(load_messages(connection, _CHANGES_AFTER, wanted), top, limit)


def changed_since(connection: Connection, room: int, moment: datetime, limit: int, since: int = 0) -> Page:
    """Messages changed after a moment, in the order of the log: the ancestor's way to poll."""
    top = head(connection, room)
    wanted = {"room": room, "since": since, "moment": moment, "most": limit + 1}
    return _as_of(load_messages(connection, _CHANGED_SINCE, wanted), top, limit)


def newest(connection: Connection, room: int, limit: int, since: int = 0) -> Page:
    """The last `limit` messages by place, oldest first; `more`: there are older ones."""
    top = head(connection, room)
    found = load_messages(connection, _NEWEST, {"room": room, "since": since, "most": limit + 1})
    return Page(found[:limit][::-1], top, len(found) > limit)


def before(connection: Connection, room: int, place: int, limit: int, since: int = 0) -> Page:
    """The page of older messages, those with a seq below `place`, oldest first."""
    top = head(connection, room)
    found = load_messages(connection, _BEFORE, {"room": room, "since": since, "place": place, "most": limit + 1})
    return Page(found[:limit][::-1], top, len(found) > limit)


def beyond(connection: Connection, room: int, place: int, limit: int, since: int = 0) -> Page:
    """The page of newer messages, those with a seq above `place`, oldest first."""
    top = head(connection, room)
    found = load_messages(connection, _FROM, {"room": room, "since": since, "place": place + 1, "most": limit + 1})
    return Page(found[:limit], top, len(found) > limit)


def around(connection: Connection, room: int, place: int, limit: int, since: int = 0) -> Page:
    """Messages on both sides of `place`, oldest first: half of the page older, and half from there on."""
    older = before(connection, room, place, limit // 2, since)
    newer = beyond(connection, room, place - 1, limit - limit // 2, since)
    return Page([*older.messages, *newer.messages], older.to, older.more, newer.more)


def thread_beyond(connection: Connection, root: Message, place: int, limit: int) -> Page:
    """Replies under a message with a seq above `place`, in the order of their places."""
    top = head(connection, root.room)
    found = load_messages(connection, _THREAD_BEYOND, {"root": root.id, "place": place, "most": limit + 1})
    return Page(found[:limit], top, len(found) > limit)


def thread_before(connection: Connection, root: Message, place: int, limit: int, since: int = 0) -> Page:
    """The page of the last replies under a message with a seq below `place`, oldest first."""
    top = head(connection, root.room)
    wanted = {"root": root.id, "place": place, "since": since, "most": limit + 1}
    found = load_messages(connection, _THREAD_BEFORE, wanted)
    return Page(found[:limit][::-1], top, len(found) > limit)


def one(connection: Connection, number: int) -> Message | None:
    """A message by its id."""
    found = load_messages(connection, _ONE, {"number": number})
    return found[0] if found else None


def _as_of(found: list[Message], top: int, limit: int) -> Page:
    """A page of changes, of which one more than `limit` was asked for."""
    if len(found) > limit:
        return Page(found[:limit], found[limit - 1].changed_seq, True)
    return Page(found, top, False)


def these(connection: Connection, ids: Sequence[int]) -> list[Message]:
    """Messages by their ids, in order of these; unknown ids are left out."""
    return load_messages(connection, _THESE, {"ids": ids})


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
