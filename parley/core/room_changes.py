"""The rooms themselves: making, naming, describing and archiving them."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from parley import names
from parley.core import permissions
from parley.core.entries import entry
from parley.core.membership import here, seat_by
from parley.core.refusals import refusal
from parley.core.wording import one_line
from parley.errors import Conflict, Denied
from parley.seats import History, RoomFacts, Seat
from parley.store.batch import Batch, Change, Command, Needs

LONGEST_TOPIC = 250  # characters


def check_topic(topic: str) -> str:
    """What a room is about, in one line; may be empty. Raises Invalid."""
    return one_line(topic, "topic", LONGEST_TOPIC)


def _taken(name: str) -> Conflict:
    return Conflict(f"A room is called “{name}” already; choose another name.", code="taken")


@dataclass(slots=True)
class CreateRoom(Command):
    """A new room, whose maker owns it. Public and private rooms share their names."""

    user: int
    name: str
    kind: Literal["public", "private"] = "public"
    topic: str = ""
    history: History = "all"

    def prepare(self) -> None:
        """Raises Invalid for a name or a topic that will not do."""
        self.name = names.check_room(self.name)
        self.topic = check_topic(self.topic)

    def apply(self, batch: Batch) -> int:
        """Its id. Raises Conflict when the name is taken."""
        name_key = names.key(self.name)
        if batch.seating.name_taken(name_key):
            raise _taken(self.name)
        number = batch.seating.add_room(
            name=self.name, name_key=name_key, kind=self.kind, topic=self.topic, history=self.history
        )
        room = RoomFacts(number, self.name, self.kind, self.topic, "all")  # its maker sees it from the start
        seat_by(batch, room, self.user, "owner", batch.post(entry(batch, number, "created", self.user, self.name)))
        return number


@dataclass(slots=True)
class ChangeRoom(Command):
    """Another name, another topic, or another choice of what those who join see; None leaves it."""

    user: int
    room: int
    name: str | None = None
    topic: str | None = None
    history: History | None = None

    def prepare(self) -> None:
        """Raises Invalid for a name or a topic that will not do."""
        if self.name is not None:
            self.name = names.check_room(self.name)
        if self.topic is not None:
            self.topic = check_topic(self.topic)

    def needs(self) -> Needs:
        """The room, and the seat of who changes it."""
        return Needs(rooms=(self.room,), seats=((self.room, self.user),))

    def apply(self, batch: Batch) -> list[Change]:
        """What is so already stays as it is. Raises NotFound, Denied, Conflict when the name is taken."""
        room, seat = here(batch, self.room, self.user)
        self._check(batch, room, seat)
        changes = []
        if self.name is not None and self.name != room.name:
            room = self._write(batch, replace(room, name=self.name), name=self.name, name_key=names.key(self.name))
            changes.append(batch.post(entry(batch, room.id, "renamed", self.user, self.name)))
        if self.topic is not None and self.topic != room.topic:
            room = self._write(batch, replace(room, topic=self.topic), topic=self.topic)
            changes.append(batch.post(entry(batch, room.id, "topic", self.user, self.topic)))
        if self.history is not None and self.history != room.history:
            room = self._write(batch, replace(room, history=self.history), history=self.history)
            changes.append(batch.post(entry(batch, room.id, "history", self.user, self.history)))
        return changes

    def _check(self, batch: Batch, room: RoomFacts, seat: Seat) -> None:
        """Everything is refused, or nothing."""
        if self.name is not None:
            if not permissions.may_rename(seat, room):
                raise refusal(seat, room, "Only its owners and moderators rename a room, and nobody the general one.")
            if batch.seating.name_taken(names.key(self.name), room.id):
                raise _taken(self.name)
        if self.topic is not None and not permissions.may_set_topic(seat, room):
            raise refusal(seat, room, "Only its owners and moderators say what a room is about.")
        if self.history is not None and not permissions.may_choose_history(seat, room):
            raise refusal(seat, room, "Only its owners choose what those who join see of what was before.")

    def _write(self, batch: Batch, room: RoomFacts, **columns: Any) -> RoomFacts:
        batch.seating.change_room(room, **columns)
        return room


@dataclass(slots=True)
class ArchiveRoom(Command):
    """Close a room for writing, or open it again."""

    user: int
    room: int
    archived: bool

    def needs(self) -> Needs:
        """The room, and the seat of who archives it."""
        return Needs(rooms=(self.room,), seats=((self.room, self.user),))

    def apply(self, batch: Batch) -> Change | None:
        """Twice is once. Raises NotFound, Denied."""
        room, seat = here(batch, self.room, self.user)
        if not permissions.may_archive(seat, room):
            raise Denied("Only its owners archive a room, and nobody the general one.")
        if room.archived == self.archived:
            return None
        changed = replace(room, archived=self.archived)
        batch.seating.change_room(changed, archived_at=batch.now if self.archived else None)
        kind = "archived" if self.archived else "unarchived"
        return batch.post(entry(batch, self.room, kind, self.user))
