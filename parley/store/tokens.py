"""Reading and writing sessions and API tokens, of which only the hash is stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from parley.store.tables import tokens, users


class TokenRow(NamedTuple):
    """A session or an API token with its owner."""

    hash: str
    id: int
    user: int
    name: str
    kind: str
    expires_at: datetime
    used_at: datetime | None
    hides_typing: bool | None


# Made once: every request comes by here, and building it costs more than running it.
_TOKENS = (
    select(
        *(tokens.c.hash, tokens.c.id, tokens.c.user_id, users.c.name, tokens.c.kind, tokens.c.expires_at),
        *(tokens.c.used_at, users.c.hides_typing),
    )
    .join(users, users.c.id == tokens.c.user_id)
    .where(tokens.c.hash.in_(bindparam("hashes", expanding=True)), users.c.banned_at.is_(None))
)


def add(connection: Connection, *, user: int, kind: str, hash: str, now: datetime, expires_at: datetime) -> int:
    """Store the hash of a new token and return the token's id."""
    query = insert(tokens).values(user_id=user, kind=kind, hash=hash, created_at=now, expires_at=expires_at)
    return int(connection.execute(query.returning(tokens.c.id)).scalar_one())


def by_hash(connection: Connection, hashes: Sequence[str]) -> list[TokenRow]:
    """These tokens, but for those of banned people. Whether they have expired is for the caller to say."""
    return [TokenRow(*row) for row in connection.execute(_TOKENS, {"hashes": hashes})]


def extend(connection: Connection, number: int, expires_at: datetime) -> None:
    """Let a token live longer."""
    connection.execute(update(tokens).where(tokens.c.id == number).values(expires_at=expires_at))


def living(connection: Connection, ids: Sequence[int], now: datetime) -> set[int]:
    """Those of these tokens that still open a door."""
    query = (
        select(tokens.c.id)
        .join(users, users.c.id == tokens.c.user_id)
        .where(tokens.c.id.in_(ids), tokens.c.expires_at > now, users.c.banned_at.is_(None))
    )
    return set(connection.scalars(query))


def drop(connection: Connection, number: int) -> None:
    """Forget one token."""
    connection.execute(delete(tokens).where(tokens.c.id == number))


def drop_all(connection: Connection, user: int, *, except_for: int | None = None) -> None:
    """Forget all tokens of a person, but for one."""
    query = delete(tokens).where(tokens.c.user_id == user)
    connection.execute(query if except_for is None else query.where(tokens.c.id != except_for))


def drop_expired(connection: Connection, now: datetime) -> None:
    """Forget what no longer opens a door."""
    connection.execute(delete(tokens).where(tokens.c.expires_at <= now))
