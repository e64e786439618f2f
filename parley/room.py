"""A room, and a thread, as one of its people sees it. Pure, no I/O."""

from msgspec import Struct


class Room(Struct, frozen=True, omit_defaults=True):
    """A room as one of its members sees it, who sees of its log what was posted after `since`.

    `people`: who is in a direct conversation, which has no other name. `generation`: how often `read` was set back.
    `mentions`: messages of others that mention this person since after `read`. `notify`: of what they want to be told,
    unless it is what is usual.

    What is as usual is left out, for a welcome may hold hundreds of rooms.
    """

    id: int
    name: str
    kind: str
    head: int
    read: int
    role: str = "member"
    topic: str = ""
    archived: bool = False
    since: int = 0
    people: list[int] = []
    generation: int = 0
    mentions: int = 0
    notify: str = ""
    muted: bool = False


class Thread(Struct, frozen=True):
    """A thread that somebody follows, by the message it is under. They have read it to `read`; `seq` is the place of
    the last reply of others after that.
    """

    id: int
    room: int
    read: int
    seq: int
