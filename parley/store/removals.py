"""Accounts that are gone: what of them still has to go, and how far that has come."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from parley.names import REMOVED
from parley.store.tables import messages, pictures, reactions, removals, users

NAMING = ("join", "rename")  # kinds of entries whose text has the nickname in it
WORDS = ("text", *NAMING)

_NOTHING = dict.fromkeys(
    (
        *("display_name", "folded", "picture", "status_emoji", "status_text", "status_until", "timezone", "theme"),
        *("hides_typing", "seen_at", "quiet_from", "quiet_to", "quiet_timezone"),
    )
)


class Removal(NamedTuple):
    """What has to go: `erases`, all that the person wrote; else only what has their nickname in it."""

    user: int
    erases: bool
    total: int
    done_at: datetime | None

    @property
    def kinds(self) -> Sequence[str]:
        """The messages that go."""
        return WORDS if self.erases else NAMING


_COLUMNS = (removals.c.user_id, removals.c.erases, removals.c.total, removals.c.done_at)


def empty(connection: Connection, user: int, now: datetime) -> None:
    """Nothing is left of an account but that there was one; its nickname may be taken by others."""
    row = {"name": REMOVED, "name_key": f"REMOVED {user}", "password_hash": ""}  # no key of a name has capitals
    moments = {"banned_at": now, "removed_at": now, "updated_at": now}  # banned, as far as older nodes know
    connection.execute(update(users).where(users.c.id == user).values(**row, **moments, **_NOTHING))
    connection.execute(delete(pictures).where(pictures.c.user_id == user))


def add(connection: Connection, user: int, *, erases: bool, key_hash: str, now: datetime) -> None:
    """Store that this has to be done."""
    total = left(connection, Removal(user, erases, 0, None))
    row = {"user_id": user, "erases": erases, "key_hash": key_hash, "total": total, "asked_at": now}
    connection.execute(insert(removals).values(row))


def by_key(connection: Connection, key_hash: str) -> Removal | None:
    """The removal that its owner follows with this key."""
    row = connection.execute(select(*_COLUMNS).where(removals.c.key_hash == key_hash)).first()
    return None if row is None else Removal(*row)


def pending(connection: Connection) -> list[Removal]:
    """What still has to be done."""
    query = select(*_COLUMNS).where(removals.c.done_at.is_(None)).order_by(removals.c.user_id)
    return [Removal(*row) for row in connection.execute(query)]


def finish(connection: Connection, user: int, now: datetime) -> None:
    """Store that it is done."""
    connection.execute(update(removals).where(removals.c.user_id == user).values(done_at=now))


def left(connection: Connection, removal: Removal) -> int:
    """How many messages still have to go."""
    return connection.scalar(select(func.count()).select_from(messages).where(_theirs(removal))) or 0


def remaining(connection: Connection, removal: Removal) -> Sequence[int]:
    """The messages that still have to go."""
    return connection.scalars(select(messages.c.id).where(_theirs(removal))).all()


def reacted(connection: Connection, user: int, after: int, limit: int) -> Sequence[int]:
    """The messages under which this person has put an emoji, in order of id, those above `after`."""
    query = select(reactions.c.message_id).where(reactions.c.message_id > after, reactions.c.user_id == user)
    return connection.scalars(query.distinct().order_by(reactions.c.message_id).limit(limit)).all()


def _theirs(removal: Removal) -> ColumnElement[bool]:
    return (messages.c.author_id == removal.user) & messages.c.deleted_at.is_(None) & messages.c.kind.in_(removal.kinds)
