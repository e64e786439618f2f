"""A look at a cluster that is quiet: what its people have, against a fresh load, and what it says of itself."""

import asyncio
import random
import time

import httpx

from tests.faults.cluster import Cluster
from tests.faults.crowd import GENERAL, Crowd
from tests.faults.invariants import Findings, check
from tests.mirror import Loaded, load_all


class Look:
    """Looks through the same doors as people do; only `verify` and the logs are the operator's."""

    def __init__(self, cluster: Cluster, crowd: Crowd, chance: random.Random) -> None:
        self._cluster = cluster
        self._crowd = crowd
        self._chance = chance

    async def judge(self, seconds: float) -> Findings | None:
        """Hold everybody's view against a fresh load as of the same seq; None when they never meet."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            rooms = {room: await self.load(room) for room in (GENERAL, self._crowd.private)}
            if all(each is not None and self._crowd.cursors(room) == {each.head} for room, each in rooms.items()):
                return await self._check({room: each for room, each in rooms.items() if each is not None})
            await asyncio.sleep(0.1)
        return None

    async def _check(self, rooms: dict[int, Loaded]) -> Findings:
        crowd, found = self._crowd, Findings()
        crowd.rewind()
        for room, loaded in rooms.items():
            mirrors = {client.name: client.mirrors[room] for client in crowd.clients if room in client.mirrors}
            found.add(check(room, loaded, [client.ledger for client in crowd.clients], mirrors))
        found.other += await self._cluster.verify()
        for number, node in enumerate(self._cluster.nodes):
            found.other += [f"node {number} logged: {line}" for line in node.defects()]
        for number, worker in enumerate(self._cluster.workers):
            found.other += [f"worker {number} logged: {line}" for line in worker.defects()]
        return found

    async def load(self, room: int) -> Loaded | None:
        """A fresh load of a room from any node; None when it did not answer."""
        node = self._chance.choice(self._cluster.nodes)
        try:
            return await asyncio.to_thread(load_all, node.sign(self._crowd.insider.person), room)
        except httpx.HTTPError:
            return None

    async def previewed(self) -> bool:
        """Whether no link waits for its preview."""
        loaded = await self.load(GENERAL)
        return loaded is not None and not any(
            preview["state"] == "pending" for message in loaded.messages.values() for preview in message["previews"]
        )
