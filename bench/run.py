"""By which command, when and on what something was measured: whatever is kept of a measurement begins with it."""

import os
import shlex
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.machine import machine

KEEPING = ("--write",)  # says where a result goes, not what was measured


@dataclass(frozen=True)
class Run:
    """One call of a command of `bench/`."""

    command: str
    date: str
    machine: str
    load: float  # average of the minute before: how much else was going on

    def said(self) -> str:
        """In words, as the pages show it."""
        return f"`{self.command}` on {self.date}: {self.machine}; load of the minute before {self.load:g}"


def begin(command: str) -> Run:
    """What begins now: this command with the options of this process, which a target of `make` takes as ARGS."""
    options = shlex.join(each for each in sys.argv[1:] if each not in KEEPING)
    if options:
        command += f' ARGS="{options}"' if command.startswith("make ") else f" {options}"
    return Run(command, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", machine(), round(os.getloadavg()[0], 1))
