"""A command of ours in a process of its own, which says when it is ready."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0
KEEPS_COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}  # hundreds are started, and none shall compile all of it again
DIES_SECONDS = 20.0


class Child:
    """`manage.py` with its children, if it has any; may be launched again. `log` is every line that it said so far."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.process: subprocess.Popen[str]
        self.log: list[str] = []

    def launch(self, *arguments: str) -> None:
        """Start, and return once it is ready. Raises AssertionError, with what it said, if it does not get there."""
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**os.environ, **KEEPS_COMPILED, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(self.process, ready), daemon=True).start()
        assert ready.wait(START_SECONDS), f"{arguments[0]} did not start:\n" + "\n".join(self.log)
        assert self.running, f"{arguments[0]} ended:\n" + "\n".join(self.log)

    def _listen(self, process: "subprocess.Popen[str]", ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line.rstrip())
            if self.hear(line):
                ready.set()
        ready.set()

    def hear(self, line: str) -> bool:
        """Take in what it says; whether this means that it is ready."""
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """Whether the process exists, be it hung."""
        return hasattr(self, "process") and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """End it and its children as a power cut does, if it runs."""
        if self.running:
            self.send(signal.SIGKILL)
            self.process.wait(DIES_SECONDS)
