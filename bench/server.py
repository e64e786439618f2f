"""The product as it is started, pinned to one core, and what the kernel says that it takes."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
FILES = 65536  # open at once, if the system lets us
PASSWORD = "correct horse"  # of people who live for a minute


def open_many_files() -> int:
    """Raise this process's limit of open files, which its children inherit; returns what it is now."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    return files


class Server:
    """`manage.py runserver` in a folder of its own, without limits on how often people do something."""

    def __init__(self, folder: Path, core: int, **environment: str) -> None:
        settings = {"INSTANCE": str(folder), "RATE_LIMITS": "off", "SOCKETS_PER_USER": "100000", "LOG_LEVEL": "warning"}
        self._process = subprocess.Popen(
            ["taskset", "-c", str(core), sys.executable, "manage.py", "runserver", "--port", "0"],
            cwd=ROOT,
            env={**os.environ, **settings, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said.startswith("Parley is at "):
            raise RuntimeError(f"the server did not start: {said}")
        self.url = said.split()[3]
        self.port = int(self.url.rpartition(":")[2])

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)

    def cpu(self) -> float:
        """Seconds of CPU it has taken so far, in user and system mode."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> int:
        """Bytes of it that are in memory (VmRSS)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

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
