"""Who may do what. Every command and every reader asks here, and nothing here asks anybody.

`seat` is None for who is not in the room: such a person must not learn more of it than `may_see` says. The seat of
somebody banned is never handed in.
"""

from typing import Protocol

from parley.seats import RoomFacts, Seat

MODERATOR, OWNER = 1, 2  # ranks


class Written(Protocol):
    """A message, as far as it matters here."""

    @property
    def seq(self) -> int:
        """Its place in the log."""

    @property
    def kind(self) -> str:
        """`text` if a person wrote it; all else is written by the room, and stays as it is."""

    @property
    def author(self) -> int | None:
        """Who wrote it."""


def may_see(seat: Seat | None, room: RoomFacts) -> bool:
    """Know that the room exists, its name, its topic and how many are in it."""
    return seat is not None or room.kind == "public"


def may_read(seat: Seat | None, room: RoomFacts) -> bool:
    """Read its log, from the seat's `since` on; know its members; mark it as read."""
    return seat is not None


def may_read_without_seat(room: RoomFacts) -> bool:
    """Read it as the public may, where the settings let the public read."""
    return room.general


def may_read_message(seat: Seat | None, room: RoomFacts, message: Written) -> bool:
    """Read this message of the room."""
    return seat is not None and may_read(seat, room) and message.seq > seat.since


def may_post(seat: Seat | None, room: RoomFacts) -> bool:
    """Write in it, and show that one is typing."""
    return may_read(seat, room) and not room.archived


def may_react(seat: Seat | None, room: RoomFacts, message: Written) -> bool:
    """Put an emoji under a message, or take it back."""
    return may_post(seat, room) and may_read_message(seat, room, message) and message.kind == "text"


def may_read_thread(seat: Seat | None, room: RoomFacts, root: Written, last: int = 0) -> bool:
    """Know of the thread under a message, whose last reply stands at `last`, and read in it what one may read: also who
    came after the message, once there is a reply for them. Else nobody could call them into it.
    """
    return seat is not None and may_read(seat, room) and max(root.seq, last) > seat.since


def may_reply(seat: Seat | None, room: RoomFacts, root: Written, last: int = 0) -> bool:
    """Write in the thread under a message."""
    return may_post(seat, room) and may_follow(seat, room, root, last)


def may_follow(seat: Seat | None, room: RoomFacts, root: Written, last: int = 0) -> bool:
    """Hear of replies under a message, or no longer."""
    return may_read_thread(seat, room, root, last) and root.kind == "text"


def may_pin(seat: Seat | None, room: RoomFacts, message: Written) -> bool:
    """Pin a message, or take it off: whoever writes there. In the general room, where everybody is and from which
    nobody can go, who keeps order.
    """
    if seat is None or not may_react(seat, room, message):
        return False
    return not room.general or seat.rank >= MODERATOR


def may_edit_message(seat: Seat | None, room: RoomFacts, message: Written) -> bool:
    """Change its text, or what hangs below it: the author alone."""
    return may_react(seat, room, message) and seat is not None and message.author == seat.user


def may_delete_message(seat: Seat | None, room: RoomFacts, message: Written) -> bool:
    """Make a tombstone of it: the author, and whoever keeps order."""
    if seat is None or not may_react(seat, room, message):
        return False
    return message.author == seat.user or (seat.rank >= MODERATOR and room.kind != "direct")


def may_use_file(user: int, owner: int) -> bool:
    """See a file that is in no message, post it, or throw it away: who sent it."""
    return user == owner


def may_join(room: RoomFacts) -> bool:
    """Take a seat by oneself."""
    return room.kind == "public" and not room.archived


def may_leave(seat: Seat | None, room: RoomFacts) -> bool:
    """Give one's seat up. A direct conversation is the people in it."""
    return seat is not None and not room.general and room.kind != "direct"


def may_invite(seat: Seat | None, room: RoomFacts) -> bool:
    """Give another a seat: anybody in a public room, who keeps order in a private one."""
    if seat is None or room.archived or room.general or room.kind == "direct":
        return False
    return room.kind == "public" or seat.rank >= MODERATOR


def may_remove(seat: Seat | None, room: RoomFacts, other: Seat) -> bool:
    """Take the seat of another: somebody of higher rank."""
    if seat is None or room.general or room.kind == "direct":
        return False
    return seat.rank >= MODERATOR and seat.rank > other.rank


def may_rename(seat: Seat | None, room: RoomFacts) -> bool:
    """Give it another name. Everybody finds the general room by its own."""
    return may_set_topic(seat, room) and not room.general


def may_set_topic(seat: Seat | None, room: RoomFacts) -> bool:
    """Say what it is about."""
    return seat is not None and seat.rank >= MODERATOR and not room.archived and room.kind != "direct"


def may_choose_history(seat: Seat | None, room: RoomFacts) -> bool:
    """Choose what those who join see of what was before."""
    return _owns(seat, room) and not room.archived and not room.general


def may_archive(seat: Seat | None, room: RoomFacts) -> bool:
    """Close it for writing, or open it again."""
    return _owns(seat, room) and not room.general


def may_change_role(seat: Seat | None, room: RoomFacts) -> bool:
    """Make somebody owner, moderator or member."""
    return _owns(seat, room) and not room.archived


def _owns(seat: Seat | None, room: RoomFacts) -> bool:
    return seat is not None and seat.rank >= OWNER and room.kind != "direct"
