"""A party in the hot room: what happens, what it costs there, and what came of it. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

FINEST, STEP = 1e-4, 1.05  # seconds and ratio of the histogram of latencies


@dataclass(frozen=True)
class Place:
    """What things cost: CPU and waits in seconds, sizes in bytes, bandwidth in bytes a second and node."""

    write: float  # to one socket, whatever it carries
    event: float  # more for each event in it
    post: float  # at the node that takes it: parsing, rendering, rows, ack
    hear: float  # of a ring, at each other node
    commit: float  # how long a transaction holds the head row, at least
    row: float  # and longer for each post in it
    bus: float  # until the others hear
    frame: float
    bandwidth: float
    spread: tuple[float, ...] = (1.0,)  # a transaction takes `commit` times one of these, each as likely


@dataclass(frozen=True)
class Party:
    """What happens: so many posts a second for so long, in a room of so many sockets.

    `taking`: of the nodes, how many take posts (0: all). `sample`: events a second that each reader gets at most, the
    rest being counted only (0: everything). `slow`: seconds in which a person may post once (0: no slow mode).
    """

    sockets: int
    nodes: int
    rate: float
    seconds: float = 10.0
    taking: int = 0
    sample: float = 0.0
    slow: float = 0.0
    seed: int = 1

    @property
    def admitted(self) -> float:
        """Posts a second after slow mode: nobody posts more often than it allows."""
        return min(self.rate, self.sockets / self.slow) if self.slow else self.rate


@dataclass
class Outcome:
    """What came of it. `skipped`: deliveries that sampling saved. `drained`: seconds from the end until all is out."""

    posts: int = 0
    delivered: int = 0
    skipped: int = 0
    writes: int = 0
    groups: int = 0
    busy: float = 0.0  # seconds of CPU, of all nodes
    drained: float = 0.0
    latencies: dict[int, int] = field(default_factory=dict)

    def note(self, latencies: Iterable[float], sockets: int) -> None:
        """Deliveries to so many sockets took so many seconds."""
        for latency in latencies:
            bucket = max(0, int(math.log(max(latency, FINEST) / FINEST) / math.log(STEP)))
            self.latencies[bucket] = self.latencies.get(bucket, 0) + sockets

    def quantile(self, share: float) -> float:
        """The latency, in seconds from post to socket, that this share of the deliveries did not exceed."""
        left = share * sum(self.latencies.values())
        for bucket in sorted(self.latencies):
            left -= self.latencies[bucket]
            if left <= 0:
                return float(FINEST * STEP ** (bucket + 0.5))
        return 0.0
