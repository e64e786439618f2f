"""People who read in other ways: slowly, not at all for a while, always from the beginning, or what is not theirs."""

import asyncio
import itertools
import socket as sockets
from collections.abc import Sequence
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection

from tests.faults.ledger import Refusal
from tests.faults.people import Client, Door, send
from tests.mirror import Mirror
from tests.running import Frame

NARROW = 4096, 536  # bytes: the buffer for what comes in, and the largest segment, so that the far one stays small too
STAYS = 1.0, 4.0  # seconds
TRIES = 0.2, 0.6  # seconds between two attempts to get what is not theirs


class Slow(Client):
    """Takes a frame, and then does something else for `nap` seconds; `reads` cleared: takes none at all."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.prompt = False
        self.nap = 0.0
        self._socket: ClientConnection | None = None
        self.reads = asyncio.Event()
        self.reads.set()

    async def options(self, door: Door) -> dict[str, Any]:
        """With buffers so small that the server notices."""
        narrow = sockets.socket()
        narrow.setblocking(False)
        narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, NARROW[0])
        narrow.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_MAXSEG, NARROW[1])
        try:
            await asyncio.get_running_loop().sock_connect(narrow, ("127.0.0.1", door.port))
        except OSError:
            narrow.close()
            raise
        return {"sock": narrow, "max_queue": 1}

    def drop(self) -> None:
        """Lose the socket."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def do(self, socket: ClientConnection) -> None:
        """Remember the socket."""
        self._socket = socket

    async def receive(self, socket: ClientConnection) -> Frame:
        """The next frame, when there is time for it."""
        await self.reads.wait()
        if self.nap and self.connected:
            await asyncio.sleep(self.nap)
        return await super().receive(socket)


class Newcomer(Client):
    """Comes, knows nothing, reads for a while, and goes."""

    restless = True

    def cursors(self) -> dict[str, int]:
        """None: everything anew."""
        self.mirrors = {room: Mirror() for room in self.mirrors}
        return {}

    async def do(self, socket: ClientConnection) -> None:
        """Close the page after a while, as long as somebody writes."""
        await asyncio.sleep(self.chance.uniform(*STAYS))
        if self.restless:
            await socket.close()


class Outsider(Client):
    """Knows of a room that is not theirs, and tries to get in. What it gets of that room is noted by every client."""

    def __init__(self, *arguments: Any, room: int, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.known: Sequence[int] = ()  # messages of that room, in this epoch
        self._room = room
        self._numbers = itertools.count(1)

    def learn(self, epoch: str, messages: Sequence[int]) -> None:
        """The numbers of messages of that room. In another epoch they may be of messages that are theirs."""
        self.known = messages if epoch == self.epoch else ()

    def begin_anew(self) -> None:
        """What was known was of another epoch."""
        self.known = ()

    def cursors(self) -> dict[str, int]:
        """As if they had been there."""
        return {**super().cursors(), str(self._room): 0}

    async def do(self, socket: ClientConnection) -> None:
        """Try every door."""
        while True:
            await asyncio.sleep(self.chance.uniform(*TRIES))
            key = f"{self.name}-{next(self._numbers)}"
            self.ledger.refused[key] = Refusal("trespass", "not_found")
            number = self.chance.choice(self.known or [0])
            await send(
                socket,
                self.chance.choice(
                    [
                        {"type": "post", "key": key, "room": self._room, "source": "let me in"},
                        {"type": "edit", "key": key, "message": number, "source": "let me in"},
                        {"type": "react", "key": key, "message": number, "emoji": "👍", "on": True},
                        {"type": "typing", "room": self._room},
                    ]
                ),
            )
            for path in (f"/api/messages?room={self._room}", f"/api/messages/{number}"):
                answer = await self.request("GET", path, headers=self.person.headers)
                if answer is not None and answer.status_code == httpx.codes.OK and self._theirs(answer.json()):
                    self.ledger.leaked.append(f"{self.name} was shown {path}")

    def _theirs(self, answer: Frame) -> bool:
        """Whether it is of that room: after a restore, a number may be that of another message."""
        return bool(answer.get("room", self._room) == self._room)

    def answer(self, frame: Frame) -> None:
        """Nothing of theirs may be stored."""
        if frame["type"] == "ack":
            self.ledger.leaked.append(f"{self.name} may write into room {self._room}")
