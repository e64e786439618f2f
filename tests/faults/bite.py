"""Waiting until a fault is felt: one that nobody notices tests nothing."""

import asyncio
import time
from collections.abc import Callable, Sequence

from tests.faults.node import Node

NOTICED = 20.0  # seconds
PAUSE = 0.1  # seconds between looks


async def until_refused(nodes: Sequence[Node], meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait until one of these nodes could not store something; `meanwhile` is called again and again, in a thread."""
    failures = sum(node.failures for node in nodes)
    end = time.monotonic() + NOTICED
    while sum(node.failures for node in nodes) == failures:
        assert time.monotonic() < end, f"after {NOTICED:.0f} s the fault was not noticed"
        await asyncio.to_thread(meanwhile)
        await asyncio.sleep(PAUSE)
