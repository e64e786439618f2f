"""A worker of the cluster: `manage.py celery`, with a network of its own to the broker."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping

from tests.faults.proxy import Proxy
from tests.running import ROOT, START_SECONDS

STOP_SECONDS = 20.0
READY = "ready."  # what Celery says when it takes jobs


class Worker:
    """A process with its pool, which is broken and mended as a whole. Nothing here blocks the loop long."""

    def __init__(self, name: str, environment: Mapping[str, str], network: Proxy) -> None:
        self.network = network
        self.process: subprocess.Popen[str]
        self.log: list[str] = []
        self._name = name
        self._environment = dict(environment)

    @property
    def running(self) -> bool:
        """Whether the process exists, be it hung."""
        return hasattr(self, "process") and self.process.poll() is None

    async def up(self) -> None:
        """Let it go on if it is stopped, start it if it is down, and return when it takes jobs."""
        if self.running:
            self.send(signal.SIGCONT)
        else:
            await asyncio.to_thread(self._start)

    def _start(self) -> None:
        arguments = ("--concurrency=1", f"--hostname={self._name}@loopback", "--loglevel=info")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "celery", *arguments],
            cwd=ROOT,
            env={**os.environ, **self._environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        assert ready.wait(START_SECONDS), "a worker did not start:\n" + "\n".join(self.log)
        assert self.running, "a worker ended:\n" + "\n".join(self.log)

    def _read(self, process: "subprocess.Popen[str]", ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line.rstrip())
            if READY in line:
                ready.set()
        ready.set()

    async def terminate(self) -> int:
        """End it as a deployment does, after the job at hand; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, STOP_SECONDS)

    def kill(self) -> None:
        """kill -9, of the pool too, as when the machine is gone."""
        if self.running:
            self.send(signal.SIGKILL)
            self.process.wait(STOP_SECONDS)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process and its pool."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def defects(self) -> list[str]:
        """The lines of its log that no fault excuses."""
        return [line for line in self.log if "Traceback" in line]
