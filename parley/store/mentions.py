"""Who is mentioned where: the rows under a message, and what somebody has not seen of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select

from parley.mentions import WHOLE_ROOM
from parley.store.tables import members, mentions, messages, users
from parley.wire import Mention, Message

NAMES_AT_ONCE = 5_000  # in one query

# Statements are made once: making one anew costs as much as running it.
_SEATED = (
    select(members.c.room_id, users.c.name_key, users.c.id)
    .join(users, users.c.id == members.c.user_id)
    .where(
        users.c.name_key.in_(bindparam("names", expanding=True)),
        members.c.room_id.in_(bindparam("rooms", expanding=True)),
        users.c.banned_at.is_(None),
    )
)
_UNDER = (
    select(mentions.c.message_id, mentions.c.user_id, mentions.c.seq)
    .where(mentions.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(mentions.c.message_id, mentions.c.position)
)
_FORGET = delete(mentions).where(mentions.c.message_id.in_(bindparam("ids", expanding=True)))
_UNSEEN = (
    select(members.c.user_id, members.c.room_id, func.count(mentions.c.message_id.distinct()))
    .select_from(members)
    .join(
        mentions,
        and_(
            mentions.c.room_id == members.c.room_id,
            mentions.c.user_id.in_((members.c.user_id, WHOLE_ROOM)),
            mentions.c.seq > members.c.read_seq,
        ),
    )
    .join(messages, messages.c.id == mentions.c.message_id)
    .where(
        members.c.user_id.in_(bindparam("people", expanding=True)),
        messages.c.seq > members.c.since,
        messages.c.author_id != members.c.user_id,
        messages.c.deleted_at.is_(None),
    )
    .group_by(members.c.user_id, members.c.room_id)
)


def seated(connection: Connection, rooms: Collection[int], names: Collection[str]) -> dict[tuple[int, str], int]:
    """Who of these names (their keys, see `parley.names`) sits in these rooms: (room, name) → person."""
    found: dict[tuple[int, str], int] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), NAMES_AT_ONCE):
        parameters = {"names": wanted[start : start + NAMES_AT_ONCE], "rooms": sorted(rooms)}
        found |= {(room, name): user for room, name, user in connection.execute(_SEATED, parameters)}
    return found


def under(connection: Connection, ids: Sequence[int]) -> dict[int, list[Mention]]:
    """Whom these messages mention."""
    found: dict[int, list[Mention]] = defaultdict(list)
    for message, user, seq in connection.execute(_UNDER, {"ids": ids}):
        found[message].append(Mention(None if user == WHOLE_ROOM else user, seq))
    return found


def add(connection: Connection, changed: Iterable[Message]) -> None:
    """Store whom these messages mention; nothing of that is there yet."""
    rows: list[dict[str, Any]] = [
        {
            "message_id": message.id,
            "user_id": mention.user or WHOLE_ROOM,
            "room_id": message.room,
            "seq": mention.seq,
            "position": position,
        }
        for message in changed
        for position, mention in enumerate(message.mentions or ())
    ]
    if rows:
        connection.execute(insert(mentions), rows)


def renew(connection: Connection, changed: Sequence[Message]) -> None:
    """Store whom these messages mention now, instead of before."""
    if changed:
        connection.execute(_FORGET, {"ids": [each.id for each in changed]})
        add(connection, changed)


def unseen(connection: Connection, people: Collection[int]) -> dict[tuple[int, int], int]:
    """How many messages of others mention these people beyond their read positions: (person, room) → how many.

    An edit counts from its own number on. Where there is none, there is no entry.
    """
    return {(user, room): many for user, room, many in connection.execute(_UNSEEN, {"people": sorted(people)})}
