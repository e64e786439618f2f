"""A bus waits a moment for what is about to be said."""

import threading
import time
from collections.abc import Sequence

import pytest

from parley.bus.interface import Entry, Ring
from parley.bus.remote import RemoteBus
from tests.buses import epoch
from tests.stores import PATIENCE


class Deaf:
    """A receiver that hears nothing."""

    def follow(self, channels: set[str]) -> None:
        pass

    def receive(self, timeout: float) -> list[bytes]:
        time.sleep(timeout)
        return []

    def check(self) -> None:
        pass

    def close(self) -> None:
        pass


class Shelf:
    """A carrier that keeps what was sent together, and says so."""

    name = "shelf"
    roomy = True

    def __init__(self) -> None:
        self.sent: list[list[bytes]] = []
        self.some = threading.Event()

    def sender(self) -> "Shelf":
        return self

    def receiver(self) -> Deaf:
        return Deaf()

    def send(self, said: Sequence[tuple[str, bytes]]) -> None:
        self.sent.append([payload for _, payload in said])
        self.some.set()

    def close(self) -> None:
        pass


def test_a_ring_that_will_be_followed_at_once_waits_and_leaves_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.bus.remote.COMPANY_SECONDS", 30.0)
    shelf = Shelf()
    bus = RemoteBus(shelf, epoch)
    bus.start(lambda _: None)
    bus.publish(Ring(1, 0, 1, [Entry(1, 1, b"{}")], more=True))
    assert not shelf.some.wait(0.2), "it left alone"
    bus.publish(Ring(1, 1, 2, [Entry(2, 2, b"{}")]))
    assert shelf.some.wait(PATIENCE)
    bus.stop()
    [[payload]] = shelf.sent
    assert (b'"to":2' in payload, b'"more"' in payload) == (True, False)
