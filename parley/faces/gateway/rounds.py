"""Fan-out: one write per socket and round.

What arrives while a round is being written leaves together in the next one (natural batching): under load a
write carries many messages, without load nobody waits. Between slices the loop gets a turn.
"""

import asyncio
from collections.abc import Callable, Iterable

from parley.faces.gateway.listener import Listener

SLICE = 1024  # sockets, two milliseconds of writing


class Rounds:
    """The rounds of one room. `written` is the seq up to which they have gone, or are going, out.

    Whoever did not stand exactly where a round began is handed to `straggler`, to be served from the log.
    """

    def __init__(self, written: int, straggler: Callable[[Listener], None], delivered: Callable[[int], None]) -> None:
        self.written = written
        self._straggler = straggler
        self._delivered = delivered
        self._loop = asyncio.get_running_loop()
        self._pending: list[bytes] = []
        self._events = 0  # in `_pending`
        self._to = written
        self._listeners: Iterable[Listener] = ()
        self._left: list[Listener] = []  # of the round under way, the next one last
        self._data = b""
        self._from = written
        self._carried = 0

    def add(self, frames: Iterable[bytes], to: int | None = None) -> None:
        """Queue frames for the next round; `to` is where the log stands after them, None for what is no event."""
        before = len(self._pending)
        self._pending.extend(frames)
        if to is not None:
            self._to = to
            self._events += len(self._pending) - before

    def start(self, listeners: Iterable[Listener]) -> None:
        """Begin a round for these listeners, unless one is under way or nothing is queued."""
        if self._left or not self._pending:
            return
        self._data = self._pending[0] if len(self._pending) == 1 else b"".join(self._pending)
        self._carried = self._events
        self._pending.clear()
        self._events = 0
        self._from, self.written = self.written, self._to
        self._left = list(listeners)
        self._listeners = listeners
        self._slice()

    def _slice(self) -> None:
        data, from_, to = self._data, self._from, self.written
        slice_ = self._left[-SLICE:]
        del self._left[-SLICE:]
        served = 0
        for listener in slice_:
            socket = listener.socket
            if listener.sent == from_ and socket.writable and not listener.loading:
                listener.sent = to
                socket.push(data)  # the line that everything else is for
                served += 1
            elif listener.sent is None or listener.sent < to:
                self._straggler(listener)
        self._delivered(served * self._carried)
        if self._left:
            self._loop.call_soon(self._slice)
        elif self._pending:
            self._loop.call_soon(self.start, self._listeners)
