"""What a fault is."""

import random
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tests.faults.cluster import Cluster

Break = Callable[[Cluster, random.Random], AbstractAsyncContextManager[None]]
"""A context: entering breaks something, leaving mends it, whatever happened meanwhile. Nobody is told anything else."""


@dataclass(frozen=True)
class Fault:
    """A way to break a cluster, and the cluster on which it is tried."""

    breaks: Break
    cluster: Callable[[], Cluster] = Cluster

    def __call__(self, cluster: Cluster, chance: random.Random) -> AbstractAsyncContextManager[None]:
        """Break this one; `chance` chooses where and how."""
        return self.breaks(cluster, chance)
