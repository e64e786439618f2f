"""Faults of Valkey and of PostgreSQL."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.bite import until_refused
from tests.faults.cluster import Cluster
from tests.faults.postgres import Postgres
from tests.faults.valkey import Valkey


@asynccontextmanager
async def _started_again(server: Valkey | Postgres) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


@asynccontextmanager
async def valkey_killed(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """kill -9 and a new one, which knows nothing."""
    async with _started_again(cluster.valkey):
        await asyncio.to_thread(cluster.valkey.kill)
        yield


@asynccontextmanager
async def valkey_restarted(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """SIGTERM and a new one, at once; it keeps nothing."""
    async with _started_again(cluster.valkey):
        await asyncio.to_thread(cluster.valkey.stop)
    yield


@asynccontextmanager
async def valkey_flushed(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """FLUSHALL: queued jobs are gone, connections stay."""
    await asyncio.to_thread(cluster.valkey.empty)
    yield


@asynccontextmanager
async def valkey_hung(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """SIGSTOP, then SIGCONT."""
    try:
        cluster.valkey.send(signal.SIGSTOP)
        yield
    finally:
        cluster.valkey.send(signal.SIGCONT)


@asynccontextmanager
async def postgres_killed(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """kill -9 of all its processes, then start; it recovers from its log."""
    async with _started_again(cluster.postgres):
        await asyncio.to_thread(cluster.postgres.kill)
        yield


@asynccontextmanager
async def postgres_stopped(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """`pg_ctl stop -m immediate`, then start."""
    async with _started_again(cluster.postgres):
        await asyncio.to_thread(cluster.postgres.stop_immediately)
        yield


@asynccontextmanager
async def postgres_hung(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """SIGSTOP of all its processes, then SIGCONT: soon, or so late that it was given up."""
    async with _started_again(cluster.postgres):
        cluster.postgres.hang()
        if chance.random() < 0.5:
            await until_refused(cluster.nodes)
        yield


@asynccontextmanager
async def listeners_ended(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """pg_terminate_backend for every connection by which nodes listen and notify."""
    ended = await asyncio.to_thread(_end_listeners, cluster)
    assert ended >= len(cluster.nodes), f"only {ended} connections of {len(cluster.nodes)} nodes listened"
    yield


def _end_listeners(cluster: Cluster) -> int:
    with cluster.postgres.look() as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley-bus'"
        ).fetchall()
    return len(ended)
