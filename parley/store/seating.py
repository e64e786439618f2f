"""Rooms and seats as a batch has them so far: what its commands decide by, and what they change.

A seat that is taken away goes at once. One that is given begins with an entry of the log, whose number is known only
when the heads are taken; so does whatever else is written into the row of a room, for that row is locked last.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, bindparam, case, delete, insert, select, update

from parley.seats import RoomFacts, Seat
from parley.store.pairs import one_of
from parley.store.rooms import FACTS, facts_of, named
from parley.store.tables import members, rooms, users

NOTHING_YET = 2**53  # the `since` of a seat whose entry has no number yet: all that is stored is older

# Statements are made once: making one anew costs as much as running it.
_SEATS = (
    select(members.c.room_id, members.c.user_id, members.c.role, members.c.since, *FACTS)
    .join(users, users.c.id == members.c.user_id)
    .join(rooms, rooms.c.id == members.c.room_id)
    .where(users.c.banned_at.is_(None))
    .order_by(members.c.user_id, members.c.room_id)
    # The lock that the foreign keys of our rows will take, but before the heads: a rename takes them that way. And
    # nobody loses a seat while we act on it: what follows the removal in the log is not by who was removed.
    .with_for_update(read=True, key_share=True, of=[users, members])
)
_ROOMS = select(*FACTS).where(rooms.c.id.in_(bindparam("numbers", expanding=True)))
_OWNERS = (
    select(members.c.room_id, members.c.user_id)
    .where(members.c.room_id.in_(bindparam("numbers", expanding=True)), members.c.role == "owner")
    .order_by(members.c.user_id, members.c.room_id)
    .with_for_update()  # two owners who leave at once at two nodes would leave the room to nobody
)
_NEXT = (
    select(members.c.user_id)
    .join(users, users.c.id == members.c.user_id)
    .where(members.c.room_id == bindparam("room"), members.c.user_id != bindparam("user"), users.c.banned_at.is_(None))
    .order_by(case((members.c.role == "moderator", 0), else_=1), members.c.joined_at, members.c.user_id)
    .limit(1)
    .with_for_update(of=members)
)
_UNSEAT = delete(members).where(members.c.room_id == bindparam("room"), members.c.user_id == bindparam("user"))


class Numbered(Protocol):
    """An entry of the log; 0 before the flush."""

    @property
    def seq(self) -> int:
        """Its number."""


class _Arrival(NamedTuple):
    entry: Numbered
    whole: bool  # sees what was before


class Seating:
    """Part of a batch."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._rooms: dict[int, RoomFacts] = {}
        self._seats: dict[tuple[int, int], Seat] = {}
        self._owners: set[tuple[int, int]] = set()
        self._arrivals: dict[tuple[int, int], _Arrival] = {}
        self._changed: dict[int, dict[str, Any]] = {}  # columns of rooms

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────

    def load(self, seats: Collection[tuple[int, int]]) -> None:
        """Fetch these (room, user), and the facts of the rooms where there is a seat."""
        if seats:
            query, parameters = one_of(_SEATS, members.c.room_id, members.c.user_id, seats)
            for room, user, role, since, *what in self._connection.execute(query, parameters):
                self._seats[room, user] = Seat(user, role, since)
                if room not in self._rooms:
                    self._rooms[room] = facts_of(what)

    def load_rooms(self, numbers: Collection[int]) -> None:
        """Fetch rooms that may be changed, with their owners, who stay owners until the end of the transaction."""
        if numbers:
            wanted = {"numbers": sorted(numbers)}
            self._owners |= {(room, user) for room, user in self._connection.execute(_OWNERS, wanted)}
            for row in self._connection.execute(_ROOMS, wanted):
                self._rooms[row.id] = facts_of(row)

    def room(self, number: int) -> RoomFacts | None:
        """A room that was loaded, for a seat in it or for itself."""
        return self._rooms.get(number)

    def seat(self, room: int, user: int) -> Seat | None:
        """The seat of a person who is not banned."""
        return self._seats.get((room, user))

    def owners(self, room: int) -> set[int]:
        """Who owns a room that was loaded for itself."""
        return {user for number, user in self._owners if number == room}

    def others(self, room: int, user: int) -> bool:
        """Whether anybody but this person is in the room."""
        query = select(members.c.user_id).where(members.c.room_id == room, members.c.user_id != user).limit(1)
        arriving = any(number == room and who != user for number, who in self._arrivals)
        return arriving or self._connection.execute(query).first() is not None

    def successor(self, room: int, user: int) -> int | None:
        """Who comes next when this owner goes: the moderator, or else the member, who is there for longest."""
        row = self._connection.execute(_NEXT, {"room": room, "user": user}).first()
        if row is None:
            return None
        self.load({(room, row.user_id)})
        return int(row.user_id)

    def name_taken(self, name_key: str, room: int = 0) -> bool:
        """Whether another room has this name, or gets it in this batch."""
        pending = any(
            columns.get("name_key") == name_key and number != room for number, columns in self._changed.items()
        )
        return pending or self.named(name_key) not in (None, room)

    def named(self, name_key: str) -> int | None:
        """The room with this name, as stored or made in this batch."""
        return named(self._connection, name_key)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────

    def add_room(self, *, name: str, name_key: str, kind: str, topic: str = "", history: str = "all") -> int:
        """A new room, with nobody in it and nothing in its log. Raises IntegrityError when another node was faster."""
        row = {"name": name, "name_key": name_key, "kind": kind, "topic": topic, "history": history}
        query = insert(rooms).values(head=0, created_at=self._now, **row).returning(rooms.c.id)
        number = int(self._connection.execute(query).scalar_one())
        self._rooms[number] = RoomFacts(number, name, kind, topic, history)
        return number

    def give(self, room: int, user: int, role: str, entry: Numbered, *, whole: bool) -> None:
        """A seat that begins with this entry of the log; who does not see the whole log sees what comes from it on."""
        self._seats[room, user] = Seat(user, role, 0 if whole else NOTHING_YET)
        self._arrivals[room, user] = _Arrival(entry, whole)
        if role == "owner":
            self._owners.add((room, user))

    def take(self, room: int, user: int) -> None:
        """Away with a seat."""
        if self._arrivals.pop((room, user), None) is None:
            self._connection.execute(_UNSEAT, {"room": room, "user": user})
        self._seats.pop((room, user), None)
        self._owners.discard((room, user))

    def set_role(self, room: int, user: int, role: str) -> None:
        """Another role for somebody who has a seat."""
        self._seats[room, user] = replace(self._seats[room, user], role=role)
        self._owners.discard((room, user))
        if role == "owner":
            self._owners.add((room, user))
        if (room, user) not in self._arrivals:
            query = update(members).where(members.c.room_id == room, members.c.user_id == user)
            self._connection.execute(query.values(role=role))

    def change_room(self, facts: RoomFacts, **columns: Any) -> None:
        """A room as it is from now on, and the columns that say so."""
        self._rooms[facts.id] = facts
        self._changed.setdefault(facts.id, {}).update(columns)

    def flush(self) -> None:
        """Write what waited for the heads. Raises IntegrityError when another node took a name or gave a seat."""
        for number, columns in self._changed.items():
            self._connection.execute(update(rooms).where(rooms.c.id == number).values(columns))
        arrived = [
            {
                "room_id": room,
                "user_id": user,
                "read_seq": entry.seq - 1,
                "joined_at": self._now,
                "role": self._seats[room, user].role,
                "since": 0 if whole else entry.seq - 1,
            }
            for (room, user), (entry, whole) in sorted(self._arrivals.items())
        ]
        if arrived:
            self._connection.execute(insert(members), arrived)
