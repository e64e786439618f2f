"""A node of the cluster: `manage.py runserver`, with a network of its own to each server it needs."""

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path

from tests.faults.proxy import Proxy
from tests.running import Person, RunningServer

STOP_SECONDS = 20.0
# What a node logs as an error when its database is away.
DUE = ("event=commit_failed", "event=read_failed", "error=Unavailable")


class Node(RunningServer):
    """A process that can be broken in many ways and is whole again after `up`. Nothing here blocks the loop long."""

    def __init__(self, folder: Path, environment: Mapping[str, str], networks: Mapping[str, Proxy]) -> None:
        super().__init__(folder, environment)
        self.networks = networks  # by server: "postgres", "valkey"
        self._usual = dict(self.environment)

    async def up(self, **environment: str) -> None:
        """Let it go on if it is stopped, start it if it is down: with further variables for this one time."""
        if self.running:
            self.send(signal.SIGCONT)
        else:
            self.environment = self._usual | environment
            await asyncio.to_thread(self.start)

    async def terminate(self) -> int:
        """End it as a deployment does; returns its exit code."""
        self.send(signal.SIGTERM)
        return await self.gone()

    async def gone(self) -> int:
        """Wait until it has ended by itself; returns its exit code."""
        return await asyncio.to_thread(self.process.wait, STOP_SECONDS)

    @property
    def failures(self) -> int:
        """How many groups of commands it could not store so far."""
        return sum("event=commit_failed" in line for line in self.log)

    def defects(self) -> list[str]:
        """The lines of its log that no fault excuses."""
        return [line for line in self.errors() if not any(event in line for event in DUE)]

    def sign(self, person: Person) -> Person:
        """The same person with the same token, at this node."""
        return Person(self, person.id, person.nickname, person.token)
