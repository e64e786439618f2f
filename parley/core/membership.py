"""Who is in a room: joining, leaving, inviting, removing, and whose word counts there.

Each change is an entry of the room's log. So it has a place among the messages, and whoever follows the log knows for
each of them who was there.
"""

from dataclasses import dataclass

from parley.core import permissions
from parley.core.entries import entry
from parley.core.refusals import no_room, refusal
from parley.errors import Conflict, Denied, NotFound
from parley.seats import Role, RoomFacts, Seat
from parley.signals import Signal
from parley.store import users
from parley.store.batch import Batch, Change, Command, Needs


def here(batch: Batch, room: int, user: int) -> tuple[RoomFacts, Seat]:
    """A room and the seat of this person in it. Raises NotFound for whoever has none."""
    facts, seat = batch.seating.room(room), batch.seating.seat(room, user)
    if facts is None or seat is None or not permissions.may_read(seat, facts):
        raise no_room()
    return facts, seat


def seat_by(batch: Batch, room: RoomFacts, user: int, role: Role, change: Change) -> Change:
    """A seat that begins with this entry; the person's sockets hear of it."""
    batch.seating.give(room.id, user, role, change, whole=room.history == "all")
    batch.signals.append(Signal("membership", user, room.id))
    return change


def _unseat_by(batch: Batch, room: int, user: int, change: Change) -> Change:
    batch.seating.take(room, user)
    batch.signals.append(Signal("membership", user, room))
    return change


def _check_owner_stays(batch: Batch, room: int, user: int) -> None:
    if batch.seating.owners(room) == {user} and batch.seating.others(room, user):
        raise Conflict("You are the last owner: make somebody else owner of the room first.", code="last_owner")


@dataclass(slots=True)
class JoinRoom(Command):
    """Take a seat in a public room. Whoever comes into one that all have left owns it."""

    user: int
    room: int

    def needs(self) -> Needs:
        """The room, and whether this person is there already."""
        return Needs(rooms=(self.room,), seats=((self.room, self.user),))

    def apply(self, batch: Batch) -> Change | None:
        """Joining twice is joining once. Raises NotFound for a private room, Conflict for an archived one."""
        room = batch.seating.room(self.room)
        if room is not None and batch.seating.seat(self.room, self.user) is not None:
            return None
        if room is None or not permissions.may_see(None, room):
            raise no_room()
        if not permissions.may_join(room):
            raise Conflict("The room is archived; nobody can join it any more.", code="archived")
        check_person(batch, self.user)
        role: Role = "member" if batch.seating.owners(self.room) else "owner"
        return seat_by(batch, room, self.user, role, batch.post(entry(batch, self.room, "joined", self.user)))


@dataclass(slots=True)
class LeaveRoom(Command):
    """Give one's seat up."""

    user: int
    room: int

    def needs(self) -> Needs:
        """The room and the seat."""
        return Needs(rooms=(self.room,), seats=((self.room, self.user),))

    def apply(self, batch: Batch) -> Change:
        """Raises NotFound for who is not in it, Denied where all stay, Conflict for the last owner among others."""
        room, seat = here(batch, self.room, self.user)
        if not permissions.may_leave(seat, room):
            raise refusal(seat, room, "Nobody leaves this room.")
        _check_owner_stays(batch, self.room, self.user)
        return _unseat_by(batch, self.room, self.user, batch.post(entry(batch, self.room, "left", self.user)))


@dataclass(slots=True)
class InviteMember(Command):
    """Give somebody else a seat."""

    user: int
    room: int
    other: int

    def needs(self) -> Needs:
        """The room, and both seats."""
        return Needs(rooms=(self.room,), seats=((self.room, self.user), (self.room, self.other)))

    def apply(self, batch: Batch) -> Change | None:
        """Somebody who is there already stays as they are. Raises NotFound, Denied, Conflict."""
        room, seat = here(batch, self.room, self.user)
        if batch.seating.seat(self.room, self.other) is not None:
            return None
        if not permissions.may_invite(seat, room):
            raise refusal(seat, room, "Only its owners and moderators invite others into this room.")
        check_person(batch, self.other)
        change = batch.post(entry(batch, self.room, "invited", self.user, str(self.other)))
        return seat_by(batch, room, self.other, "member", change)


def check_person(batch: Batch, number: int) -> None:
    """Raises NotFound when there is no such person, or not any more."""
    row = users.by_id(batch.connection, number)
    if row is None or row.banned_at is not None:
        raise NotFound("There is no such person.")


@dataclass(slots=True)
class RemoveMember(Command):
    """Take the seat of somebody else, who gets nothing that is stored later."""

    user: int
    room: int
    other: int

    def needs(self) -> Needs:
        """The room, and both seats."""
        return Needs(rooms=(self.room,), seats=((self.room, self.user), (self.room, self.other)))

    def apply(self, batch: Batch) -> Change:
        """Raises NotFound when one of them is not there, Denied for somebody of the same rank or a higher one."""
        room, seat = here(batch, self.room, self.user)
        other = batch.seating.seat(self.room, self.other)
        if other is None:
            raise NotFound("This person is not in the room.")
        if not permissions.may_remove(seat, room, other):
            raise Denied("Owners remove moderators and members, and moderators remove members.")
        change = batch.post(entry(batch, self.room, "removed", self.user, str(self.other)))
        return _unseat_by(batch, self.room, self.other, change)


@dataclass(slots=True)
class ChangeRole(Command):
    """Make somebody owner, moderator or member."""

    user: int
    room: int
    other: int
    role: Role

    def needs(self) -> Needs:
        """The room, and both seats."""
        return Needs(rooms=(self.room,), seats=((self.room, self.user), (self.room, self.other)))

    def apply(self, batch: Batch) -> Change | None:
        """The same role again changes nothing. Raises NotFound, Denied, Conflict when the last owner would go."""
        room, seat = here(batch, self.room, self.user)
        if not permissions.may_change_role(seat, room):
            raise refusal(seat, room, "Only its owners say who is owner or moderator of a room.")
        other = batch.seating.seat(self.room, self.other)
        if other is None:
            raise NotFound("This person is not in the room.")
        if other.role == self.role:
            return None
        if batch.seating.owners(self.room) == {self.other}:
            raise Conflict("A room needs an owner: make somebody else owner first.", code="last_owner")
        batch.seating.set_role(self.room, self.other, self.role)
        batch.signals.append(Signal("membership", self.other, self.room))
        return batch.post(entry(batch, self.room, "role", self.user, f"{self.other} {self.role}"))
