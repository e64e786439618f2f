"""A cluster on loopback: PostgreSQL 18, Valkey 9, nodes, workers, a balancer, and pages to preview.

Between each node or worker and each server it needs there is a network of its own, a proxy that can become bad.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal

from parley.settings import Settings
from parley.store.verify import verify
from tests.faults.balancer import Balancer
from tests.faults.disk import Disk
from tests.faults.node import Node
from tests.faults.postgres import Postgres
from tests.faults.proxy import Proxy, Streams
from tests.faults.valkey import Valkey
from tests.faults.website import Website
from tests.faults.worker import Worker
from tests.running import ROOT

COMMAND_SECONDS = 60.0

Heads = Mapping[int, int]  # by room
Rewind = Callable[[Heads], None]


class Cluster:
    """Made by `async with`, and gone afterwards with all its files.

    `bus`: what joins the nodes; over PostgreSQL there is no Valkey, no worker, and jobs run inside the nodes.
    `database`: over SQLite there is one node and nothing else. `disk`: bytes of a small file system for the
    database, 0 for none. `heartbeat`: seconds between heartbeats to each socket.

    `on_rewind` is called when an older backup was restored, before any node works on it, with the heads of then.
    What came after is gone, and so is every token.
    """

    def __init__(
        self,
        *,
        nodes: int = 3,
        workers: int = 2,
        bus: Literal["valkey", "postgres"] = "valkey",
        database: Literal["postgres", "sqlite"] = "postgres",
        disk: int = 0,
        heartbeat: float = 20.0,
    ) -> None:
        self.heartbeat = heartbeat
        self.on_rewind: list[Rewind] = []
        self.nodes: list[Node] = []
        self.workers: list[Worker] = []
        self.website = Website()
        self.balancer: Balancer
        self.disk: Disk
        self.postgres: Postgres
        self.valkey: Valkey
        self.settings: Settings  # of the database, past all networks
        self._count = nodes
        self._worker_count = workers
        self._over_postgres = database == "postgres"
        self._over_valkey = self._over_postgres and bus == "valkey"
        self._disk_size = disk
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Cluster":
        async with self._stack:
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-faults-")))
            await self._keep(self.website)
            await self._start_servers(folder)
            for number in range(self._count):
                self.nodes.append(await self._node(folder / f"node-{number}"))
            for number in range(self._worker_count if self._over_valkey else 0):
                self.workers.append(await self._worker(f"worker-{number}"))
            await together([*(node.up() for node in self.nodes), *(worker.up() for worker in self.workers)])
            self.balancer = Balancer(self.nodes)
            await self._keep(self.balancer)
            self._stack = self._stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _keep(self, what: Website | Proxy) -> None:
        await what.start()
        self._stack.push_async_callback(what.stop)

    # ── its parts ───────────────────────────────────────────────────────────────────────────────────

    async def _start_servers(self, folder: Path) -> None:
        data = folder / "data"
        if self._disk_size:
            self.disk = Disk(data, self._disk_size)
            self._stack.callback(self.disk.close)
        if not self._over_postgres:
            self.settings = Settings(instance=data / "instance")
            return
        self.postgres = await asyncio.to_thread(Postgres, folder / "postgres", data / "postgres")
        self._stack.callback(self.postgres.close)
        self.settings = self.postgres.settings
        if self._over_valkey:
            self.valkey = await asyncio.to_thread(Valkey)
            self._stack.callback(self.valkey.kill)

    async def _network(self, connect: Callable[[], Awaitable[Streams]]) -> Proxy:
        proxy = Proxy(connect)
        await self._keep(proxy)
        return proxy

    @property
    def _environment(self) -> dict[str, str]:
        return {"SWEEP": "1", "HEARTBEAT": str(self.heartbeat), "PREVIEW_ALLOW": "127.0.0.0/8"}

    async def _node(self, folder: Path) -> Node:
        environment, networks = self._environment, {}
        if self._over_postgres:
            networks["postgres"] = to_postgres = await self._network(self.postgres.connect)
            environment["DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{to_postgres.port}/parley"
        if self._over_valkey:
            networks["valkey"] = to_valkey = await self._network(self.valkey.connect)
            environment["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{to_valkey.port}/0"
        node = Node(folder if self._over_postgres else self.settings.instance, environment, networks)
        self._stack.callback(node.kill)
        return node

    async def _worker(self, name: str) -> Worker:
        network = await self._network(self.valkey.connect)
        environment = {**self._environment, "CELERY_BROKER_URL": f"redis://127.0.0.1:{network.port}/0"}
        worker = Worker(name, environment, network)
        self._stack.callback(worker.kill)
        return worker

    # ── what is done with it ────────────────────────────────────────────────────────────────────────

    async def verify(self) -> list[str]:
        """What `manage.py verify` finds wrong with the database."""
        return (await asyncio.to_thread(verify, self.settings)).faults

    async def manage(self, *arguments: str) -> None:
        """Run a command of `manage.py` on the database, past all networks. It has to succeed."""
        environment = {"INSTANCE": str(self.settings.instance), "DATABASE_URL": self.settings.database_url}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "manage.py", *arguments),
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        assert process.returncode == 0, f"manage.py {arguments[0]} failed: {said.decode()}"

    def rewound(self, heads: Heads) -> None:
        """Tell everybody that what came after these heads is gone."""
        for tell in self.on_rewind:
            tell(heads)


async def together(work: Iterable[Awaitable[object]]) -> None:
    """Wait for all of it, which goes on at the same time. Raises the first failure once all has ended."""
    results = await asyncio.gather(*work, return_exceptions=True)
    for each in results:
        if isinstance(each, BaseException):
            raise each
