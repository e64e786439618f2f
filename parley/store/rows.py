"""Messages between their tables and their shape on the wire."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict
from sqlalchemy import Connection, Select, Table, bindparam, delete, insert, select, update

from parley.store import files, mentions
from parley.store.tables import messages, previews, reactions
from parley.wire import Message, Preview, Reaction

# The column that each field of a message is kept in; what hangs under it has tables of its own.
_COLUMNS = {
    "id": messages.c.id,
    "room": messages.c.room_id,
    "seq": messages.c.seq,
    "changed_seq": messages.c.changed_seq,
    "kind": messages.c.kind,
    "author": messages.c.author_id,
    "key": messages.c.key,
    "source": messages.c.source,
    "html": messages.c.html,
    "created_at": messages.c.created_at,
    "edited_at": messages.c.edited_at,
    "deleted_at": messages.c.deleted_at,
    "reply_to": messages.c.reply_to,
    "replies": messages.c.replies,
    "pinned": messages.c.pinned,
}
# What hangs under few messages is looked for only under those whose column says that it is there.
_SELDOM = (messages.c.mentions, messages.c.files)
MESSAGE_COLUMNS = (*_COLUMNS.values(), *_SELDOM)

# Made once: building a statement costs more than running it.
_PREVIEWS = (
    select(previews.c.message_id, *(previews.c[name] for name in Preview.__struct_fields__))
    .where(previews.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(previews.c.position)
)
_REACTIONS = (
    select(reactions).where(reactions.c.message_id.in_(bindparam("ids", expanding=True))).order_by(reactions.c.position)
)
_INSERT = insert(messages).returning(messages.c.id, messages.c.room_id, messages.c.seq)
_UPDATE = update(messages).where(messages.c.id == bindparam("number"))


def load_messages(
    connection: Connection, query: Select[Any], parameters: Mapping[str, Any] | None = None
) -> list[Message]:
    """Run a query over MESSAGE_COLUMNS and add what hangs under each message, in the query's order."""
    found: list[Message] = []
    mentioning: list[int] = []
    filed: list[int] = []
    for *own, mentioned, files_held in connection.execute(query, parameters):
        message = Message(**dict(zip(_COLUMNS, own, strict=True)))
        found.append(message)
        if mentioned:
            mentioning.append(message.id)
        if files_held:
            filed.append(message.id)
    ids = [message.id for message in found if message.deleted_at is None]
    if ids:
        unfolded = _previews(connection, ids)
        reacted = _reactions(connection, ids)
        for message in found:
            message.previews = unfolded.get(message.id, [])
            message.reactions = reacted.get(message.id, [])
    if mentioning:
        called = mentions.under(connection, mentioning)
        for message in found:
            message.mentions = called.get(message.id, UNSET)
    if filed:
        held = files.under(connection, filed)
        for message in found:
            message.files = held.get(message.id, UNSET)
    return found


def _previews(connection: Connection, ids: Sequence[int]) -> dict[int, list[Preview]]:
    found: dict[int, list[Preview]] = defaultdict(list)
    for message, *fields in connection.execute(_PREVIEWS, {"ids": ids}):
        found[message].append(Preview(*fields))
    return found


def _reactions(connection: Connection, ids: Sequence[int]) -> dict[int, list[Reaction]]:
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(_REACTIONS, {"ids": ids}):
        found[row.message_id][row.emoji].append(row.user_id)
    return {message: [Reaction(emoji, who) for emoji, who in chosen.items()] for message, chosen in found.items()}


def insert_messages(connection: Connection, new: Sequence[Message], now: datetime) -> None:
    """Store new messages, which have their places, with what hangs under them; their ids are filled in."""
    if not new:
        return
    places = {(message.room, message.seq): message for message in new}
    for number, room, seq in connection.execute(_INSERT, _message_rows(new, now)):
        places[room, seq].id = number
    _insert(connection, previews, _preview_rows(new, now))
    mentions.add(connection, new)


def update_messages(
    connection: Connection, changed: Sequence[Message], stored: Mapping[int, Message], now: datetime
) -> None:
    """Store messages as they are now. Of what hangs under them only what differs from `stored`, by id, is written."""
    if not changed:
        return
    rows = _message_rows(changed, now)
    connection.execute(_UPDATE, [{**row, "number": each.id} for row, each in zip(rows, changed, strict=True)])
    unfolded = [each for each in changed if each.previews != stored[each.id].previews]
    _replace(connection, previews, unfolded, _preview_rows(unfolded, now))
    reacted = [each for each in changed if each.reactions != stored[each.id].reactions]
    _replace(connection, reactions, reacted, _reaction_rows(reacted))
    mentions.renew(connection, [each for each in changed if each.mentions != stored[each.id].mentions])


def _replace(connection: Connection, table: Table, changed: Sequence[Message], rows: list[dict[str, Any]]) -> None:
    if changed:
        connection.execute(delete(table).where(table.c.message_id.in_([each.id for each in changed])))
        _insert(connection, table, rows)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _message_rows(changed: Iterable[Message], now: datetime) -> list[dict[str, Any]]:
    fields = [(column.name, field) for field, column in _COLUMNS.items() if field != "id"]
    return [
        {
            "changed_at": now,
            "mentions": len(each.mentions) if each.mentions else None,
            "files": len(each.files) if each.files else None,
            **{name: getattr(each, field) for name, field in fields},
        }
        for each in changed
    ]


def _reaction_rows(changed: Iterable[Message]) -> list[dict[str, Any]]:
    return [
        {"message_id": message.id, "emoji": reaction.emoji, "user_id": user, "position": position}
        for message in changed
        for position, (reaction, user) in enumerate((each, user) for each in message.reactions for user in each.users)
    ]


def _preview_rows(changed: Iterable[Message], now: datetime) -> list[dict[str, Any]]:
    return [
        {**asdict(preview), "message_id": message.id, "updated_at": now}
        for message in changed
        for preview in message.previews
    ]
