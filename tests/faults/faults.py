"""The faults by name, and which of them this machine cannot be asked for.

`FAULTS[name](cluster, chance)` is the context that breaks and mends; `FAULTS[name].cluster()` the cluster it needs.
"""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from tests.faults import of_disk, of_network, of_nodes, of_operators, of_processes, of_servers
from tests.faults.cluster import Cluster
from tests.faults.disk import MEGABYTE, may_mount
from tests.faults.fault import Break, Fault
from tests.faults.proxy import Network

BAD = (Network.REFUSES, Network.SWALLOWS, Network.DELAYS)

OF_PROCESSES: dict[str, Break] = {
    f"{kind}-{what}": partial(breaks, among)
    for kind, among in (("node", of_processes.nodes), ("worker", of_processes.workers))
    for what, breaks in (
        ("killed", of_processes.killed),
        ("hung", of_processes.hung),
        ("restarted", of_processes.restarted),
    )
}
OF_SERVERS: dict[str, Break] = {
    "valkey-killed": of_servers.valkey_killed,
    "valkey-restarted": of_servers.valkey_restarted,
    "valkey-flushed": of_servers.valkey_flushed,
    "valkey-hung": of_servers.valkey_hung,
    "postgres-killed": of_servers.postgres_killed,
    "postgres-stopped": of_servers.postgres_stopped,
    "postgres-hung": of_servers.postgres_hung,
    **{
        f"{server}-{network.value}": partial(of_network.cut_off, server, network)
        for server in ("valkey", "postgres")
        for network in BAD
    },
    "worker-cut-off": of_network.worker_cut_off,
    "balancer-restarted": of_network.balancer_restarted,
}


@asynccontextmanager
async def mixed(cluster: Cluster, chance: random.Random) -> AsyncIterator[None]:
    """One fault of a node or worker, and within it one of a server or a network, so that the process returns last."""
    of_process = chance.choice(list(OF_PROCESSES.values()))
    of_server = chance.choice(list(OF_SERVERS.values()))
    async with of_process(cluster, chance), of_server(cluster, chance):
        yield


over_postgres = partial(Cluster, bus="postgres")

LEFT_OUT: dict[str, str] = {}  # fault → why
FAULTS: dict[str, Fault] = {
    **{name: Fault(breaks) for name, breaks in (OF_PROCESSES | OF_SERVERS).items()},
    "killed-before-ack": Fault(partial(of_nodes.at_failpoint, "committed")),
    "killed-before-publish": Fault(partial(of_nodes.at_failpoint, "acknowledged")),
    "half-open": Fault(of_network.half_open, partial(Cluster, heartbeat=2.0)),
    "deployed-twice": Fault(of_operators.deployed_twice),
    "postgres-bus-node-killed": Fault(OF_PROCESSES["node-killed"], over_postgres),
    "postgres-bus-postgres-stopped": Fault(of_servers.postgres_stopped, over_postgres),
    "postgres-bus-listeners-ended": Fault(of_servers.listeners_ended, over_postgres),
    "backup-restored": Fault(of_operators.backup_restored),
    "disk-full": Fault(of_disk.full_for_postgres, partial(Cluster, disk=128 * MEGABYTE)),
    "disk-full-embedded": Fault(of_disk.full, partial(Cluster, nodes=1, database="sqlite", disk=16 * MEGABYTE)),
    "clock-moved": Fault(of_nodes.clock_moved),
    "mixed": Fault(mixed),
}
if not of_nodes.FAKETIME:
    LEFT_OUT["clock-moved"] = "libfaketime is not installed (on Debian: apt-get install libfaketime)"
if not may_mount():
    why = "a small file system can only be mounted as root, with CAP_SYS_ADMIN"
    LEFT_OUT |= {"disk-full": why, "disk-full-embedded": why}
for name in LEFT_OUT:
    del FAULTS[name]
