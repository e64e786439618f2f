"""A message that somebody wants to change, found only if they may read it."""

from typing import NamedTuple

from parley.core import permissions
from parley.errors import Conflict, NotFound
from parley.seats import RoomFacts, Seat
from parley.store.batch import Batch
from parley.wire import Message


class Visible(NamedTuple):
    """A message, its room, and the seat of the person who asks."""

    message: Message
    room: RoomFacts
    seat: Seat


def visible(batch: Batch, number: int, user: int) -> Visible:
    """A message that this person may read. Raises NotFound."""
    message = batch.message(number)
    if message is not None:
        room, seat = batch.seating.room(message.room), batch.seating.seat(message.room, user)
        if room is not None and seat is not None and permissions.may_read_message(seat, room, message):
            return Visible(message, room, seat)
    raise NotFound("There is no such message.")


def check_not_deleted(message: Message) -> None:
    """Raises Conflict."""
    if message.deleted_at is not None:
        raise Conflict("The message is deleted.", code="deleted")
