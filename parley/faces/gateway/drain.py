"""Draining: a node of several says that it is about to stop, and hands its people over to the others, few at a time.

Five thousand sockets that close in one moment come to the other nodes in one moment.
"""

import asyncio
import math
import random
from collections.abc import Sequence
from typing import TypeVar

import structlog
from websockets.frames import CloseCode

from parley.faces.gateway.gateway import Gateway

WAVE = 0.1  # seconds between two waves, on average
PACE = 100  # sockets a second that no other node minds; more only when there is no time

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Drain:
    """What a node does between SIGTERM and its end, while everything else still works."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._settings = gateway.node.settings

    async def run(self) -> None:
        """Be not ready and let nobody in; after the notice, close the sockets in waves. Nobody there: no waiting.

        A socket is closed once everything that it sent is answered.
        """
        self._gateway.node.drain()
        sockets = self._gateway.connections
        if not sockets:
            return
        log.info("draining", sockets=len(sockets))
        await asyncio.sleep(self._settings.drain_notice)
        for wave in waves(list(sockets), self._settings.drain_seconds):
            for connection in wave:
                connection.leave(CloseCode.SERVICE_RESTART, "the server restarts")
            await asyncio.sleep(WAVE * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        log.info("drained")


def waves(sockets: Sequence[T], seconds: float) -> list[list[T]]:
    """Split sockets by chance into waves of equal size that take about so many seconds, or less if they are few."""
    count = max(1, math.ceil(min(seconds, len(sockets) / PACE) / WAVE))
    shuffled = random.sample(sockets, len(sockets))
    return [shuffled[first::count] for first in range(count)]
