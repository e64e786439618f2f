"""The hub of a node's sockets: who is connected, what comes from them, and what the bus brings them."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from websockets.frames import CloseCode
from websockets.http11 import Request

from parley.bus.interface import Followed, Heard, Recovered, Ring, Typed
from parley.core import people
from parley.core.refusals import archived_room
from parley.errors import Refused, TooMany, Unavailable
from parley.faces.gateway.audience import Audience
from parley.faces.gateway.commands import Commands, Reply
from parley.faces.gateway.connection import Connection
from parley.faces.gateway.departures import Departures
from parley.faces.gateway.door import Door
from parley.faces.gateway.frames import frame
from parley.faces.gateway.inbox import Inbox
from parley.faces.gateway.sockets import Sockets
from parley.faces.gateway.together import Together
from parley.faces.gateway.watchers import Watchers
from parley.node import Node
from parley.parsing import NotJSON, key_of, parse
from parley.signals import Signal
from parley.wire import (
    Hello,
    Ping,
    Pong,
    Read,
    ReadEvent,
    ThreadEvent,
    Typing,
    TypingEvent,
    Unread,
    Watch,
)

MOST_REFUSALS = 100  # frames in a row that a socket may send too fast before it is closed
READERS = 4  # threads that read for sockets

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Gateway:
    """Everything but `hear` happens on the loop."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.connections = Sockets(node)
        self.watchers = Watchers(node.presence, node.metrics, self.connections)
        self._loop = asyncio.get_running_loop()
        self._executor = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self.door = Door(node, self.connections, self._executor)
        self._surroundings = Together(
            self._executor, lambda arrived: people.surroundings(node.store, node.presence, arrived)
        )
        self._profiles = Together(self._executor, lambda wanted: people.profiles(node.store, node.presence, wanted))
        self.audience = Audience(node, self.connections, self._executor, self.spawn)
        self.channels = self.audience.channels
        self._inbox: Inbox[Heard | Reply] = Inbox(self._loop, self._take)
        self._commands = Commands(node, self._inbox)
        self._departures = Departures()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pong = frame(Pong())
        self.look_now = asyncio.Event()  # the heads in the database may be further than what rang

    # ── helping hands ───────────────────────────────────────────────────────────────────────────────

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine by the side; a failure is logged and hurts nobody else."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task_failed", exc_info=error)

    async def off_loop(self, work: Callable[[], T]) -> T:
        """Run something that waits for the database in a thread."""
        return await self._loop.run_in_executor(self._executor, work)

    def stop(self) -> None:
        """End what runs by the side."""
        for task in self._tasks:
            task.cancel()
        self._executor.shutdown(wait=False, cancel_futures=True)

    # ── from other threads ──────────────────────────────────────────────────────────────────────────

    def hear(self, what: Heard) -> None:
        """What the bus brings. Thread-safe."""
        self._inbox.put(what)

    def _take(self, items: list[Heard | Reply]) -> None:
        more: bool | None = None  # None: nothing has rung
        for item in items:
            if isinstance(item, Reply):
                item.connection.answer(item.frame)
            elif isinstance(item, Ring):
                if (channel := self.channels.get(item.room)) is not None:
                    channel.hear(item)
                    self._departures.add(channel)
                    more = item.more
            elif isinstance(item, Typed):
                if (channel := self.channels.get(item.room)) is not None:
                    channel.say(frame(TypingEvent(room=item.room, user=item.user)))
            elif isinstance(item, Recovered | Followed):
                self.look_now.set()
            elif isinstance(item, Signal):
                self._follow(item)
        if more is not None:
            self._departures.go(wait=more)

    def _follow(self, signal: Signal) -> None:
        if signal.kind == "profile":
            self.spawn(self._introduce(signal.user))
            return
        mine = list(self.connections.of(signal.user))
        if not mine:
            return
        if signal.kind == "tokens":
            self.spawn(self.door.check(mine))
        elif signal.kind == "preferences":
            self.spawn(self.door.look_again(signal.user))
        elif signal.kind == "membership":
            self.audience.look_again(signal.user, signal.room)
        elif signal.kind == "read":
            moved = ReadEvent(signal.room, signal.seq, signal.generation, signal.thread)
            self.connections.broadcast(frame(moved), mine)
        else:
            stands = ThreadEvent(signal.room, signal.thread, signal.kind == "follow", signal.seq)
            self.connections.broadcast(frame(stands), mine)

    async def _introduce(self, number: int) -> None:
        """Somebody has another name or picture: tell those who would be told that they came."""
        try:
            user = await self._profiles.ask(number)
        except Unavailable as refused:
            log.warning("profile_unknown", reason=refused.code)  # who loads the page finds it
            return
        if user is not None:
            self.watchers.introduce(user)

    # ── arriving and leaving ────────────────────────────────────────────────────────────────────────

    def arrived(self, connection: Connection, request: Request) -> None:
        """Somebody asks for a socket."""
        self.spawn(self.door.admit(connection, request))

    def left(self, connection: Connection) -> None:
        """A transport is gone, whether or not it was ever admitted."""
        self.connections.remove(connection)
        self.watchers.forget(connection)
        self.audience.dismiss(connection)

    def begin_anew(self) -> None:
        """The database holds another past: what was read before means nothing, and everybody has to load afresh."""
        self.audience.clear()
        for connection in list(self.connections):
            connection.close(CloseCode.SERVICE_RESTART, "the database was restored")

    def slow(self, connection: Connection) -> None:
        """Its buffer is full; the channels pass it by."""
        self.node.metrics.slow_readers.inc()

    def drained(self, connection: Connection) -> None:
        """Serve from the log what it missed."""
        for room, listener in connection.joined.items():
            self.channels[room].serve(listener)

    # ── frames ──────────────────────────────────────────────────────────────────────────────────────

    def received(self, connection: Connection, data: bytes) -> None:
        """One frame of a client, well-formed or not."""
        try:
            self.node.limits.spend("frame", connection.number)
            wanted = parse(data)
            connection.refusals = 0
        except NotJSON:
            refused = Refused("The frame is no JSON.", code="not_json")
            connection.write(self._commands.refusal(refused, None))
            connection.leave(CloseCode.INVALID_DATA, "frames are JSON")
            return
        except Refused as refused:
            connection.write(self._commands.refusal(refused, key_of(data)))
            self._strike(connection)
            return
        if isinstance(wanted, Hello) == connection.greeted:
            connection.write(self._commands.refusal(Refused("hello is the first frame, and only the first."), None))
            connection.leave(CloseCode.POLICY_VIOLATION, "hello is the first frame")
            return
        match wanted:
            case Hello():
                connection.greeted = True
                self.spawn(self._greet(connection, wanted))
            case Read() | Unread():
                self._commands.move_read(connection, wanted)
            case Typing():
                self._typing(connection, wanted)
            case Watch():
                self.watchers.watch(connection, wanted.users)
            case Ping():
                connection.write(self._pong)
            case _:
                self._commands.submit(connection, wanted)

    def counted(self, connection: Connection) -> None:
        """What is no command costs work as well; too much of it closes the socket."""
        try:
            self.node.limits.spend("frame", connection.number)
        except TooMany:
            self._strike(connection)

    def _strike(self, connection: Connection) -> None:
        connection.refusals += 1
        if connection.refusals > MOST_REFUSALS:
            connection.leave(CloseCode.POLICY_VIOLATION, "too many refused frames")

    def _typing(self, connection: Connection, wanted: Typing) -> None:
        session = connection.session
        if wanted.room not in connection.joined or session is None:
            return
        if self.channels[wanted.room].closing.archived:
            connection.write(self._commands.refusal(archived_room(), None))
        elif not session.hides_typing:
            self.node.bus.publish(Typed(wanted.room, session.user))

    async def _greet(self, connection: Connection, hello: Hello) -> None:
        assert connection.session is not None
        session, node = connection.session, self.node
        try:
            seen = await self._surroundings.ask(session.user)
        except Unavailable as refused:
            connection.write(self._commands.refusal(refused, None))
            connection.leave(CloseCode.TRY_AGAIN_LATER, "the database does not answer")
            return
        if connection not in self.connections or not connection.open or seen is None:
            return
        epoch = node.store.epoch
        connection.write(frame(seen.welcome(epoch)))
        self.audience.admit(connection, seen.rooms, hello.cursors if hello.epoch == epoch else {})
