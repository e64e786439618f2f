"""A worker of the cluster: `manage.py celery`, with a network of its own to the broker."""

import asyncio
import signal
from collections.abc import Mapping

from tests.child import Child
from tests.faults.proxy import Proxy

STOP_SECONDS = 20.0
READY = "ready."  # what Celery says when it takes jobs


class Worker(Child):
    """A process with its pool, which is broken and mended as a whole. Nothing here blocks the loop long."""

    def __init__(self, name: str, environment: Mapping[str, str], network: Proxy) -> None:
        super().__init__(environment)
        self.network = network
        self._name = name

    async def up(self) -> None:
        """Let it go on if it is stopped, start it if it is down, and return when it takes jobs."""
        if self.running:
            self.send(signal.SIGCONT)
        else:
            options = ("--concurrency=1", f"--hostname={self._name}@loopback", "--loglevel=info")
            await asyncio.to_thread(self.launch, "celery", *options)

    def hear(self, line: str) -> bool:
        """Notice that it takes jobs."""
        return READY in line

    async def terminate(self) -> int:
        """End it as a deployment does, after the job at hand; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, STOP_SECONDS)

    def defects(self) -> list[str]:
        """The lines of its log that no fault excuses."""
        return [line for line in self.log if "Traceback" in line]
