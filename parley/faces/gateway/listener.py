"""A socket in a room."""

from typing import Protocol


class Socket(Protocol):
    """What a room knows of a connection."""

    writable: bool  # open, and its buffer has room

    def write(self, data: bytes) -> None:
        """Send ready frames."""


class Listener:
    """A socket in a room, and the seq up to which it has been served; None: it wants the newest page."""

    __slots__ = ("loading", "sent", "socket")

    def __init__(self, socket: Socket, cursor: int | None) -> None:
        self.socket = socket
        self.sent = cursor
        self.loading = False  # a page for it is being read
