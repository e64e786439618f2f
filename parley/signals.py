"""What nodes tell each other about people; sockets must follow it."""

from typing import Literal

from msgspec import Struct


class Signal(Struct, frozen=True):
    """Something of a person changed that open sockets must follow; a doorbell, the database has the truth.

    `tokens`: look again which of this person's sockets may stay. `read`: a read position moved, that of a room, or of
    the `thread` under a message. `membership`: look again how this person stands to a room. `profile`: others see
    another name, picture or status. `preferences`: look again what this person likes. `follow`: a thread they follow,
    and have read to `seq`, has a reply, or they begin to follow it; `unfollow`: they no longer do.
    """

    kind: Literal["tokens", "read", "membership", "profile", "preferences", "follow", "unfollow"]
    user: int
    room: int = 0
    seq: int = 0
    generation: int = 0
    thread: int = 0
