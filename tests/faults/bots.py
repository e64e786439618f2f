"""Programs that post over HTTP: one message after the other, each sent again with its key until there is an answer."""

import asyncio
import itertools
import time
from typing import Any

import httpx

from tests.faults.ledger import Refusal, Told
from tests.faults.people import AGAIN, Client
from tests.running import Frame

PACE = 0.1, 0.4  # seconds between two posts
TEMPORARY = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.UNAUTHORIZED, httpx.codes.BAD_GATEWAY)


class Bot(Client):
    """Reads over a socket as everybody does, and signs in again by it."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.writing = False
        self.length = 0
        self.tops: dict[int, int] = {}  # room → the newest seq it was told of
        self._post: Frame | None = None
        self._numbers = itertools.count(1)

    @property
    def settled(self) -> bool:
        """Whether it is in, and what it has sent is answered."""
        return self.connected and self._post is None

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(super().run())
            tasks.create_task(self._talk())

    async def _talk(self) -> None:
        while True:
            await asyncio.sleep(self.chance.uniform(*PACE))
            if self.writing and self.connected:
                key = f"{self.name}-{next(self._numbers)}"
                self._post = {"type": "post", "key": key, "room": next(iter(self.mirrors)), "source": f"I say {key}"}
                await self._send(self._post)
                self._post = None

    async def _send(self, post: Frame) -> None:
        """Until it is answered for good."""
        body = {name: post[name] for name in ("key", "room", "source")}
        while True:
            # While it is not let in, there may be another epoch that it has not heard of, and other rooms with it.
            if self.connected:
                epoch, asked = self.epoch, time.monotonic()
                answer = await self.request("POST", "/api/messages", headers=self.person.headers, json=body)
                self.moments.answered(asked)  # a connection that ends is an answer, too
                if answer is not None:
                    if answer.status_code not in TEMPORARY:
                        self._note(post, epoch, answer)
                        return
                    self.moments.put_off += 1
            await asyncio.sleep(self.chance.uniform(*AGAIN))

    def _note(self, post: Frame, epoch: str, answer: httpx.Response) -> None:
        told = answer.json()
        if not answer.is_success:
            self.ledger.refused[post["key"]] = Refusal("post", told.get("code", str(answer.status_code)))
            return
        self.ledger.acknowledged(Told(post, epoch, told["room"], told["seq"], told["id"]))
        self.moments.known(epoch, told["room"], told["seq"])
        self.tops[told["room"]] = max(told["seq"], self.tops.get(told["room"], 0))

    def begin_anew(self) -> None:
        """What it was told is of another epoch."""
        self.tops.clear()
