"""People who talk to the cluster over the public protocol, as docs/protocol.md asks of a client, whatever breaks."""

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections.abc import Sequence

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.faults.cluster import Cluster
from tests.faults.invariants import Ledger, Place
from tests.faults.node import Node
from tests.mirror import Mirror
from tests.running import Frame, Person

SILENCE = 45.0  # seconds without a word after which a client opens another socket
UNANSWERED = 4  # commands a writer has under way at most
PACE = 0.02, 0.08  # seconds between two commands
AGAIN = 0.05, 0.5  # seconds before another socket is opened, with jitter
LOST = (OSError, WebSocketException, TimeoutError, EOFError)


class Client:
    """Connects again and again, resumes from its cursor, and sends what has no answer once more, with the same key."""

    def __init__(self, person: Person, nodes: Sequence[Node], chance: random.Random, *, writes: bool) -> None:
        self.name = person.nickname
        self.person = person
        self.mirror = Mirror()
        self.ledger = Ledger(person.id)
        self.writes = writes
        self.writing = False
        self.connected = False
        self._nodes = nodes
        self._chance = chance
        self._epoch = ""
        self._outbox: dict[str, Frame] = {}
        self._again: dict[str, float] = {}  # key → when to send it once more
        self._mine: list[int] = []  # messages that may be changed: no command about them is under way
        self._numbers = itertools.count(1)

    @property
    def settled(self) -> bool:
        """Whether it is connected and everything it has sent is answered."""
        return self.connected and not self._outbox

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            node = self._chance.choice(self._nodes)
            with contextlib.suppress(*LOST):
                address = f"ws://127.0.0.1:{node.port}/ws"
                async with connect(
                    address,
                    additional_headers=self.person.headers,
                    compression=None,
                    proxy=None,
                    open_timeout=5,
                    ping_interval=None,
                    close_timeout=1,
                ) as socket:
                    await self._live(socket)
            self.connected = False
            await asyncio.sleep(self._chance.uniform(*AGAIN))

    async def _live(self, socket: ClientConnection) -> None:
        cursors = {} if self.mirror.cursor is None else {"1": self.mirror.cursor}
        await _send(socket, {"type": "hello", "cursors": cursors, "epoch": self._epoch})
        writing: asyncio.Task[None] | None = None
        try:
            while True:
                async with asyncio.timeout(SILENCE):
                    frame: Frame = json.loads(await socket.recv())
                if frame["type"] == "welcome":
                    self._epoch = frame["epoch"]
                    self.connected = True
                    writing = asyncio.create_task(self._write(socket))
                if not self.take(frame):
                    return
        finally:
            if writing is not None:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────

    async def _write(self, socket: ClientConnection) -> None:
        self._again = dict.fromkeys(self._outbox, 0.0)  # the socket that would have brought their answers is gone
        while True:
            now = time.monotonic()
            for key in [key for key, when in self._again.items() if when <= now]:
                del self._again[key]
                await _send(socket, self._outbox[key])
            if self.writing and len(self._outbox) < UNANSWERED:
                command = self._think_of_something()
                self._outbox[command["key"]] = command
                await _send(socket, command)
            await asyncio.sleep(self._chance.uniform(*PACE))

    def _think_of_something(self) -> Frame:
        key = f"{self.name}-{next(self._numbers)}"
        what = self._chance.random()
        if what < 0.3 and self._mine:
            number = self._mine.pop(self._chance.randrange(len(self._mine)))
            if what < 0.08:
                return {"type": "delete", "key": key, "message": number}
            return {"type": "edit", "key": key, "message": number, "source": f"changed by {key}"}
        return {"type": "post", "key": key, "room": 1, "source": key if what < 0.97 else " "}

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────

    def take(self, frame: Frame) -> bool:
        """Take a frame in. False: it was not the next thing, so that a client opens another socket."""
        if frame["type"] == "ack":
            self._acknowledged(frame)
        elif frame["type"] == "error" and frame.get("key") in self._outbox:
            self._refused(frame)
        elif frame["type"] == "log" and frame["reset"] and self.mirror.cursor is not None:
            self.ledger.disorder.append(f"{self.name} was told to begin anew at cursor {self.mirror.cursor}")
        try:
            self.mirror.take(frame)
        except AssertionError:
            told = f"{frame['type']} {frame.get('seq', frame.get('from'))}"
            self.ledger.disorder.append(f"{self.name} got {told} at cursor {self.mirror.cursor}")
            return False
        return True

    def _acknowledged(self, frame: Frame) -> None:
        key, place = frame["key"], Place(frame["seq"], frame["message"])
        command = self._outbox.pop(key, None)
        self._again.pop(key, None)
        if command is None:  # the second answer to a key
            self.ledger.acknowledged_again(key, place)
            return
        (self.ledger.posts if command["type"] == "post" else self.ledger.changes)[key] = place
        self.ledger.texts[place.message] = command.get("source", "")
        if command["type"] != "delete":
            self._mine.append(place.message)

    def _refused(self, frame: Frame) -> None:
        if frame["code"] in ("unavailable", "rate_limited"):
            self._again[frame["key"]] = time.monotonic() + frame.get("retry_after", 1.0)
        else:
            del self._outbox[frame["key"]]
            self.ledger.refused[frame["key"]] = frame["code"]


async def _send(socket: ClientConnection, frame: Frame) -> None:
    await socket.send(json.dumps(frame))


class Crowd:
    """A writer and a reader that stay with each node, and as many that go wherever they are let in."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self.clients = clients

    @classmethod
    async def gather(cls, cluster: Cluster, chance: random.Random) -> "Crowd":
        """Register them."""
        clients = []
        places: list[list[Node]] = [*([node] for node in cluster.nodes), cluster.nodes]
        for number, nodes in enumerate(places):
            for role in ("writer", "reader"):
                person = await asyncio.to_thread(nodes[0].register, f"{role}{number}")
                clients.append(Client(person, nodes, chance, writes=role == "writer"))
        return cls(clients)

    @property
    def acknowledged(self) -> int:
        """Posts, so far."""
        return sum(len(client.ledger.posts) for client in self.clients)

    def write(self, on: bool) -> None:
        """Begin or end to write."""
        for client in self.clients:
            client.writing = on and client.writes

    @property
    def quiet(self) -> bool:
        """Whether everything is answered and everybody stands where the last change was acknowledged."""
        if not all(client.settled for client in self.clients):
            return False
        places = (
            place.seq
            for client in self.clients
            for told in (client.ledger.posts, client.ledger.changes)
            for place in told.values()
        )
        head = max(places, default=0)
        return all((client.mirror.cursor or 0) >= head for client in self.clients)
