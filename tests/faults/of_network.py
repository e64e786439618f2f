"""Faults of the network: between nodes and what they need, and between people and nodes."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.bite import until_refused
from tests.faults.cluster import Cluster
from tests.faults.proxy import Network


@asynccontextmanager
async def cut_off(server: str, network: Network, cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """The network between one node and a server it needs becomes bad.

    One that swallows is mended soon, or so late that the node has given up its database.
    """
    node = chance.choice(cluster.nodes)
    with node.networks[server].being(network):
        if (server, network) == ("postgres", Network.SWALLOWS) and chance.random() < 0.5:
            await until_refused([node])
        yield


@asynccontextmanager
async def worker_cut_off(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """The network between one worker and the broker becomes bad, in one of three ways."""
    network = chance.choice(cluster.workers).network
    with network.being(chance.choice((Network.REFUSES, Network.SWALLOWS, Network.DELAYS))):
        yield


@asynccontextmanager
async def balancer_restarted(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """Every connection over the balancer is reset, and for a while nobody gets in by it."""
    with cluster.balancer.being(Network.REFUSES):
        yield


@asynccontextmanager
async def half_open(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """Over the connections by the balancer nothing passes any more, for ever, and neither side is told."""
    connections = cluster.balancer.forget()
    assert connections, "nobody was connected by the balancer"
    yield
