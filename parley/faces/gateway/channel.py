"""A room at one node: its recent log, the sockets that listen, and how those who are behind catch up."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any, Protocol

import structlog

from parley.bus.interface import Entry, Ring
from parley.errors import Unavailable
from parley.faces.gateway.closing import Closing
from parley.faces.gateway.frames import event_frame, log_frame
from parley.faces.gateway.kept import Kept
from parley.faces.gateway.listener import Listener, Sitter, Socket
from parley.faces.gateway.page import PAGE_BYTES, EncodedPage, Pages
from parley.faces.gateway.recent import RecentLog
from parley.faces.gateway.rounds import Rounds
from parley.metrics import Metrics

RETRY = 1.0  # seconds until a database that did not answer is asked again
SECOND_LOOK = 0.25  # seconds a doorbell may be behind what the database says

log = structlog.get_logger(__name__)

Spawn = Callable[[Coroutine[Any, Any, None]], None]


class Seats(Protocol):
    """Who looks after the seats of those who listen."""

    def lost(self, room: int, user: int, listeners: Collection[Listener]) -> None:
        """The log has come to where this person loses their seat; the channel has let go of these."""

    def doubtful(self, user: int) -> None:
        """Ask the database where this person has a seat: then `confirm` it, or `leave`."""


class Channel:
    """Everything here happens on the loop; `spawn` runs a coroutine and looks after its failures.

    Nothing is sent from beyond what this channel has taken in: there it sees who loses a seat, and lets go of them
    before anything later is sent.
    """

    def __init__(self, room: int, pages: Pages, metrics: Metrics, spawn: Spawn, seats: Seats) -> None:
        self.room = room
        self._pages = pages
        self._metrics = metrics
        self._spawn = spawn
        self._seats = seats
        self._listeners: dict[Listener, None] = {}
        self._late: dict[Listener, None] = {}  # those of them who do not see all of the log
        self._horizon = 0  # whatever stands after it is seen by all
        self._log: RecentLog | None = None  # until the room is open
        self._rounds = Rounds(0, self.serve, metrics.deliveries.inc)
        self._wanted = 0  # the furthest head that anybody spoke of
        self._filling = False
        self._filled = asyncio.Event()
        self._filled.set()
        self._reads: dict[int | None, list[Listener]] = {}  # who waits for which page
        self._newest: tuple[EncodedPage, bytes] | None = None  # and its frame for those who see all of it
        self._kept = Kept()
        self.closing = Closing()
        spawn(self._open())

    async def _open(self) -> None:
        page = await self._read(None)
        self._log = RecentLog(page.to)
        self._rounds = Rounds(page.to, self.serve, self._metrics.deliveries.inc)
        self._keep_newest(page)
        self._want(self._wanted)
        for listener in list(self._listeners):
            self._admit(listener, listener.sitter)

    # ── listeners ───────────────────────────────────────────────────────────────────────────────────

    def join(self, socket: Socket, cursor: int | None, sitter: Sitter) -> Listener:
        """Serve a socket from its cursor on; without one, or with one beyond the log, from the newest page."""
        listener = Listener(socket, cursor, sitter)
        self._listeners[listener] = None
        self._admit(listener, sitter)
        return listener

    def confirm(self, listener: Listener, sitter: Sitter) -> None:
        """A seat that was in doubt is there, as of a later number."""
        if listener.doubted and listener in self._listeners:
            listener.loading = listener.doubted = False
            self._admit(listener, sitter)

    def _admit(self, listener: Listener, sitter: Sitter) -> None:
        """Serve it, if its seat is sure up to where this room is."""
        listener.sitter = sitter
        if sitter.since:
            self._late[listener] = None
            self._horizon = max(self._horizon, sitter.since)
        if self._log is None:
            return
        if self._log.still_sits(sitter.user, sitter.known):
            self.serve(listener)
        else:
            listener.loading = listener.doubted = True
            self._seats.doubtful(sitter.user)

    def leave(self, listener: Listener) -> None:
        """Serve it no longer."""
        self._listeners.pop(listener, None)
        self._late.pop(listener, None)
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
        """Bring a listener to where the rounds are, from memory if possible, else from the database.

        Who does not see all of the log is brought to its head: a round that waits may hold what is not for them.
        """
        if self._log is None or listener.loading or not listener.socket.writable:
            return
        since = listener.sitter.since
        written = self._log.head if since else self._rounds.written
        if listener.sent is None:
            if self._newest is not None and self._newest[0].to == self._log.head:
                listener.sent = self._log.head
                page, frame = self._newest
                listener.socket.push(page.frame(self.room, None, since) if since else frame)
            else:
                self._load(listener)
        elif listener.sent > self._log.head:
            self._load(listener)  # another node was faster, or the cursor is of another life
        elif listener.sent < written:
            caught_up = self._caught_up(listener.sent, written, since)
            if caught_up is None:
                self._load(listener)
            else:
                listener.sent, frame = caught_up
                listener.socket.push(frame)
                self.serve(listener)  # what was kept may be a page of several

    def _caught_up(self, from_: int, to: int, since: int) -> tuple[int, bytes] | None:
        if since:
            return self._remembered(from_, to, since)
        kept = self._kept.get(from_, to)
        if kept is None and (found := self._remembered(from_, to, 0)) is not None:
            return self._kept.put(from_, *found)
        return kept

    def _remembered(self, from_: int, to: int, since: int) -> tuple[int, bytes] | None:
        """What happened in (from, to], if memory reaches so far back and it goes into one frame."""
        assert self._log is not None
        entries = self._log.since(from_, to)
        if entries is None or sum(len(entry.encoded) for entry in entries) > PAGE_BYTES:
            return None
        return to, log_frame(self.room, from_, to, [entry for entry in entries if entry.is_seen_from(since)])

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
        if page.to > self.head:  # it knows more than this node
            self._want(page.to)
            await self._filled.wait()
        waiting = [listener for listener in self._reads.pop(cursor) if listener in self._listeners]
        if cursor is None:
            frame = self._keep_newest(page)
        else:
            frame = page.frame(self.room, cursor)
            if cursor < page.to <= self._rounds.written and self.head == head:  # nothing has happened meanwhile
                self._kept.put(cursor, page.to, frame)
        for listener in waiting:
            listener.loading = False
            if not listener.socket.writable:
                continue  # served when it has drained
            if cursor is not None and cursor > page.to:
                listener.sent = None  # the cursor is of another life of this room
            else:
                listener.sent = page.to
                since = listener.sitter.since
                listener.socket.push(page.frame(self.room, cursor, since) if since else frame)
            if page.to <= self.head:
                self.serve(listener)

    def _keep_newest(self, page: EncodedPage) -> bytes:
        frame = page.frame(self.room, None)
        self._newest = page, frame
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
            self._taken_in(accepted.entries)
        if accepted.hole:
            self._want(ring.to)

    def _taken_in(self, entries: Sequence[Entry]) -> None:
        """Before these are sent: let go of who loses a seat by them, and give the late what of them is theirs."""
        for entry in entries:
            self.closing.follow(entry)
            if entry.removes:
                self._let_go(entry)
        if self._late and entries and min(entry.place or entry.seq for entry in entries) <= self._horizon:
            for listener in list(self._late):
                if not all(entry.is_seen_from(listener.sitter.since) for entry in entries):
                    self.serve(listener)

    def _let_go(self, removal: Entry) -> None:
        out = [each for each in self._listeners if each.sitter.user == removal.removes]
        out = [each for each in out if each.sitter.known < removal.seq]
        for listener in out:
            self.leave(listener)
        if out:
            self._seats.lost(self.room, removal.removes, out)

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
            self._filled.clear()
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
                    self._taken_in(entries)
                    self.flush()
                if not page.more and self._wanted == spoken_of:
                    self._wanted = self._log.head  # should more have been spoken of, it was wrong
        finally:
            self._filling = False
            self._filled.set()

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
