"""A page of a room's log on its way to sockets."""

from collections.abc import Awaitable
from typing import NamedTuple, Protocol

from parley.bus.interface import Entry
from parley.faces.gateway.frames import log_frame

PAGE_BYTES = 256 * 1024  # of messages in one frame of the log, unless a single one is larger


class EncodedPage(NamedTuple):
    """A page of the log, its messages ready to be sent. Complete up to `to`; `more`: there is more of it."""

    entries: list[Entry]
    to: int
    more: bool

    def frame(self, room: int, cursor: int | None, since: int = 0) -> bytes:
        """Ready for whoever asked from this cursor, without one for the newest, and sees messages after `since`."""
        entries = self.entries if since == 0 else [entry for entry in self.entries if entry.is_seen_from(since)]
        if cursor is None:
            older = self.more and len(entries) == len(self.entries)
            return log_frame(room, 0, self.to, entries, reset=True, older=older)
        return log_frame(room, cursor, self.to, entries, more=self.more)


class Pages(Protocol):
    """Where a channel reads the log, off the loop. Both raise Unavailable."""

    def after(self, room: int, cursor: int) -> Awaitable[EncodedPage]:
        """The page that begins at a cursor."""

    def newest(self, room: int) -> Awaitable[EncodedPage]:
        """The page that ends at the head."""
