"""A server in a process of its own, pinned to one core, and what the kernel says that it takes."""

import os
import resource
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
FILES = 65536  # open at once, if the system lets us
CORE = 0  # of the servers; everything else has the others
PROGRAM = (sys.executable, "manage.py")
PASSWORD = "correct horse"  # of people who live for a minute


def open_many_files() -> int:
    """Raise this process's limit of open files, which its children inherit; returns what it is now."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return files


def leave_the_core() -> None:
    """Keep this process, and what it starts from now on, away from the servers' core."""
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {CORE} or {CORE})


class Process:
    """A program on the servers' core, ended with the block. `said` is the first line that it wrote."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            ["taskset", "-c", str(CORE), *command],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.said = self._process.stdout.readline()
        # A pipe that nobody reads fills up, and then the server stops at its next word.
        threading.Thread(target=deque, args=(self._process.stdout, 0), daemon=True).start()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:  # a peer that has its own idea of an end
            self._process.kill()
            self._process.wait()

    def cpu(self) -> float:
        """Seconds of CPU it has taken so far, in user and system mode."""
        return sum(_times(Path(f"/proc/{self._process.pid}")))

    def parts(self) -> dict[str, float]:
        """The same apart: the first thread in user mode (`loop`) and in the kernel (`system`), and all `others`."""
        user, system = _times(Path(f"/proc/{self._process.pid}/task/{self._process.pid}"))
        return {"loop": user, "system": system, "others": self.cpu() - user - system}

    def memory(self) -> int:
        """Bytes of it that are in memory (VmRSS)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def _times(place: Path) -> tuple[float, float]:
    """Seconds in user and in system mode (proc(5), `stat`)."""
    fields = (place / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


class Server(Process):
    """`manage.py runserver` in a folder of its own, without limits on how often people do something."""

    def __init__(self, folder: Path, program: Sequence[str] = PROGRAM, **environment: str) -> None:
        settings = {"INSTANCE": str(folder), "RATE_LIMITS": "off", "SOCKETS_PER_USER": "100000", "LOG_LEVEL": "warning"}
        super().__init__([*program, "runserver", "--port", "0"], {**settings, **environment})
        if not self.said.startswith("Parley is at "):
            raise RuntimeError(f"the server did not start: {self.said}")
        self.url = self.said.split()[3]
        self.port = int(self.url.rpartition(":")[2])

    def __enter__(self) -> "Server":
        return self

    def tokens(self, people: int) -> list[str]:
        """Register so many people; returns a token of each."""
        found = []
        with httpx.Client(base_url=self.url) as client:
            for number in range(people):
                name = f"Person {os.urandom(4).hex()} {number}"
                client.post("/api/users", json={"nickname": name, "password": PASSWORD}).raise_for_status()
                answer: dict[str, Any] = client.post("/api/tokens", auth=(name, PASSWORD)).raise_for_status().json()
                found.append(answer["token"])
        return found
