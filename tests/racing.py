"""Processes that do the same at the same moment."""

import subprocess
import sys
from collections.abc import Mapping

from tests.running import ROOT

SECONDS = 60.0  # for all of them


def race(work: str, environment: Mapping[str, str], processes: int) -> list[str]:
    """Run some Python, which has `settings`, in that many processes that start together; what each of them printed.

    None may complain.
    """
    imports, _, last = work.rpartition("\n")
    program = (
        f"import sys; from parley.settings import Settings\n{imports}\n"
        f"settings = Settings.from_environment(); print('ready', flush=True); sys.stdin.readline()\n{last}"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = []
    for process in running:
        output, complaints = process.communicate(timeout=SECONDS)
        assert (process.returncode, complaints) == (0, "")
        told.append(output.strip())
    return told
