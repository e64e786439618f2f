"""What operators do: deploy, and go back to a backup."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.cluster import Cluster, together
from tests.faults.of_nodes import restarting


@asynccontextmanager
async def deployed_twice(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """Every node is restarted under load, one after another, and at once all of them again."""
    for node in cluster.nodes * 2:
        async with restarting(node):
            pass
    yield


@asynccontextmanager
async def backup_restored(cluster: Cluster, _chance: random.Random) -> AsyncIterator[None]:
    """A backup is taken under load, more is said, and then the backup is restored while every node is down."""
    file = cluster.settings.instance / "backup.parley"
    await cluster.manage("backup", str(file), "--force")
    try:
        yield
        await together(node.terminate() for node in cluster.nodes)
        await cluster.manage("restore", str(file), "--drop-first", "--yes")
        cluster.rewound(await asyncio.to_thread(_heads, cluster))
    finally:
        for node in cluster.nodes:
            node.kill()  # if it has not ended
        await together(node.up() for node in cluster.nodes)


def _heads(cluster: Cluster) -> dict[int, int]:
    with cluster.postgres.look() as connection:
        rooms = connection.execute("SELECT id, head FROM rooms").fetchall()
    return {int(room): int(head) for room, head in rooms}
