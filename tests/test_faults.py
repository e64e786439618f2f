"""A short mix of `make faults` on a real cluster, and the failpoints it needs."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from parley.failpoint import Failpoint
from parley.settings import SetupError
from tests.faults.report import sentences, table
from tests.faults.rounds import run
from tests.nodes import until
from tests.running import PASSWORD, ROOT, RunningServer

ALWAYS = ("node-killed", "killed-before-publish", "postgres-stopped", "valkey-hung")
SOMETIMES = ("node-hung", "node-restarted", "killed-before-ack", "postgres-swallows", "valkey-refuses", "worker-killed")
SECONDS = 1.5


@pytest.mark.timeout(300)
def test_a_cluster_keeps_its_promises_whatever_breaks() -> None:
    seed = int(os.environ.get("FAULTS_SEED") or time.time_ns() % 1_000_000)
    print(f"to try it again: FAULTS_SEED={seed}")
    chance = random.Random(seed)
    mix = [*ALWAYS, *chance.sample(SOMETIMES, 2)]
    chance.shuffle(mix)
    results = asyncio.run(run(mix, SECONDS, seed, lambda _: None, previews=False))
    print(table(results))
    assert sentences(results) == []
    assert [each.rounds for each in results] == [1] * len(mix)
    assert all(each.posts for each in results)


def family(process: int) -> dict[int, str]:
    """A process and all that descend from it, each with its command line."""
    found: dict[int, str] = {}
    with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        found[process] = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                found |= family(child)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_is_ended_clears_up(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "tests.faults", "--fault", "postgres-bus-node-killed", "--rounds", "1000"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until(lambda: "manage.py runserver" in " ".join(family(running.pid).values()), 60)
        there = family(running.pid)
        running.send_signal(number)
        said, _ = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 1
    assert "interrupted" in said
    assert not [command for process, command in there.items() if family(process).get(process) == command]


def test_a_node_ends_at_its_failpoint_with_everything_committed_and_nobody_told(instance: Path) -> None:
    server = RunningServer(instance, {"PARLEY_FAILPOINT": "committed:kill:1"}).start()
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{server.url}/api/users", json={"nickname": "Ann", "password": PASSWORD})
    assert server.process.wait(10) == -signal.SIGKILL
    with closing(sqlite3.connect(instance / "parley.db")) as connection:
        assert connection.execute("SELECT name FROM users").fetchall() == [("Ann",)]


@pytest.mark.parametrize("wrong", ["committed", "committed:kill:x", "nowhere:kill:1", "committed:stop:1"])
def test_a_failpoint_that_cannot_be_read_is_refused(wrong: str) -> None:
    with pytest.raises(SetupError, match="looks like committed:kill:3"):
        Failpoint({"PARLEY_FAILPOINT": wrong})
