"""The figures of the second that passes, in one process."""

import time

from parley.loadtest.histogram import Histogram
from parley.loadtest.pipe import Second

MOST_FAULTS = 100  # sentences in a second; a further one says no more


class Meter:
    """Latencies are kept one by one until the second is over."""

    def __init__(self) -> None:
        self._wall = time.monotonic()
        self._cpu = time.process_time()
        self._taken = 0
        self._reset()

    def _reset(self) -> None:
        self.posted = 0
        self.delivered = 0
        self.reconnects = 0
        self.late = 0.0
        self.acks: list[float] = []
        self.delivery: list[float] = []
        self.errors: dict[str, int] = {}
        self.faults: list[str] = []

    def take(self, sockets: int) -> Second:
        """What was counted since the last time."""
        ack, delivery = Histogram(), Histogram()
        ack.record(self.acks)
        delivery.record(self.delivery)
        wall, cpu = time.monotonic(), time.process_time()
        second = Second(
            at=self._taken,
            sockets=sockets,
            posted=self.posted,
            acked=len(self.acks),
            delivered=self.delivered,
            reconnects=self.reconnects,
            ack=ack.buckets,
            delivery=delivery.buckets,
            errors=self.errors,
            faults=self.faults[:MOST_FAULTS],
            fault_count=len(self.faults),
            cpu=(cpu - self._cpu) / max(wall - self._wall, 1e-3),
            late=self.late,
        )
        self._wall, self._cpu = wall, cpu
        self._taken += 1
        self._reset()
        return second
