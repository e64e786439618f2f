"""Reading and writing rooms and who sits in them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from parley.store.tables import facts, members, rooms
from parley.wire import Room

GENERAL = "general"


def epoch(connection: Connection) -> str:
    """What tells this database from a restored copy of it; cursors are only good within one epoch."""
    return str(connection.execute(select(facts.c.value).where(facts.c.name == "epoch")).scalar_one())


def general(connection: Connection) -> int:
    """The id of the room that everybody is in."""
    return int(connection.execute(select(rooms.c.id).where(rooms.c.name_key == GENERAL)).scalar_one())


def of_users(connection: Connection, people: Sequence[int]) -> dict[int, list[Room]]:
    """The rooms that each of these people is in, with head and read position."""
    query = (
        select(members.c.user_id, rooms.c.id, rooms.c.name, rooms.c.kind, rooms.c.head, members.c.read_seq)
        .join(members, members.c.room_id == rooms.c.id)
        .where(members.c.user_id.in_(people))
        .order_by(rooms.c.id)
    )
    found: dict[int, list[Room]] = {person: [] for person in people}
    for person, *room in connection.execute(query):
        found[person].append(Room(*room))
    return found


def is_member(connection: Connection, room: int, user: int) -> bool:
    """Whether this person is in this room."""
    query = select(members.c.user_id).where(members.c.room_id == room, members.c.user_id == user)
    return connection.scalar(query) is not None


def exists(connection: Connection, room: int) -> bool:
    """Whether there is such a room."""
    return connection.scalar(select(rooms.c.id).where(rooms.c.id == room)) is not None


def add_member(connection: Connection, *, room: int, user: int, read_seq: int, now: datetime) -> None:
    """Give a person a seat in a room."""
    connection.execute(insert(members).values(room_id=room, user_id=user, read_seq=read_seq, joined_at=now))


def move_read(connection: Connection, *, room: int, user: int, seq: int) -> int | None:
    """Move a read position forward, never backward and never beyond the head.

    Returns where it then stands, or None when this person is not in the room or was there already.
    """
    head = connection.scalar(select(rooms.c.head).where(rooms.c.id == room))
    if head is None:
        return None
    query = (
        update(members)
        .where(members.c.room_id == room, members.c.user_id == user, members.c.read_seq < min(seq, head))
        .values(read_seq=min(seq, head))
    )
    return min(seq, head) if connection.execute(query).rowcount else None


def count(connection: Connection) -> int:
    """All rooms."""
    return connection.scalar(select(func.count()).select_from(rooms)) or 0
