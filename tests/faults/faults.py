"""The faults. Each is a context: entering breaks something, leaving mends it. Nothing else is told to anybody."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

from tests.faults.cluster import Cluster
from tests.faults.proxy import Network

Fault = Callable[[Cluster, random.Random], AbstractAsyncContextManager[None]]

FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
HOUR = 3600


@asynccontextmanager
async def node_killed(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """kill -9."""
    node = chance.choice(cluster.nodes)
    node.kill()
    yield
    await node.up()


@asynccontextmanager
async def node_hung(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """SIGSTOP, then SIGCONT."""
    node = chance.choice(cluster.nodes)
    node.send(signal.SIGSTOP)
    yield
    node.send(signal.SIGCONT)


@asynccontextmanager
async def node_restarted(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """SIGTERM under load, then a new process: a deployment."""
    node = chance.choice(cluster.nodes)
    code = await node.terminate()
    assert code == 0, f"a node ended with {code} after SIGTERM"
    yield
    await node.up()


@asynccontextmanager
async def failpoint(point: str, cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """A node that ends itself by kill -9 at a point of its committer, in one of its next transactions."""
    node = chance.choice(cluster.nodes)
    await node.terminate()
    await node.up(PARLEY_FAILPOINT=f"{point}:kill:{chance.randint(1, 20)}")
    code = await node.gone()
    assert code == -signal.SIGKILL, f"a node ended with {code} instead of at its failpoint"
    yield
    await node.up()


@asynccontextmanager
async def valkey_killed(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """kill -9 and a new one, which knows nothing."""
    cluster.valkey.kill()
    yield
    await asyncio.to_thread(cluster.valkey.start)


@asynccontextmanager
async def valkey_hung(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """FLUSHALL and SIGSTOP, then SIGCONT."""
    await asyncio.to_thread(cluster.valkey.empty)
    cluster.valkey.send(signal.SIGSTOP)
    yield
    cluster.valkey.send(signal.SIGCONT)


@asynccontextmanager
async def postgres_stopped(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """`pg_ctl stop -m immediate`, then start."""
    await asyncio.to_thread(cluster.postgres.stop_immediately)
    yield
    await asyncio.to_thread(cluster.postgres.start)


@asynccontextmanager
async def cut_off(server: str, network: Network, cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """The network between one node and a server it needs becomes bad."""
    node = chance.choice(cluster.nodes)
    proxy = node.to_postgres if server == "postgres" else node.to_valkey
    proxy.become(network)
    yield
    proxy.become(Network.WHOLE)


@asynccontextmanager
async def clock_moved(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """The clock of a running node goes an hour forward or back, and returns."""
    node = chance.choice(cluster.nodes)
    node.instance.mkdir(parents=True, exist_ok=True)
    clock = node.instance / "clock"
    clock.write_text("+0")
    await node.terminate()
    await node.up(
        LD_PRELOAD=str(FAKETIME[0]),
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_NO_CACHE="1",
        FAKETIME_DONT_FAKE_MONOTONIC="1",
    )
    clock.write_text(f"{chance.choice((-HOUR, HOUR)):+}")
    yield
    clock.write_text("+0")


OF_NODES: dict[str, Fault] = {
    "node-killed": node_killed,
    "node-hung": node_hung,
    "node-restarted": node_restarted,
}
OF_SERVERS: dict[str, Fault] = {
    "valkey-killed": valkey_killed,
    "valkey-hung": valkey_hung,
    "postgres-stopped": postgres_stopped,
    **{
        f"{server}-{network.value}": partial(cut_off, server, network)
        for server in ("valkey", "postgres")
        for network in (Network.REFUSES, Network.SWALLOWS, Network.DELAYS)
    },
}


@asynccontextmanager
async def mixed(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """One fault of a node, and within it one of a server or of the network to it, so that the node returns last."""
    of_node, of_server = chance.choice(list(OF_NODES.values())), chance.choice(list(OF_SERVERS.values()))
    async with of_node(cluster, chance), of_server(cluster, chance):
        yield


FAULTS: dict[str, Fault] = {
    **OF_NODES,
    **OF_SERVERS,
    "killed-before-ack": partial(failpoint, "committed"),
    "killed-before-publish": partial(failpoint, "acknowledged"),
    **({"clock-moved": clock_moved} if FAKETIME else {}),
    "mixed": mixed,
}
