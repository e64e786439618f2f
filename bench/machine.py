"""On what it was measured: the processor, the system, the languages; neither names nor places."""

import os
import platform
import subprocess
from pathlib import Path

from bench.sides import NODE


def machine() -> str:
    """One line."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    name = names[0].partition(":")[2].strip() if names else platform.machine()
    node = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return (
        f"{os.cpu_count()} cores of {name}, Linux {platform.release()}, "
        f"Python {platform.python_version()}, Node {node.removeprefix('v')}"
    )
