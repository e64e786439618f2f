"""Reading and writing people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, insert, or_, select, update

from parley.folding import fold
from parley.store.tables import members, users


class UserRow(NamedTuple):
    """A person as stored."""

    id: int
    name: str
    password_hash: str
    created_at: datetime
    updated_at: datetime
    banned_at: datetime | None
    seen_at: datetime | None
    display_name: str | None
    picture: str | None
    status_emoji: str | None
    status_text: str | None
    status_until: datetime | None
    timezone: str | None
    removed_at: datetime | None
    quiet_from: str | None
    quiet_to: str | None
    quiet_timezone: str | None


_COLUMNS = tuple(users.c[name] for name in UserRow._fields)


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
    """People with an id above `after`, in order of id; with `among`, only these. Who asks for changes hears of those
    who are gone.
    """
    query = select(*_COLUMNS).where(users.c.id > after).order_by(users.c.id).limit(limit)
    if among is None and updated_since is None:
        query = query.where(users.c.removed_at.is_(None))
    if updated_since is not None:
        query = query.where(users.c.updated_at > updated_since)
    if among is not None:
        query = query.where(users.c.id.in_(among))
    return [UserRow(*row) for row in connection.execute(query)]


def find(connection: Connection, *, folded: str, name_key: str, limit: int, room: int | None = None) -> list[UserRow]:
    """People in whose name this is, but for banned ones: names that begin with it first, then words, then any part.

    With `room`, only those who are in it.

    `folded` is as `parley.folding` makes it. Names that were written before there was such a thing are compared by
    `name_key`. Reads all people: 4 ms for 10,000 of them.
    """
    begins = or_(
        users.c.folded.startswith(folded, autoescape=True), users.c.name_key.startswith(name_key, autoescape=True)
    )
    word = users.c.folded.contains(f" {folded}", autoescape=True)
    part = or_(users.c.folded.contains(folded, autoescape=True), users.c.name_key.contains(name_key, autoescape=True))
    query = select(*_COLUMNS).where(part, users.c.banned_at.is_(None))
    if room is not None:
        query = query.join(members, members.c.user_id == users.c.id).where(members.c.room_id == room)
    ranked = query.order_by(case((begins, 0), (word, 1), else_=2), users.c.name_key)
    return [UserRow(*row) for row in connection.execute(ranked.limit(limit))]


def count(connection: Connection) -> int:
    """All people who are not gone."""
    return connection.scalar(select(func.count()).select_from(users).where(users.c.removed_at.is_(None))) or 0


def add(connection: Connection, *, name: str, name_key: str, password_hash: str, now: datetime) -> int:
    """Store a new person and return the id. Raises IntegrityError when another node was faster."""
    query = insert(users).values(
        name=name, name_key=name_key, folded=fold(name), password_hash=password_hash, created_at=now, updated_at=now
    )
    return int(connection.execute(query.returning(users.c.id)).scalar_one())


def rename(connection: Connection, row: UserRow, *, name: str, name_key: str, now: datetime) -> None:
    """Give a person another nickname."""
    query = update(users).where(users.c.id == row.id)
    folded = _folded(name, row.display_name)
    connection.execute(query.values(name=name, name_key=name_key, folded=folded, updated_at=now))


def set_password(connection: Connection, number: int, password_hash: str, now: datetime) -> None:
    """Store another password."""
    query = update(users).where(users.c.id == number)
    connection.execute(query.values(password_hash=password_hash, updated_at=now))


def set_banned(connection: Connection, number: int, banned_at: datetime | None, now: datetime) -> None:
    """Ban a person, or lift the ban."""
    connection.execute(update(users).where(users.c.id == number).values(banned_at=banned_at, updated_at=now))


def set_profile(connection: Connection, row: UserRow, columns: Mapping[str, Any], now: datetime) -> None:
    """Store what a person says of themselves."""
    folded = _folded(row.name, columns.get("display_name", row.display_name))
    query = update(users).where(users.c.id == row.id)
    connection.execute(query.values(**columns, folded=folded, updated_at=now))


def _folded(name: str, display_name: str | None) -> str:
    """Both names, each of which begins a word."""
    return fold(name if display_name is None else f"{name} {display_name}")


class PreferencesRow(NamedTuple):
    """What a person likes; None: as usual."""

    theme: str | None
    hides_typing: bool | None


def preferences(connection: Connection, number: int) -> PreferencesRow | None:
    """What this person likes."""
    row = connection.execute(select(users.c.theme, users.c.hides_typing).where(users.c.id == number)).first()
    return None if row is None else PreferencesRow(*row)


def set_preferences(connection: Connection, number: int, columns: Mapping[str, Any]) -> None:
    """Store what a person likes, which others do not see."""
    connection.execute(update(users).where(users.c.id == number).values(**columns))


def set_seen(connection: Connection, people: Sequence[int], seen_at: datetime) -> None:
    """Store when these people were last here; that is no change of their accounts."""
    connection.execute(update(users).where(users.c.id.in_(people)).values(seen_at=seen_at))
