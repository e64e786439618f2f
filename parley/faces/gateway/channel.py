"""A room at one node: its recent log, the sockets that listen, and how those who are behind catch up."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple, Protocol

import structlog

from parley.bus.interface import Entry, Ring
from parley.errors import Unavailable
from parley.faces.gateway.frames import event_frame, log_frame
from parley.faces.gateway.listener import Listener, Socket
from parley.faces.gateway.recent import RecentLog
from parley.faces.gateway.rounds import Rounds
from parley.metrics import Metrics

RETRY = 1.0  # seconds until a database that did not answer is asked again
SECOND_LOOK = 0.25  # seconds a doorbell may be behind what the database says
PAGE_BYTES = 256 * 1024  # of messages in one frame of the log, unless a single one is larger
MOST_KEPT = 16  # frames kept for others who are as far behind

log = structlog.get_logger(__name__)


class EncodedPage(NamedTuple):
    """A page of the log, its messages ready to be sent. Complete up to `to`; `more`: there is more of it."""

    entries: list[Entry]
    to: int
    more: bool


class Pages(Protocol):
    """Where a channel reads the log, off the loop. Both raise Unavailable."""

    def after(self, room: int, cursor: int) -> Awaitable[EncodedPage]:
        """The page that begins at a cursor."""

    def newest(self, room: int) -> Awaitable[EncodedPage]:
        """The page that ends at the head."""


Spawn = Callable[[Coroutine[Any, Any, None]], None]


class Channel:
    """Everything here happens on the loop; `spawn` runs a coroutine and looks after its failures."""

    def __init__(self, room: int, pages: Pages, metrics: Metrics, spawn: Spawn) -> None:
        self.room = room
        self._pages = pages
        self._metrics = metrics
        self._spawn = spawn
        self._listeners: dict[Listener, None] = {}
        self._log: RecentLog | None = None  # until the room is open
        self._rounds = Rounds(0, self.serve, metrics.deliveries.inc)
        self._wanted = 0  # the furthest head that anybody spoke of
        self._filling = False
        self._reads: dict[int | None, list[Listener]] = {}  # who waits for which page
        self._newest: tuple[int, bytes] | None = None  # the newest page as of a head
        self._kept: dict[int, tuple[int, bytes]] = {}  # by cursor: up to where, and what others there were sent
        self._kept_at = 0  # what had been written then; what happened since may have changed or deleted something
        spawn(self._open())

    async def _open(self) -> None:
        page = await self._read(None)
        self._log = RecentLog(page.to)
        self._rounds = Rounds(page.to, self.serve, self._metrics.deliveries.inc)
        self._keep_newest(page)
        self._want(self._wanted)
        for listener in list(self._listeners):
            self.serve(listener)

    # ── listeners ───────────────────────────────────────────────────────────────────────────────────

    def join(self, socket: Socket, cursor: int | None) -> Listener:
        """Serve a socket from its cursor on; without one, or with one beyond the log, from the newest page."""
        listener = Listener(socket, cursor)
        self._listeners[listener] = None
        self.serve(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Serve it no longer."""
        self._listeners.pop(listener, None)
        listener.loading = True  # whatever round or page is under way passes it by
        listener.sent = None

    @property
    def empty(self) -> bool:
        """Whether nobody listens."""
        return not self._listeners

    @property
    def head(self) -> int:
        """The newest seq known here; 0 until the room is open."""
        return self._log.head if self._log is not None else 0

    def serve(self, listener: Listener) -> None:
        """Bring a listener to where the rounds are, from memory if possible, else from the database."""
        if self._log is None or listener.loading or not listener.socket.writable:
            return
        written = self._rounds.written
        if listener.sent is None:
            if self._newest is not None and self._newest[0] == self._log.head:
                listener.sent, frame = self._newest
                listener.socket.push(frame)
            else:
                self._load(listener)
        elif listener.sent > self._log.head:
            self._load(listener)  # another node was faster, or the cursor is of another life
        elif listener.sent < written:
            if self._kept_at != written:
                self._kept.clear()
                self._kept_at = written
            caught_up = self._kept.get(listener.sent) or self._remembered(listener.sent, written)
            if caught_up is None:
                self._load(listener)
            else:
                listener.sent, frame = caught_up
                listener.socket.push(frame)
                self.serve(listener)  # what was kept may be a page of several

    def _remembered(self, from_: int, to: int) -> tuple[int, bytes] | None:
        """What happened in (from, to], if memory reaches so far back and it goes into one frame."""
        assert self._log is not None
        entries = self._log.since(from_, to)
        if entries is None or sum(len(entry.encoded) for entry in entries) > PAGE_BYTES:
            return None
        return self._keep(from_, to, log_frame(self.room, from_, to, entries))

    def _keep(self, cursor: int, to: int, frame: bytes) -> tuple[int, bytes]:
        """For others who are as far behind, until something happens in the room or the next sweep."""
        if len(self._kept) == MOST_KEPT:
            self._kept.clear()
        self._kept[cursor] = to, frame
        return to, frame

    def _load(self, listener: Listener) -> None:
        """Read a page for a listener, once for all who want the same."""
        listener.loading = True
        waiting = self._reads.setdefault(listener.sent, [])
        waiting.append(listener)
        if len(waiting) == 1:
            self._spawn(self._serve_page(listener.sent))

    async def _serve_page(self, cursor: int | None) -> None:
        head = self.head
        page = await self._read(cursor)
        waiting = [listener for listener in self._reads.pop(cursor) if listener in self._listeners]
        if cursor is None:
            frame = self._keep_newest(page)
        else:
            frame = log_frame(self.room, cursor, page.to, page.entries, more=page.more)
            if cursor < page.to <= self._rounds.written and self.head == head:  # nothing has happened meanwhile
                self._keep(cursor, page.to, frame)
        for listener in waiting:
            listener.loading = False
            if not listener.socket.writable:
                continue  # served when it has drained
            if cursor is not None and cursor > page.to:
                listener.sent = None  # the cursor is of another life of this room
            else:
                listener.sent = page.to
                listener.socket.push(frame)
            if page.to <= self.head:
                self.serve(listener)  # else it knows more than this node, until the hole is filled below
        self._want(page.to)

    def _keep_newest(self, page: EncodedPage) -> bytes:
        frame = log_frame(self.room, 0, page.to, page.entries, reset=True, older=page.more)
        self._newest = page.to, frame
        return frame

    # ── what happens in the room ────────────────────────────────────────────────────────────────────

    def hear(self, ring: Ring) -> None:
        """Take in what the bus brings; `flush` sends it on."""
        if self._log is None:
            self._wanted = max(self._wanted, ring.to)
            return
        accepted = self._log.accept(ring)
        if accepted.duplicates:
            self._metrics.duplicates.inc(accepted.duplicates)
        if accepted.entries:
            self._rounds.add([event_frame(self.room, entry) for entry in accepted.entries], accepted.entries[-1].seq)
        if accepted.hole:
            self._want(ring.to)

    def say(self, frame: bytes) -> None:
        """Send everybody in the room something that is no event, such as typing."""
        self._rounds.add([frame])
        self.flush()

    def flush(self) -> None:
        """Begin a round with what has come, unless one is under way."""
        self._rounds.start(self._listeners.keys())

    def check(self, head: int) -> None:
        """The sweep: the database says where the room stands. A doorbell on its way gets a moment."""
        self._kept.clear()
        if self._log is None:
            self._wanted = max(self._wanted, head)
        elif head > self._log.head:
            asyncio.get_running_loop().call_later(SECOND_LOOK, self._want, head)

    def _want(self, head: int) -> None:
        self._wanted = max(self._wanted, head)
        if self._log is not None and self._wanted > self._log.head and not self._filling:
            self._filling = True
            self._spawn(self._fill())

    async def _fill(self) -> None:
        """Read what is missing from the database; nothing later is sent before."""
        assert self._log is not None
        try:
            while self._wanted > self._log.head:
                spoken_of = self._wanted
                page = await self._read(self._log.head)
                from_ = self._log.head  # it may have moved meanwhile: a late ring that fitted
                entries = self._log.fill(page.entries, page.to)
                if self._log.head > from_:
                    self._metrics.gaps_filled.inc()
                    self._rounds.add([log_frame(self.room, from_, self._log.head, entries)], self._log.head)
                    self.flush()
                if not page.more and self._wanted == spoken_of:
                    self._wanted = self._log.head  # should more have been spoken of, it was wrong
        finally:
            self._filling = False

    async def _read(self, cursor: int | None) -> EncodedPage:
        while True:
            try:
                self._metrics.pages.inc()
                if cursor is None:
                    return await self._pages.newest(self.room)
                return await self._pages.after(self.room, cursor)
            except Unavailable:
                pass  # the store has logged it
            except Exception:
                log.exception("page_failed", room=self.room)  # and go on: listeners wait for it
            await asyncio.sleep(RETRY)
