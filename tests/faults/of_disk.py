"""A full disk under the database."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.bite import until_refused
from tests.faults.cluster import Cluster


@asynccontextmanager
async def full(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """Not a byte is left, until writing fails and beyond."""
    try:
        await until_refused(cluster.nodes, cluster.disk.fill)  # again and again: a checkpoint gives some bytes back
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
