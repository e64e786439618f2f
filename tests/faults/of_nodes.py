"""Faults that only a node has."""

import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.cluster import Cluster
from tests.faults.node import Node
from tests.faults.of_processes import terminate

FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
HOUR = 3600


@asynccontextmanager
async def restarting(node: Node, **environment: str) -> AsyncIterator[None]:
    """Ended as by a deployment, and started again, with further variables for this one time."""
    try:
        await terminate(node)
        yield
    finally:
        node.kill()  # if it has not ended
        await node.up(**environment)


@asynccontextmanager
async def at_failpoint(point: str, cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """A node that ends itself by kill -9 at a point of its committer, in one of its next transactions."""
    node = chance.choice(cluster.nodes)
    try:
        async with restarting(node, PARLEY_FAILPOINT=f"{point}:kill:{chance.randint(1, 20)}"):
            pass
        code = await node.gone()
        assert code == -signal.SIGKILL, f"a node ended with {code} instead of at its failpoint"
        yield
    finally:
        node.kill()
        await node.up()


@asynccontextmanager
async def clock_moved(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """The clock of a running node goes an hour forward or back, and returns."""
    node = chance.choice(cluster.nodes)
    node.instance.mkdir(parents=True, exist_ok=True)
    clock = node.instance / "clock"
    clock.write_text("+0")
    try:
        async with restarting(
            node,
            LD_PRELOAD=str(FAKETIME[0]),
            FAKETIME_TIMESTAMP_FILE=str(clock),
            FAKETIME_NO_CACHE="1",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
        ):
            pass
        clock.write_text(f"{chance.choice((-HOUR, HOUR)):+}")
        yield
    finally:
        clock.write_text("+0")
