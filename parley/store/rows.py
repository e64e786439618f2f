"""Messages between their tables and their shape on the wire."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from parley.store.tables import messages, previews, reactions
from parley.wire import Message, Preview, Reaction

MESSAGE_COLUMNS = (
    messages.c.id,
    messages.c.room_id,
    messages.c.seq,
    messages.c.changed_seq,
    messages.c.kind,
    messages.c.author_id,
    messages.c.key,
    messages.c.source,
    messages.c.html,
    messages.c.created_at,
    messages.c.edited_at,
    messages.c.deleted_at,
    messages.c.reply_to,
)


def load_messages(connection: Connection, query: Select[Any]) -> list[Message]:
    """Run a query over MESSAGE_COLUMNS and add what hangs under each message, in the query's order."""
    found = [
        Message(
            id=row.id,
            room=row.room_id,
            seq=row.seq,
            changed_seq=row.changed_seq,
            kind=row.kind,
            author=row.author_id,
            key=row.key,
            source=row.source,
            html=row.html,
            created_at=row.created_at,
            edited_at=row.edited_at,
            deleted_at=row.deleted_at,
            reply_to=row.reply_to,
        )
        for row in connection.execute(query)
    ]
    ids = [message.id for message in found if message.deleted_at is None]
    if ids:
        unfolded = _previews(connection, ids)
        reacted = _reactions(connection, ids)
        for message in found:
            message.previews = unfolded.get(message.id, [])
            message.reactions = reacted.get(message.id, [])
    return found


def _previews(connection: Connection, ids: Sequence[int]) -> dict[int, list[Preview]]:
    query = select(previews).where(previews.c.message_id.in_(ids)).order_by(previews.c.position)
    found: dict[int, list[Preview]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.message_id].append(preview_of(row))
    return found


def preview_of(row: Row[Any]) -> Preview:
    """A row of the table `previews` as it travels."""
    return Preview(row.position, row.url, row.state, row.title, row.description, row.site)


def _reactions(connection: Connection, ids: Sequence[int]) -> dict[int, list[Reaction]]:
    query = select(reactions).where(reactions.c.message_id.in_(ids)).order_by(reactions.c.position)
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(query):
        found[row.message_id][row.emoji].append(row.user_id)
    return {message: [Reaction(emoji, who) for emoji, who in chosen.items()] for message, chosen in found.items()}


def reaction_rows(changed: Iterable[Message]) -> list[dict[str, Any]]:
    """The rows of the table `reactions` that say what these messages say."""
    return [
        {"message_id": message.id, "emoji": reaction.emoji, "user_id": user, "position": position}
        for message in changed
        for position, (reaction, user) in enumerate((each, user) for each in message.reactions for user in each.users)
    ]


def preview_rows(changed: Iterable[Message], now: Any) -> list[dict[str, Any]]:
    """The rows of the table `previews` that say what these messages say."""
    return [
        {
            "message_id": message.id,
            "position": preview.position,
            "url": preview.url,
            "state": preview.state,
            "title": preview.title,
            "description": preview.description,
            "site": preview.site,
            "updated_at": now,
        }
        for message in changed
        for preview in message.previews
    ]
