"""Reading and writing people."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, delete, func, insert, or_, select, update

from parley.folding import fold
from parley.store.tables import tokens, users


class UserRow(NamedTuple):
    """A person as stored."""

    id: int
    name: str
    password_hash: str
    created_at: datetime
    updated_at: datetime
    banned_at: datetime | None
    seen_at: datetime | None


_COLUMNS = (
    *(users.c.id, users.c.name, users.c.password_hash, users.c.created_at, users.c.updated_at, users.c.banned_at),
    users.c.seen_at,
)


def by_id(connection: Connection, number: int) -> UserRow | None:
    """A person by id."""
    row = connection.execute(select(*_COLUMNS).where(users.c.id == number)).first()
    return None if row is None else UserRow(*row)


def by_key(connection: Connection, name_key: str) -> UserRow | None:
    """A person by the key of the nickname, see `parley.names.key`."""
    row = connection.execute(select(*_COLUMNS).where(users.c.name_key == name_key)).first()
    return None if row is None else UserRow(*row)


def by_ids(connection: Connection, ids: Sequence[int]) -> list[UserRow]:
    """These people, in order of id; unknown ids are left out."""
    query = select(*_COLUMNS).where(users.c.id.in_(ids)).order_by(users.c.id)
    return [UserRow(*row) for row in connection.execute(query)]


def page(
    connection: Connection,
    *,
    after: int,
    updated_since: datetime | None,
    limit: int,
    among: Sequence[int] | None = None,
) -> list[UserRow]:
    """People with an id above `after`, in order of id; with `among`, only these."""
    query = select(*_COLUMNS).where(users.c.id > after).order_by(users.c.id).limit(limit)
    if updated_since is not None:
        query = query.where(users.c.updated_at > updated_since)
    if among is not None:
        query = query.where(users.c.id.in_(among))
    return [UserRow(*row) for row in connection.execute(query)]


def find(connection: Connection, *, folded: str, name_key: str, limit: int) -> list[UserRow]:
    """People in whose name this is, but for banned ones: names that begin with it first, then words, then any part.

    `folded` is as `parley.folding` makes it. Names that were written before there was such a thing are compared by
    `name_key`. Reads all people: 4 ms for 10,000 of them.
    """
    begins = or_(
        users.c.folded.startswith(folded, autoescape=True), users.c.name_key.startswith(name_key, autoescape=True)
    )
    word = users.c.folded.contains(f" {folded}", autoescape=True)
    part = or_(users.c.folded.contains(folded, autoescape=True), users.c.name_key.contains(name_key, autoescape=True))
    query = select(*_COLUMNS).where(part, users.c.banned_at.is_(None))
    ranked = query.order_by(case((begins, 0), (word, 1), else_=2), users.c.name_key)
    return [UserRow(*row) for row in connection.execute(ranked.limit(limit))]


def count(connection: Connection) -> int:
    """All people."""
    return connection.scalar(select(func.count()).select_from(users)) or 0


def add(connection: Connection, *, name: str, name_key: str, password_hash: str, now: datetime) -> int:
    """Store a new person and return the id. Raises IntegrityError when another node was faster."""
    query = insert(users).values(
        name=name, name_key=name_key, folded=fold(name), password_hash=password_hash, created_at=now, updated_at=now
    )
    return int(connection.execute(query.returning(users.c.id)).scalar_one())


def rename(connection: Connection, number: int, *, name: str, name_key: str, now: datetime) -> None:
    """Give a person another nickname."""
    query = update(users).where(users.c.id == number)
    connection.execute(query.values(name=name, name_key=name_key, folded=fold(name), updated_at=now))


def set_password(connection: Connection, number: int, password_hash: str, now: datetime) -> None:
    """Store another password."""
    query = update(users).where(users.c.id == number)
    connection.execute(query.values(password_hash=password_hash, updated_at=now))


def set_banned(connection: Connection, number: int, banned_at: datetime | None, now: datetime) -> None:
    """Ban a person, or lift the ban."""
    connection.execute(update(users).where(users.c.id == number).values(banned_at=banned_at, updated_at=now))


def set_seen(connection: Connection, people: Sequence[int], seen_at: datetime) -> None:
    """Store when these people were last here; that is no change of their accounts."""
    connection.execute(update(users).where(users.c.id.in_(people)).values(seen_at=seen_at))


class TokenRow(NamedTuple):
    """A session or an API token with its owner."""

    hash: str
    id: int
    user: int
    name: str
    kind: str
    expires_at: datetime


# Made once: every request comes by here, and building it costs more than running it.
_TOKENS = (
    select(tokens.c.hash, tokens.c.id, tokens.c.user_id, users.c.name, tokens.c.kind, tokens.c.expires_at)
    .join(users, users.c.id == tokens.c.user_id)
    .where(tokens.c.hash.in_(bindparam("hashes", expanding=True)), users.c.banned_at.is_(None))
)


def add_token(connection: Connection, *, user: int, kind: str, hash: str, now: datetime, expires_at: datetime) -> int:
    """Store the hash of a new token and return the token's id."""
    query = insert(tokens).values(user_id=user, kind=kind, hash=hash, created_at=now, expires_at=expires_at)
    return int(connection.execute(query.returning(tokens.c.id)).scalar_one())


def tokens_by_hash(connection: Connection, hashes: Sequence[str]) -> list[TokenRow]:
    """These tokens, but for those of banned people. Whether they have expired is for the caller to say."""
    return [TokenRow(*row) for row in connection.execute(_TOKENS, {"hashes": hashes})]


def extend_token(connection: Connection, number: int, expires_at: datetime) -> None:
    """Let a token live longer."""
    connection.execute(update(tokens).where(tokens.c.id == number).values(expires_at=expires_at))


def living_tokens(connection: Connection, ids: Sequence[int], now: datetime) -> set[int]:
    """Those of these tokens that still open a door."""
    query = (
        select(tokens.c.id)
        .join(users, users.c.id == tokens.c.user_id)
        .where(tokens.c.id.in_(ids), tokens.c.expires_at > now, users.c.banned_at.is_(None))
    )
    return set(connection.scalars(query))


def drop_token(connection: Connection, number: int) -> None:
    """Forget one token."""
    connection.execute(delete(tokens).where(tokens.c.id == number))


def drop_tokens(connection: Connection, user: int, *, except_for: int | None = None) -> None:
    """Forget all tokens of a person, but for one."""
    query = delete(tokens).where(tokens.c.user_id == user)
    connection.execute(query if except_for is None else query.where(tokens.c.id != except_for))


def drop_expired_tokens(connection: Connection, now: datetime) -> None:
    """Forget what no longer opens a door."""
    connection.execute(delete(tokens).where(tokens.c.expires_at <= now))
