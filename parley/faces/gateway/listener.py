"""A socket in a room."""

from collections.abc import Callable
from typing import NamedTuple, Protocol


class Socket(Protocol):
    """What a room knows of a connection."""

    writable: bool  # open, and its buffer has room

    @property
    def push(self) -> Callable[[bytes], None]:
        """Sends ready frames; only while writable."""


class Sitter(NamedTuple):
    """Whose socket it is: somebody who has a seat in the room, as of `known`, a number of its log.

    They see messages that stand after `since`.
    """

    user: int
    since: int
    known: int


class Listener:
    """A socket in a room, and the seq up to which it has been served; None: it wants the newest page."""

    __slots__ = ("doubted", "loading", "sent", "sitter", "socket")

    def __init__(self, socket: Socket, cursor: int | None, sitter: Sitter) -> None:
        self.socket = socket
        self.sent = cursor
        self.sitter = sitter
        self.loading = False  # nothing is pushed to it: a page for it is being read, or its seat is in doubt
        self.doubted = False
