"""A full disk under the database."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.cluster import Cluster

NOTICED = 20.0  # seconds until some write needs a byte that is not there
PAUSE = 0.1  # seconds between looks


@asynccontextmanager
async def full(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """Not a byte is left, until writing fails and beyond."""
    failures = _failures(cluster)
    end = time.monotonic() + NOTICED
    try:
        while _failures(cluster) == failures:
            assert time.monotonic() < end, "nobody noticed that the disk is full"
            await asyncio.to_thread(cluster.disk.fill)  # again: a checkpoint gives some bytes back
            await asyncio.sleep(PAUSE)
        yield
    finally:
        cluster.disk.free()


@asynccontextmanager
async def full_for_postgres(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """The same; PostgreSQL panics when its log cannot grow, may give up to recover, and is then started again."""
    try:
        async with full(cluster, chance):
            yield
    finally:
        await asyncio.to_thread(cluster.postgres.start)


def _failures(cluster: Cluster) -> int:
    return sum("event=commit_failed" in line for node in cluster.nodes for line in node.log)
