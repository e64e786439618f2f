"""A process of the load test, as its parent sees it."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

from parley.loadtest.pipe import Order, Report, encode, read_report
from parley.settings import SetupError

ROOT = Path(__file__).resolve().parents[2]
LONGEST_LINE = 2**30


class Child:
    """A running process; Ctrl-C does not reach it, since its parent says when to end."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls) -> "Child":
        """Start one; it waits for `Begin`."""
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "parley.loadtest.process"),
                stdin=PIPE,
                stdout=PIPE,
                env={**os.environ, "PYTHONPATH": path},
                limit=LONGEST_LINE,
                start_new_session=True,
            )
        )

    def tell(self, order: Order) -> None:
        """Say what to do."""
        assert self._process.stdin is not None
        self._process.stdin.write(encode(order) + b"\n")

    async def reports(self) -> AsyncIterator[Report]:
        """What it says, until it ends. Raises SetupError when it ends in the middle."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            yield read_report(line)
        if await self._process.wait():
            raise SetupError("A process of the load test has ended in the middle; what it said stands above.")

    async def end(self) -> None:
        """Make sure that it is gone."""
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
