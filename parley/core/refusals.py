"""How it is said that somebody may not do something: no more is told than this person may know."""

from parley.errors import Conflict, Denied, NotFound, Refused
from parley.seats import RoomFacts, Seat


def no_room() -> NotFound:
    """The room does not exist, as far as this person is concerned."""
    return NotFound("There is no such room, or you are not in it.")


def archived_room() -> Conflict:
    """Nobody does anything in it any more."""
    return Conflict("The room is archived: it can be read, and nothing changes in it any more.", code="archived")


def refusal(seat: Seat | None, room: RoomFacts | None, otherwise: str) -> Refused:
    """Why this person may not do what they want in a room; `otherwise`: in a room where others may."""
    if seat is None or room is None:
        return no_room()
    if room.archived:
        return archived_room()
    return Denied(otherwise)
