"""A server with more people online than everybody is told of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.town import settle
from parley.core.people import SHOWN
from tests.running import Person, RunningServer, serving

CROWD = SHOWN + 5
GRACE = 0.5  # seconds


@dataclass
class Crowd:
    """`members` come and go by requests, which need no socket; `others` do what a test wants."""

    server: RunningServer
    members: list[Person]
    others: list[Person]

    def come(self) -> None:
        """All members use the API: they are online for a minute."""
        with httpx.Client(base_url=self.server.url) as client:
            for person in self.members:
                client.get(f"/api/users/{person.id}", headers=person.headers).raise_for_status()

    def go(self) -> None:
        """All members sign out, for good."""
        with httpx.Client(base_url=self.server.url) as client:
            for person in self.members:
                client.delete("/api/tokens", headers=person.headers).raise_for_status()


@contextmanager
def crowded(instance: Path) -> Iterator[Crowd]:
    """A server for a while, with members who have come."""
    tokens = settle(instance, people=CROWD + 10)
    with serving(instance, HEARTBEAT="1", OFFLINE_AFTER=str(GRACE)) as server:
        people = [Person(server, number, f"Person Number {number}", token) for number, token in enumerate(tokens, 1)]
        crowd = Crowd(server, people[:CROWD], people[CROWD:])
        crowd.come()
        yield crowd
