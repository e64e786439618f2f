"""Reading and writing sessions and API tokens, of which only the hash is stored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from parley.store.tables import tokens, users

Kind = Literal["session", "api"]  # a browser's, or a program's


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


def add(
    connection: Connection,
    *,
    user: int,
    kind: Kind,
    hash: str,
    label: str,
    device: str,
    now: datetime,
    expires_at: datetime,
) -> int:
    """Store the hash of a new token and return the token's id."""
    moments = {"created_at": now, "used_at": now, "expires_at": expires_at}
    query = insert(tokens).values(user_id=user, kind=kind, hash=hash, label=label, device=device, **moments)
    return int(connection.execute(query.returning(tokens.c.id)).scalar_one())


class TokenDetails(NamedTuple):
    """What somebody is told of a token of theirs. `device`: the browser that got it."""

    id: int
    label: str | None
    device: str | None
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime


def of_user(connection: Connection, user: int, kind: Kind, now: datetime) -> list[TokenDetails]:
    """The tokens of a person that are good, those first that were used last."""
    query = (
        select(*(tokens.c[name] for name in TokenDetails._fields))
        .where(tokens.c.user_id == user, tokens.c.kind == kind, tokens.c.expires_at > now)
        .order_by(func.coalesce(tokens.c.used_at, tokens.c.created_at).desc(), tokens.c.id.desc())
    )
    return [TokenDetails(*row) for row in connection.execute(query)]


def touch(connection: Connection, numbers: Sequence[int], now: datetime) -> None:
    """These are in use."""
    connection.execute(update(tokens).where(tokens.c.id.in_(numbers)).values(used_at=now))


def renew(connection: Connection, number: int, hash: str, expires_at: datetime) -> None:
    """Another secret for the same token, whose old one opens no door any more."""
    connection.execute(update(tokens).where(tokens.c.id == number).values(hash=hash, expires_at=expires_at))


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


def drop_of(connection: Connection, user: int, kind: Kind, number: int) -> bool:
    """Forget one token of this person, if it is there."""
    query = delete(tokens).where(tokens.c.id == number, tokens.c.user_id == user, tokens.c.kind == kind)
    return connection.execute(query).rowcount > 0


def drop_all(connection: Connection, user: int, *, kind: Kind | None = None, except_for: int | None = None) -> None:
    """Forget all tokens of a person, or all of this kind, but for one."""
    query = delete(tokens).where(tokens.c.user_id == user)
    if kind is not None:
        query = query.where(tokens.c.kind == kind)
    connection.execute(query if except_for is None else query.where(tokens.c.id != except_for))


def drop_expired(connection: Connection, now: datetime) -> None:
    """Forget what no longer opens a door."""
    connection.execute(delete(tokens).where(tokens.c.expires_at <= now))
