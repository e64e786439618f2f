"""Faults of a process, be it a node or a worker."""

import random
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from tests.faults.cluster import Cluster


class Process(Protocol):
    """What can be broken, and is whole again after `up`."""

    async def up(self) -> None:
        """Let it go on if it is stopped, start it if it is down."""

    async def terminate(self) -> int:
        """End it as a deployment does; returns its exit code."""

    def kill(self) -> None:
        """End it as a power cut does."""

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""


Among = Callable[[Cluster], Sequence[Process]]


def nodes(cluster: Cluster) -> Sequence[Process]:
    """Break a node."""
    return cluster.nodes


def workers(cluster: Cluster) -> Sequence[Process]:
    """Break a worker."""
    return cluster.workers


@asynccontextmanager
async def up_again(process: Process) -> AsyncIterator[None]:
    """Whatever happens to it within this, it is up afterwards."""
    try:
        yield
    finally:
        await process.up()


@asynccontextmanager
async def killed(among: Among, cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """kill -9, of a worker's pool too."""
    process = chance.choice(among(cluster))
    async with up_again(process):
        process.kill()
        yield


@asynccontextmanager
async def hung(among: Among, cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """SIGSTOP, then SIGCONT."""
    process = chance.choice(among(cluster))
    async with up_again(process):
        process.send(signal.SIGSTOP)
        yield


@asynccontextmanager
async def restarted(among: Among, cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """SIGTERM under load, then a new process."""
    process = chance.choice(among(cluster))
    async with up_again(process):
        try:
            await terminate(process)
            yield
        finally:
            process.kill()  # if it has not ended


async def terminate(process: Process) -> None:
    """End it as a deployment does."""
    code = await process.terminate()
    assert code == 0, f"a process ended with {code} after SIGTERM"
