"""Pinned messages: what whoever comes into a room should find."""

from dataclasses import dataclass

from msgspec import UNSET
from msgspec.structs import replace

from parley.core import permissions
from parley.core.refusals import refusal
from parley.core.rooms import seen_from
from parley.core.visible import check_not_deleted, visible
from parley.errors import Conflict
from parley.store import pins, rooms
from parley.store.batch import Batch, Change, Command, Needs
from parley.store.store import Store
from parley.wire import Message, Pinned

MOST = 100  # in one room


@dataclass(slots=True)
class Pin(Command):
    """Pin a message in its room, or take it off. Doing it twice is doing it once."""

    user: int
    message: int
    on: bool

    def needs(self) -> Needs:
        """The message, and a seat in its room."""
        return Needs(messages=(self.message,), user=self.user)

    def apply(self, batch: Batch) -> Change:
        """Raises NotFound, Denied, Conflict when it is deleted, the room archived, or too much is pinned there."""
        message, room, seat = visible(batch, self.message, self.user)
        if not permissions.may_pin(seat, room, message):
            raise refusal(seat, room, _why_not(message))
        check_not_deleted(message)
        if (message.pinned is not UNSET) == self.on:
            return Change(message)
        if self.on and pins.count(batch, message.room) >= MOST:
            raise Conflict(f"{MOST} messages are pinned here: take one of them off first.", code="too_many_pins")
        return batch.change(replace(message, pinned=Pinned(self.user, batch.now) if self.on else UNSET))


def _why_not(message: Message) -> str:
    if message.kind != "text":
        return "Only what people write is pinned."
    return "In the general room its owners and moderators pin messages."


def pinned(store: Store, user: int | None, room: int) -> list[Message]:
    """What is pinned in a room and this person may see, the latest pin first; `user` None reads as the public may.

    Raises NotFound for a room this person is not in.
    """
    with store.reading() as connection:
        return pins.of_room(connection, room, seen_from(rooms.standing(connection, room, user), user))
