"""A room full of people who talk, and what came of it.

A post is in flight until it was acknowledged and everybody has it: with a window of 1, the next one is sent when the
last socket has got the last one. What a window of more lets through is bounded the same way, by the sum.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from statistics import quantiles
from time import perf_counter

from bench.dialects import Dialect
from bench.people import Socket, arrive
from bench.scenario import MICRO

WRITERS = 10  # sockets that post, by turns
PATIENCE = 60.0  # seconds for the last deliveries
WARM_UP = 1.0  # seconds of talking that are not measured


@dataclass(frozen=True)
class Load:
    """What happened in a while of talking. Latencies, from a post to a socket that gets it, of a window of 1 only."""

    seconds: float
    cpu: float  # seconds
    deliveries: int
    posts: int
    size: float  # bytes a delivery
    p50: float | None = None  # seconds
    p99: float | None = None

    def figures(self) -> dict[str, float]:
        """Rates a second, microseconds of CPU and bytes a delivery, latencies in milliseconds."""
        found = {
            "deliveries": self.deliveries / self.seconds,
            "posts": self.posts / self.seconds,
            "cpu": self.cpu / self.deliveries * MICRO,
            "size": self.size,
        }
        if self.p50 is not None and self.p99 is not None:
            found |= {"p50": self.p50 * 1000, "p99": self.p99 * 1000}
        return found

    def __str__(self) -> str:
        figures = self.figures()
        return f"{figures['deliveries']:,.0f} deliveries/s, {figures['cpu']:.2f} µs CPU each"


class Room:
    """Counts what its sockets get."""

    def __init__(self) -> None:
        self.sockets: list[Socket] = []
        self.deliveries = 0
        self.acks = 0
        self.posted = 0
        self._size = 0
        self._listeners = 0  # deliveries that a post makes
        self._window = 0
        self._enough = 0  # deliveries, until the next post
        self._posted_at = 0.0
        self._heard_at = 0.0  # the last delivery, unless many are in flight
        self._latencies: list[float] = []

    async def enter(self, dialect: Dialect, count: int) -> None:
        """So many more people."""
        self.sockets += await arrive(dialect, self, count)
        self._listeners = len(self.sockets) - (not dialect.hears_itself)

    def heard(self, deliveries: int, acks: int, size: int) -> None:
        """Count, and post what the window allows."""
        self.deliveries += deliveries
        self.acks += acks
        self._size += size
        if deliveries and self._window < 2:
            self._heard_at = perf_counter()
            if deliveries == self._window:
                self._latencies.append(self._heard_at - self._posted_at)
        if acks or self.deliveries >= self._enough:
            self._post()

    def _post(self) -> None:
        """Post what the window allows: so many without an acknowledgement, and deliveries of as many."""
        while self.posted - self.acks < self._window and self.deliveries >= self._enough:
            self.posted += 1
            self._allow()
            self._posted_at = perf_counter()
            self.sockets[self.posted % min(WRITERS, len(self.sockets))].post(self.posted)

    def _allow(self) -> None:
        self._enough = (self.posted - self._window + 1) * self._listeners

    async def talk(self, window: int, seconds: float, cpu: Callable[[], float], warm_up: float = WARM_UP) -> Load:
        """Talk for a while with so many posts in flight, until everybody has everything.

        Raises RuntimeError when something was lost or doubled: a measurement of that is none.
        """
        await self._converse(window, warm_up)
        self._latencies.clear()
        work, deliveries, posts, size = cpu(), self.deliveries, self.posted, self._size
        took = await self._converse(window, seconds)
        work, deliveries, posts = cpu() - work, self.deliveries - deliveries, self.posted - posts
        cuts = quantiles(self._latencies, n=100) if len(self._latencies) > 1 else None
        return Load(
            seconds=took,
            cpu=work,
            deliveries=deliveries,
            posts=posts,
            size=(self._size - size) / deliveries,
            p50=cuts[49] if cuts else None,
            p99=cuts[98] if cuts else None,
        )

    async def _converse(self, window: int, seconds: float) -> float:
        """Post for so long; returns the seconds until the last delivery."""
        started = perf_counter()
        self._window = window
        self._allow()
        self._post()
        await asyncio.sleep(seconds)
        self._window = 0
        self._heard_at = perf_counter()
        due = perf_counter() + PATIENCE
        while not self._settled() and perf_counter() < due:  # noqa: ASYNC110 - what is doubled may come late
            await asyncio.sleep(0.05)
        if not self._settled():
            raise RuntimeError(
                f"{self.posted} posts to {self._listeners}: {self.acks} acknowledged, {self.deliveries} deliveries"
            )
        return self._heard_at - started

    def _settled(self) -> bool:
        return (self.acks, self.deliveries) == (self.posted, self.posted * self._listeners)

    def leave(self) -> None:
        """Close every socket. Raises RuntimeError when one was closed before."""
        if any(each.lost for each in self.sockets):
            raise RuntimeError("sockets were lost: nothing was measured")
        for each in self.sockets:
            each.close()
