"""Whom a person sees: the ones who are here, and others by id."""

from collections.abc import Sequence
from typing import NamedTuple

from parley.core.presence import Presence
from parley.core.sessions import Session
from parley.store import rooms, users
from parley.store.store import Store
from parley.store.users import UserRow
from parley.wire import Room, User

SHOWN = 100  # people online that a welcome names; it must stay small with ten thousand of them


def shown(row: UserRow, presence: Presence) -> User:
    """A person as others see them."""
    return User(row.id, row.name, row.created_at, presence.is_online(row.id))


class Surroundings(NamedTuple):
    """What somebody needs who has just arrived."""

    user: User
    rooms: list[Room]
    users: list[User]
    online: int


def surroundings(store: Store, presence: Presence, session: Session) -> Surroundings:
    """Who one is, which rooms one is in, and who is here. One connection, three queries."""
    online = presence.online()
    with store.reading() as connection:
        named: Sequence[UserRow] = users.by_ids(connection, [*online[:SHOWN], session.user])
        mine = rooms.of_user(connection, session.user)
    found = {row.id: shown(row, presence) for row in named}
    return Surroundings(found[session.user], mine, list(found.values()), len(online))
