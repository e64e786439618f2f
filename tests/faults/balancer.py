"""A TCP balancer in front of the nodes: round robin, without sticky sessions."""

import asyncio
import contextlib
from collections.abc import Sequence

import httpx

from tests.faults.node import Node
from tests.faults.proxy import Proxy, Streams

CHECK_EVERY = 0.5  # seconds
CHECK_WITHIN = 1.0  # seconds; a node that is slower than that is passed by


class Balancer(Proxy):
    """Sends each connection to the next node that was ready when it was asked last. With none, it resets."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        super().__init__(self._next)
        self._ring = list(nodes)
        self._ready: set[Node] = set()
        self._checks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen, and begin to ask."""
        await super().start()
        self._checks = [asyncio.create_task(self._check(node)) for node in self._ring]

    async def stop(self) -> None:
        """Ask no more, listen no more, and end every connection."""
        for task in self._checks:
            task.cancel()
        await asyncio.gather(*self._checks, return_exceptions=True)
        await super().stop()

    async def _next(self) -> Streams:
        for _ in range(len(self._ring)):
            node = self._ring.pop(0)
            self._ring.append(node)
            if node in self._ready:
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection("127.0.0.1", node.port)
        raise ConnectionRefusedError("no node is ready")

    async def _check(self, node: Node) -> None:
        async with httpx.AsyncClient(timeout=CHECK_WITHIN, trust_env=False) as client:
            while True:
                try:
                    ready = (await client.get(f"{node.url}/readyz")).is_success
                except httpx.HTTPError:
                    ready = False
                (self._ready.add if ready else self._ready.discard)(node)
                await asyncio.sleep(CHECK_EVERY)
