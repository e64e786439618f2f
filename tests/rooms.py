"""A room without network and database: a log that is slow, fails and moves on, and clients that are strict."""

import asyncio
import json
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from parley.bus.interface import Entry, Ring
from parley.errors import Unavailable
from parley.faces.gateway.channel import Channel
from parley.faces.gateway.listener import Listener, Sitter
from parley.faces.gateway.page import EncodedPage
from parley.metrics import Metrics
from tests import virtual

ROOM = 1
PAGE = 4
NEWEST = 3

Shape = dict[str, Any]


class MemoryLog:
    """The database: the truth about one room, read in pages as the store reads them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []  # one for each seq
        self.places: dict[int, int] = {}  # message → the seq at which it was posted
        self.removed: dict[int, int] = {}  # user → the seq at which they lost their seat
        self.latency = 0.0
        self.failures = 0
        self.reads = 0

    @property
    def head(self) -> int:
        return len(self.entries)

    def change(self, message: int, removes: int = 0) -> Entry:
        """Post a message, or change it when it is there."""
        seq = self.head + 1
        place = self.places.setdefault(message, seq)
        encoded = json.dumps({"id": message, "seq": place, "changed_seq": seq}).encode()
        self.entries.append(Entry(seq, message, encoded, 0 if place == seq else place, removes))
        return self.entries[-1]

    def commit(self, messages: list[int]) -> Ring:
        """Several changes at once, and the ring that tells of them."""
        head = self.head
        entries = [self.change(message) for message in messages]
        return Ring(ROOM, head, self.head, entries)

    def remove(self, user: int) -> Ring:
        """This person loses their seat; the entry that says so is a message of its own."""
        entry = self.change(1_000_000 + self.head, user)
        self.removed[user] = entry.seq
        return Ring(ROOM, entry.seq - 1, entry.seq, [entry])

    def state(self, seq: int | None = None, since: int = 0) -> dict[int, int]:
        """Each message that stands after `since` and the seq of its latest change, as of a seq: a fresh load."""
        return {entry.message: entry.seq for entry in self.entries[:seq] if self.places[entry.message] > since}

    async def after(self, room: int, cursor: int) -> EncodedPage:
        await self._reading()
        latest = {entry.message: entry for entry in self.entries}
        found = sorted((entry for entry in latest.values() if entry.seq > cursor), key=lambda entry: entry.seq)
        page = EncodedPage(found, self.head, False)
        if len(found) > PAGE:
            page = EncodedPage(found[:PAGE], found[PAGE - 1].seq, True)
        await asyncio.sleep(self.latency)  # the page gets older on its way
        return page

    async def newest(self, room: int) -> EncodedPage:
        await self._reading()
        latest = {entry.message: entry for entry in self.entries}
        found = sorted(latest.values(), key=lambda entry: self.places[entry.message])
        page = EncodedPage(found[-NEWEST:], self.head, len(found) > NEWEST)
        await asyncio.sleep(self.latency)
        return page

    async def _reading(self) -> None:
        self.reads += 1
        await asyncio.sleep(self.latency)
        if self.failures:
            self.failures -= 1
            raise Unavailable("The database is away.")


class StrictClient:
    """A socket and the client behind it, which refuses whatever is not exactly the next of the log."""

    def __init__(
        self, cursor: int | None = None, state: dict[int, int] | None = None, *, user: int = 0, since: int = 0
    ) -> None:
        self.user = user
        self.since = since
        self.until: int | None = None  # where in the log they were removed: nothing later is for them
        self.writable = True
        self.room_for = 1_000_000  # writes until the buffer is full
        self.writes: list[bytes] = []
        self.cursor = cursor
        self.may_reset = cursor is None
        self.state = dict(state or {})
        self.start = 0  # every message whose place is at or above this is here
        self.others: list[Shape] = []  # frames that are no events
        self._protocol = ClientProtocol(parse_uri("ws://test/ws"), state=State.OPEN, max_size=None)

    def push(self, data: bytes) -> None:
        assert self.writable, "pushed to a full buffer"
        self.writes.append(data)
        self.room_for -= 1
        self.writable = self.room_for > 0
        self._protocol.receive_data(data)
        assert self._protocol.parser_exc is None, self._protocol.parser_exc
        for frame in self._protocol.events_received():
            assert isinstance(frame, Frame)
            assert frame.opcode is Opcode.TEXT
            self._take(json.loads(bytes(frame.data)))

    def drain(self) -> None:
        """The buffer has room again."""
        self.room_for = 1_000_000
        self.writable = True

    def _take(self, shape: Shape) -> None:
        match shape["type"]:
            case "log" if shape["reset"]:
                assert self.may_reset, f"thrown away at cursor {self.cursor}"
                self.may_reset = False
                self._check(shape["messages"], shape["to"])
                self.state = {each["id"]: each["changed_seq"] for each in shape["messages"]}
                self.start = min((each["seq"] for each in shape["messages"]), default=0) if shape["older"] else 0
                self.cursor = shape["to"]
            case "log":
                assert shape["from"] == self.cursor
                changed = [each["changed_seq"] for each in shape["messages"]]
                assert changed == sorted(set(changed))
                assert all(shape["from"] < seq <= shape["to"] for seq in changed)
                self._check(shape["messages"], shape["to"])
                self.state |= {each["id"]: each["changed_seq"] for each in shape["messages"]}
                self.cursor = shape["to"]
            case "message":
                assert self.cursor is not None
                assert shape["seq"] == self.cursor + 1
                assert shape["message"]["changed_seq"] == shape["seq"]
                self._check([shape["message"]], shape["seq"])
                self.state[shape["message"]["id"]] = self.cursor = shape["seq"]
            case _:
                self.others.append(shape)

    def _check(self, messages: list[Shape], to: int) -> None:
        """Nothing is told to who was removed before it, and nothing to who came after it."""
        assert self.until is None or to < self.until, "told of something after the removal"
        assert all(each["seq"] > self.since for each in messages), "told of something before the joining"

    def assert_equals(self, log: MemoryLog) -> None:
        """What this client has is what it would have if it loaded everything now."""
        truth = log.state(since=self.since)
        assert self.cursor == log.head
        assert self.state.items() <= truth.items()
        seen = {message for message, place in log.places.items() if place > self.since}
        assert self.state.keys() >= {message for message in seen if log.places[message] >= self.start}


class Stage:
    """One channel over a MemoryLog, on the running loop."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.metrics = Metrics()
        self.tasks: list[asyncio.Task[None]] = []
        self.clients: dict[StrictClient, Listener] = {}
        self.channel = self.open()
        self.failures: list[Shape] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.failures.append(context))

    def open(self) -> Channel:
        return Channel(ROOM, self.log, self.metrics, self.spawn, self)

    def lost(self, room: int, user: int, listeners: Collection[Listener]) -> None:
        """Who was removed is no client of this room any more."""
        for client in [client for client, listener in self.clients.items() if listener in listeners]:
            del self.clients[client]

    def doubtful(self, user: int) -> None:
        """The database is asked, and knows."""
        seated, head = user not in self.log.removed, self.log.head
        asyncio.get_running_loop().call_later(self.log.latency, self._settle_doubt, user, seated, head)

    def _settle_doubt(self, user: int, seated: bool, head: int) -> None:
        for client, listener in list(self.clients.items()):
            if client.user == user and seated:
                self.channel.confirm(listener, Sitter(user, client.since, head))
            elif client.user == user:
                self.leave(client)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    def join(self, client: StrictClient, known: int | None = None) -> StrictClient:
        sitter = Sitter(client.user, client.since, self.log.head if known is None else known)
        self.clients[client] = self.channel.join(client, client.cursor, sitter)
        return client

    def remove(self, user: int) -> Ring:
        """Somebody loses their seat, and all of their sockets with it."""
        ring = self.log.remove(user)
        for client in self.clients:
            if client.user == user:
                client.until = ring.to
        return ring

    def leave(self, client: StrictClient) -> None:
        self.channel.leave(self.clients.pop(client))

    def drain(self, client: StrictClient) -> None:
        client.drain()
        self.channel.serve(self.clients[client])

    def hear(self, *rings: Ring) -> None:
        for ring in rings:
            self.channel.hear(ring)
        self.channel.flush()

    def restart(self) -> None:
        """Another process: nothing is remembered, and everybody comes back."""
        clients = list(self.clients)
        for client in clients:
            self.leave(client)
        self.channel = self.open()
        for client in clients:
            client.drain()
            if client.user not in self.log.removed:
                self.join(client)

    async def settle(self, *, sweep: bool = True) -> None:
        """Heal everything, by a sweep or by one more ring, and wait until nothing happens any more."""
        self.log.latency = self.log.failures = 0
        for client in self.clients:
            if not client.writable:
                self.drain(client)
            client.drain()
        if sweep:
            self.channel.check(self.log.head)
        else:
            self.hear(Ring(ROOM, self.log.head, self.log.head, []))
        await self.end()

    async def end(self) -> None:
        """Wait until nothing happens any more, and see that nothing failed and everybody has everything."""
        await asyncio.sleep(10)
        for task in self.tasks:
            assert task.done(), "somebody still waits"
            task.result()
        assert not self.failures
        for client in self.clients:
            client.assert_equals(self.log)


def in_a_room(scene: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    """Play a scene in an open room whose log holds ten messages. There is no sweep and no further ring after it."""

    async def whole() -> None:
        stage = Stage()
        stage.log.commit(list(range(1, 11)))
        await asyncio.sleep(1)
        stage.log.reads = 0
        await scene(stage)
        await stage.end()

    virtual.run(whole())


def current(stage: Stage) -> StrictClient:
    """Somebody who has everything."""
    return stage.join(StrictClient(stage.log.head, stage.log.state()))
