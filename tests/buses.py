"""Buses that were started, and ears that remember what they bring."""

import threading
import time
from collections.abc import Callable

import pytest

from parley.bus.interface import Bus, Heard, Recovered, Ring
from parley.bus.postgres import PostgresCarrier
from parley.bus.redis import RedisCarrier
from parley.bus.remote import Carrier, RemoteBus


class Ear:
    """Remembers what a bus brings."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._changed = threading.Condition()

    def __call__(self, what: Heard) -> None:
        with self._changed:
            self.heard.append(what)
            self._changed.notify_all()

    def wait(self, matches: Callable[[Heard], bool], times: int = 1) -> Heard:
        with self._changed:
            assert self._changed.wait_for(lambda: sum(map(matches, self.heard)) >= times, 15), self.heard
            return [each for each in self.heard if matches(each)][-1]


def recovered(what: Heard) -> bool:
    return isinstance(what, Recovered)


def epoch() -> str:
    return "e"


def started(carrier: Carrier, epoch: Callable[[], str] = epoch) -> tuple[Bus, Ear]:
    bus, ear = RemoteBus(carrier, epoch), Ear()
    bus.start(ear)
    return bus, ear


@pytest.fixture(params=["redis", "postgres"])
def carrier(request: pytest.FixtureRequest) -> Carrier:
    if request.param == "redis":
        return RedisCarrier(request.getfixturevalue("valkey"))
    return PostgresCarrier(request.getfixturevalue("postgres"))


def ring_until_heard(bus: Bus, ear: Ear, room: int = 1) -> None:
    """A subscription takes a moment over there; rings may be lost, so ring until one is heard."""
    deadline = time.monotonic() + 15
    while not any(isinstance(each, Ring) and each.room == room for each in ear.heard):
        assert time.monotonic() < deadline, "no ring was heard"
        bus.publish(Ring(room, 0, 1, []))
        threading.Event().wait(0.02)
