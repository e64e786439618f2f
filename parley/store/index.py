"""What search looks into, written in the transaction that changes a message.

A row of `search` holds the folded text and what filters ask for. Its grams and tags, words made for the index alone,
are an inverted index: a GIN index on PostgreSQL, an FTS5 table on SQLite that keeps nothing else. The index is a client
of the log as well: it has a cursor for each room, and follows what no such transaction has told it, such as all that
was said before there was an index, or by a node of the release before.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from parley.folding import fold, grams
from parley.store.progress import Progress, quiet
from parley.store.rows import MESSAGE_COLUMNS, load_messages
from parley.store.tables import messages, rooms, search, search_cursors
from parley.wire import Message

STEP = 500  # changes that are looked at in one transaction

_MADE = "\ue000"  # what tags begin with, and nothing that people type
LINK = f"{_MADE}link"
FILE = f"{_MADE}file"
_LINKS = '<a href="http'  # how they stand in the HTML of a message, and typed text does not

_PLAIN_COLUMNS = [column.name for column in search.c if column.name != "grams"]
_ADD = insert(search).values({name: bindparam(name) for name in _PLAIN_COLUMNS})
_ADD_WITH_GRAMS = _ADD.values(grams=func.array_to_tsvector(func.string_to_array(bindparam("words"), " ")))
_ADD_GRAMS = "INSERT INTO search_grams (rowid, grams) VALUES (?, ?)"  # not through SQLAlchemy, which costs more
_REMOVE_GRAMS = "INSERT INTO search_grams (search_grams, rowid, grams) VALUES ('delete', ?, ?)"
_THESE = select(*(search.c[name] for name in _PLAIN_COLUMNS)).where(
    search.c.message_id.in_(bindparam("numbers", expanding=True))
)
_REMOVE = delete(search).where(search.c.message_id.in_(bindparam("numbers", expanding=True)))


def tag_of_room(room: int) -> str:
    """The tag of whatever was said in this room."""
    return f"{_MADE}room{room}"


def tag_of_author(user: int) -> str:
    """The tag of whatever this person said."""
    return f"{_MADE}from{user}"


def add(connection: Connection, new: Sequence[Message]) -> None:
    """Take in messages that are not there yet. Those without a text of a person are left out."""
    rows = [_row(each) for each in new if each.kind == "text" and each.deleted_at is None]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_ADD_WITH_GRAMS, rows)
    else:
        connection.execute(_ADD, rows)
        connection.exec_driver_sql(_ADD_GRAMS, [(row["message_id"], row["words"]) for row in rows])


def renew(connection: Connection, changed: Sequence[Message]) -> None:
    """Take in messages as they are now; what was there of them, and of those that are deleted, goes."""
    numbers = sorted(each.id for each in changed)
    if not numbers:
        return
    if connection.dialect.name == "sqlite":  # FTS5 forgets what it is told again
        rows = connection.execute(_THESE, {"numbers": numbers}).mappings()
        if held := [(row["message_id"], _words(row)) for row in rows]:
            connection.exec_driver_sql(_REMOVE_GRAMS, held)
    connection.execute(_REMOVE, {"numbers": numbers})
    add(connection, sorted(changed, key=lambda each: each.id))


def _row(message: Message) -> dict[str, Any]:
    row = {
        "message_id": message.id,
        "room_id": message.room,
        "seq": message.seq,
        "author_id": message.author,
        "created_at": message.created_at,
        "edited_at": message.edited_at,
        "has_link": _LINKS in message.html,
        "has_file": bool(message.files),
        "folded": fold(message.source),
    }
    return {**row, "words": _words(row)}


def _words(row: Any) -> str:
    tags = [tag_of_room(row["room_id"]), tag_of_author(row["author_id"]), *([LINK] if row["has_link"] else [])]
    tags += [FILE] if row["has_file"] else []
    return " ".join([*tags, *grams(row["folded"])])


# ── following the log ───────────────────────────────────────────────────────────────────────────────


class Behind(NamedTuple):
    """A room whose log reaches further than the index has followed it."""

    room: int
    cursor: int
    head: int


def behind(connection: Connection) -> list[Behind]:
    """The rooms that the index has to follow."""
    cursor = func.coalesce(search_cursors.c.seq, 0)
    query = (
        select(rooms.c.id, cursor, rooms.c.head)
        .join(search_cursors, search_cursors.c.room_id == rooms.c.id, isouter=True)
        .where(rooms.c.head > cursor)
        .order_by(rooms.c.id)
    )
    return [Behind(*row) for row in connection.execute(query)]


def follow(connection: Connection, room: int) -> int:
    """Go one step further in the log of a room; returns where the index is then. Nodes take turns."""
    cursor = connection.scalar(select(search_cursors.c.seq).where(search_cursors.c.room_id == room).with_for_update())
    if cursor is None:
        cursor = 0
        connection.execute(insert(search_cursors).values(room_id=room, seq=cursor))
    reached = _reach(connection, room, cursor)
    renew(connection, _stale(connection, room, cursor, reached))
    connection.execute(update(search_cursors).where(search_cursors.c.room_id == room).values(seq=reached))
    return reached


def _reach(connection: Connection, room: int, cursor: int) -> int:
    head = connection.scalar(select(rooms.c.head).where(rooms.c.id == room)) or 0
    query = (
        select(messages.c.changed_seq)
        .where(messages.c.room_id == room, messages.c.changed_seq > cursor, messages.c.changed_seq <= head)
        .order_by(messages.c.changed_seq)
        .offset(STEP - 1)
        .limit(1)
    )
    return connection.scalar(query) or max(head, cursor)


def _stale(connection: Connection, room: int, cursor: int, reached: int) -> list[Message]:
    """What changed in (cursor, reached] and is not in the index as it is; a text is another one when it was edited."""
    query = (
        select(*MESSAGE_COLUMNS)
        .join(search, search.c.message_id == messages.c.id, isouter=True)
        .where(
            messages.c.room_id == room,
            messages.c.changed_seq > cursor,
            messages.c.changed_seq <= reached,
            messages.c.kind == "text",
            or_(
                search.c.message_id.is_(None) & messages.c.deleted_at.is_(None),
                search.c.message_id.is_not(None) & messages.c.deleted_at.is_not(None),
                search.c.message_id.is_not(None) & search.c.edited_at.is_distinct_from(messages.c.edited_at),
            ),
        )
    )
    return load_messages(connection, query)


def build(connection: Connection, progress: Progress = quiet) -> None:
    """Follow the logs of all rooms to their heads."""
    waiting = behind(connection)
    with progress("indexing for search", sum(each.head - each.cursor for each in waiting)) as advance:
        for room, cursor, head in waiting:
            while cursor < head:
                reached = follow(connection, room)
                advance(reached - cursor)
                cursor = reached
