"""Faults of a worker."""

import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.cluster import Cluster
from tests.faults.proxy import Network


@asynccontextmanager
async def killed(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """kill -9, with its pool."""
    worker = chance.choice(cluster.workers)
    try:
        worker.kill()
        yield
    finally:
        await worker.up()


@asynccontextmanager
async def hung(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """SIGSTOP, then SIGCONT."""
    worker = chance.choice(cluster.workers)
    try:
        worker.send(signal.SIGSTOP)
        yield
    finally:
        await worker.up()


@asynccontextmanager
async def restarted(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """SIGTERM while there is work, then a new process."""
    worker = chance.choice(cluster.workers)
    try:
        code = await worker.terminate()
        assert code == 0, f"a worker ended with {code} after SIGTERM"
        yield
    finally:
        worker.kill()  # if it has not ended
        await worker.up()


@asynccontextmanager
async def cut_off(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """The network between one worker and the broker becomes bad, in one of three ways."""
    network = chance.choice(cluster.workers).network
    try:
        network.become(chance.choice((Network.REFUSES, Network.SWALLOWS, Network.DELAYS)))
        yield
    finally:
        network.become(Network.WHOLE)
