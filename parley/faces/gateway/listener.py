"""A socket in a room."""

from collections.abc import Callable
from typing import Protocol


class Socket(Protocol):
    """What a room knows of a connection."""

    writable: bool  # open, and its buffer has room

    @property
    def push(self) -> Callable[[bytes], None]:
        """Sends ready frames; only while writable."""


class Listener:
    """A socket in a room, and the seq up to which it has been served; None: it wants the newest page."""

    __slots__ = ("loading", "sent", "socket")

    def __init__(self, socket: Socket, cursor: int | None) -> None:
        self.socket = socket
        self.sent = cursor
        self.loading = False  # a page for it is being read
