"""Draining: a node of several says that it is about to stop, and hands its people over to the others, few at a time.

Five thousand sockets that close in one moment come to the other nodes in one moment.
"""

import asyncio
import math
import random
from collections.abc import Collection, Sequence
from typing import Protocol, TypeVar

import structlog
from websockets.frames import CloseCode

from parley.faces.gateway.gateway import Gateway

WAVE = 0.1  # seconds between two waves, on average
PACE = 100  # sockets a second that no other node minds; more only when there is no time

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Guest(Protocol):
    """An open socket."""

    def leave(self, code: int, reason: str) -> None:
        """Read no more, and close once everything that was asked is answered."""


class Drain:
    """What a node does between SIGTERM and its end, while everything else still works."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._settings = gateway.node.settings

    async def run(self) -> None:
        """Be not ready and let nobody in; after the notice, close the sockets in waves. Nobody there: no waiting."""
        self._gateway.node.drain()
        sockets = self._gateway.connections
        if not sockets:
            return
        log.info("draining", sockets=len(sockets))
        await asyncio.sleep(self._settings.drain_notice)
        number = await send_away(list(sockets), self._settings.drain_seconds)
        log.info("drained", waves=number)


async def send_away(guests: Collection[Guest], seconds: float) -> int:
    """Close all of them, over about so many seconds at most; returns in how many waves."""
    found = waves(list(guests), seconds)
    for wave in found:
        for guest in wave:
            guest.leave(CloseCode.SERVICE_RESTART, "the server restarts")
        await asyncio.sleep(WAVE * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
    return len(found)


def waves(guests: Sequence[T], seconds: float) -> list[list[T]]:
    """Split them by chance into waves of equal size that take about so many seconds, or less if they are few."""
    count = max(1, math.ceil(min(seconds, len(guests) / PACE) / WAVE))
    shuffled = random.sample(guests, len(guests))
    return [shuffled[first::count] for first in range(count)]
