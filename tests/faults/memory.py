"""How much memory nodes take, and how much more they may take than at first."""

from collections.abc import Iterable
from pathlib import Path

from tests.faults.node import Node

MEBIBYTE = 1 << 20
# Per socket: what waits in its buffer (SOCKET_BUFFER, 256 KiB, and the page or round that went over it), and its state.
PER_SOCKET = MEBIBYTE
# Per node: 2 MiB and the newest page of each room, pages on their way, pools that fill up, what the allocator keeps.
PER_NODE = 48 * MEBIBYTE


class Memory:
    """Remembers what each process took when it was looked at first."""

    def __init__(self) -> None:
        self.grown = 0  # bytes, at most, of any process
        self._first: dict[int, int] = {}

    def look(self, nodes: Iterable[Node], sockets: int) -> list[str]:
        """What is wrong: processes that have grown by more than the bound. Nothing is known where /proc is not."""
        found = []
        bound = PER_NODE + sockets * PER_SOCKET
        for number, node in enumerate(nodes):
            now = resident(node.process.pid)
            if now is None:
                continue
            grown = now - self._first.setdefault(node.process.pid, now)
            self.grown = max(self.grown, grown)
            if grown > bound:
                found.append(f"node {number} took more than {bound // MEBIBYTE} MiB on top of what it had at first")
        return found


def resident(process: int) -> int | None:
    """Bytes of a process in memory, if that can be known."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), None)
