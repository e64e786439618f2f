"""Faults of people: those who read slowly, or not at all, in a crowd of them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from tests.faults.cluster import Cluster
from tests.faults.crowd import Crowd


class Impatient(Cluster):
    """Closes a socket that does not drain with 1013 after a second rather than half a minute."""

    @property
    def _environment(self) -> dict[str, str]:
        return {**super()._environment, "SOCKET_DRAIN": "1"}


BreakReaders = Callable[[Crowd, random.Random], AbstractAsyncContextManager[None]]

LONG = 6000  # characters in a message, so that what is missed is more than any buffer holds
NAP = 0.5  # seconds between two frames
BEHIND_WITHIN = 20.0  # seconds


@asynccontextmanager
async def stopped(crowd: Crowd, chance: random.Random) -> AsyncIterator[None]:
    """They read nothing for a while. Then half of them go on; the others' sockets are gone, and they come back."""
    before = await crowd.fallen_behind()
    try:
        for reader in crowd.slow:
            reader.reads.clear()
        crowd.write_long(LONG)
        yield
        await _behind(crowd, before + len(crowd.slow) * 3 // 4)
    finally:
        crowd.write_long(0)
        for reader in crowd.slow:
            if chance.random() < 0.5:
                reader.drop()
            reader.reads.set()


@asynccontextmanager
async def slow(crowd: Crowd, chance: random.Random) -> AsyncIterator[None]:
    """They read a frame now and then, while much is written."""
    before = await crowd.fallen_behind()
    try:
        crowd.write_long(LONG)
        for reader in crowd.slow:
            reader.nap = chance.uniform(0.5, 1.5) * NAP
        yield
        await _behind(crowd, before + len(crowd.slow) // 2)
    finally:
        crowd.write_long(0)
        for reader in crowd.slow:
            reader.nap = 0.0


async def _behind(crowd: Crowd, count: int) -> None:
    """Wait until so many have fallen behind at their nodes: before, the fault has not begun."""
    end = time.monotonic() + BEHIND_WITHIN
    while (found := await crowd.fallen_behind()) < count:
        assert time.monotonic() < end, f"{count - found} more readers should have fallen behind"
        await asyncio.sleep(0.1)


OF_READERS: dict[str, BreakReaders] = {"readers-stopped": stopped, "readers-slow": slow}
