"""Reading and writing rooms and who sits in them."""

from collections.abc import Iterable, Sequence
from sys import intern
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection, and_, bindparam, func, select

from parley.seats import RoomFacts, Seat, people_in
from parley.store import mentions
from parley.store.tables import facts, members, rooms
from parley.wire import Room

GENERAL = "general"

FACTS = (
    rooms.c.id,
    rooms.c.name,
    rooms.c.kind,
    rooms.c.topic,
    rooms.c.history,
    rooms.c.archived_at,
    rooms.c.name_key,
)
_SEATED = and_(members.c.room_id == rooms.c.id, members.c.user_id == bindparam("user"))
_STANDING = (
    select(*FACTS, members.c.user_id, members.c.role, members.c.since)
    .outerjoin(members, _SEATED)
    .where(rooms.c.id == bindparam("room"))
)


def facts_of(row: Sequence[Any]) -> RoomFacts:
    """What a row of FACTS says."""
    number, name, kind, topic, history, archived_at, name_key = row
    return RoomFacts(number, name, kind, topic, history, archived_at is not None, name_key == GENERAL)


class Standing(NamedTuple):
    """A room and a person's seat in it, if there is one."""

    room: RoomFacts
    seat: Seat | None


def standing(connection: Connection, room: int, user: int | None) -> Standing | None:
    """How a person stands to a room; None when there is no such room."""
    row = connection.execute(_STANDING, {"room": room, "user": user}).first()
    if row is None:
        return None
    *what, seated, role, since = row
    return Standing(facts_of(what), None if seated is None else Seat(seated, role, since))


def epoch(connection: Connection) -> str:
    """What tells this database from a restored copy of it; cursors are only good within one epoch."""
    return str(connection.execute(select(facts.c.value).where(facts.c.name == "epoch")).scalar_one())


def general(connection: Connection) -> int:
    """The id of the room that everybody is in."""
    return int(connection.execute(select(rooms.c.id).where(rooms.c.name_key == GENERAL)).scalar_one())


def of_users(connection: Connection, people: Sequence[int]) -> dict[int, list[Room]]:
    """The rooms that each of these people is in, with head, read position and unseen mentions.

    Two queries for all, and one when everybody has read everything.
    """
    query = (
        select(
            *(
                members.c.user_id,
                rooms.c.id,
                rooms.c.name,
                rooms.c.kind,
                rooms.c.head,
                members.c.read_seq,
                members.c.role,
            ),
            *(rooms.c.topic, rooms.c.archived_at, members.c.since, rooms.c.name_key, members.c.read_generation),
            *(members.c.notify, members.c.muted),
        )
        .join(members, members.c.room_id == rooms.c.id)
        .where(members.c.user_id.in_(people))
        .order_by(rooms.c.id)
    )
    found: dict[int, list[Room]] = {person: [] for person in people}
    for row in connection.execute(query):
        person, number, name, kind, head, read, role, topic, archived_at, since, key, times, notify, muted = row
        archived, people_there = archived_at is not None, people_in(key) if kind == "direct" else []
        # Interned, for msgspec leaves out what *is* the default.
        room = Room(number, name, kind, head, read, intern(role), topic, archived, since, people_there, times)
        found[person].append(replace(room, notify=notify, muted=bool(muted)) if notify or muted else room)
    behind = [person for person, theirs in found.items() if any(room.read < room.head for room in theirs)]
    unseen = mentions.unseen(connection, behind) if behind else {}
    for person in {person for person, _ in unseen}:
        found[person] = [replace(room, mentions=unseen.get((person, room.id), 0)) for room in found[person]]
    return found


def ids_of(connection: Connection, user: int) -> list[int]:
    """The rooms that this person is in."""
    query = select(members.c.room_id).where(members.c.user_id == user).order_by(members.c.room_id)
    return list(connection.scalars(query))


class Fingerprint(NamedTuple):
    """Of a set of rooms: how many, and the sums of their ids and of the squares of these."""

    many: int
    ids: int
    squares: int


NOWHERE = Fingerprint(0, 0, 0)


def fingerprint(ids: Iterable[int]) -> Fingerprint:
    """The fingerprint of these rooms."""
    found = list(ids)
    return Fingerprint(len(found), sum(found), sum(each * each for each in found))


def fingerprints(connection: Connection, people: Sequence[int]) -> dict[int, Fingerprint]:
    """That of the rooms that each of these people is in; a row a person, however many rooms."""
    room = members.c.room_id
    query = (
        select(members.c.user_id, func.count(), func.sum(room), func.sum(room * room))
        .where(members.c.user_id.in_(people))
        .group_by(members.c.user_id)
    )
    return {user: Fingerprint(*map(int, sums)) for user, *sums in connection.execute(query)}


def named(connection: Connection, name_key: str) -> int | None:
    """The room with this name, see `parley.names.key`."""
    return connection.scalar(select(rooms.c.id).where(rooms.c.name_key == name_key))


def count(connection: Connection) -> int:
    """All rooms."""
    return connection.scalar(select(func.count()).select_from(rooms)) or 0
