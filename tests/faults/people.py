"""People who talk to the cluster over the public protocol, as docs/protocol.md asks of a client, whatever breaks."""

import asyncio
import itertools
import json
import random
import time
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from tests.faults.ledger import Ledger
from tests.faults.moments import Moments
from tests.mirror import Mirror
from tests.running import NO_TLS, PASSWORD, Frame, Person

SILENT_BEATS = 2.25  # heartbeats without a word after which a client opens another socket: 45 s, as usual
AGAIN = 0.05, 0.5  # seconds before another socket is opened, with jitter
OPEN_WITHIN = 5.0  # seconds
SIGNED_OUT = 4401
LOST = (OSError, WebSocketException, TimeoutError, EOFError)


class Door(Protocol):
    """Where people come in: a node, or the balancer."""

    port: int


class Client:
    """Reads. Connects again and again, by any of its doors, and resumes from its cursors.

    That a client which hears of a head beyond its cursor should connect again (rule 4 of the protocol) is left out:
    it would hide what the server must not do.
    """

    def __init__(
        self,
        person: Person,
        doors: Sequence[Door],
        chance: random.Random,
        moments: Moments,
        rooms: Iterable[int],
        heartbeat: float = 20.0,
    ) -> None:
        self.name = person.nickname
        self.person = person
        self.passwords = [PASSWORD]  # the newest last; the restore of a backup brings older ones back
        self.mirrors = {room: Mirror() for room in rooms}
        self.ledger = Ledger(person.id)
        self.epoch = ""
        self.connected = False
        self.prompt = True  # takes whatever comes at once
        self.chance = chance
        self.moments = moments
        self.doors = doors
        self.dialled = 0.0
        self._silence = heartbeat * SILENT_BEATS
        self._since = 0.0  # when it was let in
        self._turned_away_in: str | None = None  # the epoch in which nobody had asked for it

    @property
    def settled(self) -> bool:
        """Whether it is in, and waits for nothing."""
        return self.connected

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            away = False
            try:
                await self._connect(self.chance.choice(self.doors))
            except InvalidStatus as refused:
                away = refused.response.status_code == httpx.codes.UNAUTHORIZED
            except ConnectionClosed as closed:
                away = closed.rcvd is not None and closed.rcvd.code == SIGNED_OUT
            except LOST:
                pass
            self.connected = False
            if away:
                await self.turned_away()
            await asyncio.sleep(self.chance.uniform(*AGAIN))

    async def _connect(self, door: Door) -> None:
        self.dialled = time.monotonic()
        async with connect(
            f"ws://127.0.0.1:{door.port}/ws",
            additional_headers=self.person.headers,
            compression=None,
            proxy=None,
            open_timeout=OPEN_WITHIN,
            ping_interval=None,
            close_timeout=1,
            **await self.options(door),
        ) as socket:
            await self._live(socket)

    async def _live(self, socket: ClientConnection) -> None:
        await send(socket, {"type": "hello", "cursors": self.cursors(), "epoch": self.epoch})
        doing: asyncio.Task[None] | None = None
        try:
            while True:
                frame = await self.receive(socket)
                if not self.take(frame):
                    return
                if frame["type"] == "welcome":
                    doing = asyncio.create_task(self.do(socket))
        finally:
            if doing is not None:
                doing.cancel()
                await asyncio.gather(doing, return_exceptions=True)

    # ── what others do in another way ───────────────────────────────────────────────────────────────

    async def options(self, door: Door) -> dict[str, Any]:
        """How to connect."""
        return {}

    def cursors(self) -> dict[str, int]:
        """Where to go on."""
        return {str(room): mirror.cursor for room, mirror in self.mirrors.items() if mirror.cursor is not None}

    async def receive(self, socket: ClientConnection) -> Frame:
        """The next frame."""
        async with asyncio.timeout(self._silence):
            frame: Frame = json.loads(await socket.recv())
        return frame

    async def do(self, socket: ClientConnection) -> None:
        """While it is in."""

    def answer(self, frame: Frame) -> None:
        """An ack or an error."""

    def begin_anew(self) -> None:
        """The log is of another epoch."""

    async def turned_away(self) -> None:
        """The session has ended. After the restore of a backup that is right; welcome tells."""
        self._turned_away_in = self.epoch
        await self.sign_in()

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────

    def take(self, frame: Frame) -> bool:
        """Take a frame in. False: it was not the next thing, so that a client opens another socket."""
        kind = frame["type"]
        if kind in ("ack", "error"):
            self.answer(frame)
        elif kind == "welcome":
            self._welcomed(frame)
        elif kind in ("log", "message") and frame["room"] in self.mirrors:
            return self._merge(frame, self.mirrors[frame["room"]])
        elif kind == "heads":
            self._not_mine(kind, map(int, frame["heads"]))
        elif "room" in frame:
            self._not_mine(kind, [frame["room"]])
        return True

    def _welcomed(self, frame: Frame) -> None:
        rooms = {room["id"] for room in frame["rooms"]}
        self._not_mine("welcome", rooms)
        if self.mirrors.keys() - rooms:
            self.ledger.other.append(f"{self.name} was let in without all of its rooms")
        if frame["epoch"] == self._turned_away_in:
            self.ledger.other.append(f"{self.name} was signed out and nobody had asked for it")
        self._turned_away_in = None
        if self.epoch and frame["epoch"] != self.epoch:
            self.begin_anew()
            self.mirrors = {room: Mirror() for room in self.mirrors}
        self.epoch = frame["epoch"]
        self.connected = True
        self._since = time.monotonic()

    def _not_mine(self, kind: str, rooms: Iterable[int]) -> None:
        for room in rooms:
            if room not in self.mirrors:
                self.ledger.leaked.append(f"{self.name} got {kind} of room {room}")

    def _merge(self, frame: Frame, mirror: Mirror) -> bool:
        before = mirror.cursor
        if frame["type"] == "log" and frame["reset"] and before is not None:
            self.ledger.disorder.append(f"{self.name} was told to begin anew at cursor {before}")
        try:
            mirror.take(frame)
        except AssertionError:
            told = f"{frame['type']} {frame.get('seq', frame.get('from'))}"
            self.ledger.disorder.append(f"{self.name} got {told} at cursor {before}")
            return False
        if frame["type"] == "message":
            self.moments.known(self.epoch, frame["room"], frame["seq"])
        if self.prompt and before is not None and mirror.cursor is not None:
            self.moments.arrived(self.epoch, frame["room"], range(before + 1, mirror.cursor + 1), self._since)
        return True

    # ── signing in ──────────────────────────────────────────────────────────────────────────────────

    async def sign_in(self) -> None:
        """Get a new token, sooner or later."""
        for password in itertools.cycle(reversed(self.passwords)):
            answer = await self.request("POST", "/api/tokens", auth=(self.person.nickname, password))
            if answer is not None and answer.status_code == httpx.codes.OK:
                self.person = Person(self.person.server, self.person.id, self.person.nickname, answer.json()["token"])
                return
            await asyncio.sleep(self.chance.uniform(*AGAIN))

    async def request(self, method: str, path: str, door: Door | None = None, **more: Any) -> httpx.Response | None:
        """Ask over HTTP; None when there was no answer."""
        door = door or self.chance.choice(self.doors)
        try:
            async with httpx.AsyncClient(timeout=OPEN_WITHIN, trust_env=False, verify=NO_TLS) as client:
                return await client.request(method, f"http://127.0.0.1:{door.port}{path}", **more)
        except httpx.HTTPError:
            return None


async def send(socket: ClientConnection, frame: Frame) -> None:
    """Send a frame."""
    await socket.send(json.dumps(frame))
