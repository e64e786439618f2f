"""Everything that one person wrote, and where they put an emoji, wherever that was."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from parley.store.tables import messages, reactions


def numbers(connection: Connection, user: int) -> Sequence[int]:
    """The messages of a person that are not deleted, and the entries of rooms that they caused; in order of id."""
    query = select(messages.c.id).where(messages.c.author_id == user, messages.c.deleted_at.is_(None))
    return sorted(connection.scalars(query))


class Chosen(NamedTuple):
    """An emoji that somebody put under a message."""

    message: int
    emoji: str


def chosen(connection: Connection, user: int, after: int, limit: int) -> list[Chosen]:
    """What this person put under messages, in order of message, those above `after`; a message is not torn apart."""
    query = select(reactions.c.message_id, reactions.c.emoji).where(
        reactions.c.message_id > after, reactions.c.user_id == user
    )
    found = [Chosen(*row) for row in connection.execute(query.order_by(reactions.c.message_id).limit(limit))]
    if len(found) < limit:
        return found
    last = found[-1].message
    whole = [each for each in found if each.message != last]
    return whole or [Chosen(*row) for row in connection.execute(query.where(reactions.c.message_id == last))]
