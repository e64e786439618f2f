"""One contract for every bus."""

import threading
import time
from collections.abc import Iterator

import pytest

from parley.bus.interface import Attendance, Bus, Entry, Followed, Heard, Ring, Typed
from parley.bus.local import LocalBus
from parley.bus.outbox import BUSY, MOST_BYTES
from parley.bus.redis import RedisCarrier
from parley.bus.remote import Carrier, Receiver, RemoteBus, Sender
from parley.core.presence import LARGEST, Presence
from parley.signals import Signal
from tests.buses import Ear, epoch, recovered, ring_until_heard, started

ENTRIES = [Entry(5, 9, '{"id":9,"source":"grüß dich"}'.encode()), Entry(6, 9, b'{"id":9}', 5, 12)]


RING = Ring(1, 4, 6, ENTRIES)


def ring(what: Heard) -> bool:
    return isinstance(what, Ring)


Pair = tuple[Bus, Ear, Bus, Ear]


@pytest.fixture
def pair(carrier: Carrier) -> Iterator[Pair]:
    """The buses of two nodes, listening."""
    one, one_ear = started(carrier)
    two, two_ear = started(carrier)
    one_ear.wait(recovered)
    two_ear.wait(recovered)
    yield one, one_ear, two, two_ear
    one.stop()
    two.stop()


def test_a_node_hears_itself_at_once() -> None:
    bus, ear = LocalBus(), Ear()
    bus.start(ear)
    bus.publish(RING)
    bus.publish(Typed(1, 7))
    assert ear.heard == [], "nobody subscribed"
    bus.subscribe(1)
    bus.publish(RING)
    bus.publish(Typed(1, 7))
    bus.signal(Signal("tokens", 7))
    bus.signal(Attendance("node", here=[7]))
    assert ear.heard == [RING, Typed(1, 7), Signal("tokens", 7), Attendance("node", here=[7])]
    bus.unsubscribe(1)
    bus.publish(RING)
    assert len(ear.heard) == 4
    bus.stop()
    bus.signal(Signal("tokens", 7))
    assert len(ear.heard) == 4


def test_a_remote_bus_keeps_the_local_contract(carrier: Carrier) -> None:
    bus, ear = started(carrier)
    bus.subscribe(1)
    said: list[Heard] = [RING, Typed(1, 7), Signal("read", 7, 1, 5), Attendance("node", here=[7])]
    for each in said:
        if isinstance(each, Ring | Typed):
            bus.publish(each)
        elif isinstance(each, Signal | Attendance):
            bus.signal(each)
    assert [each for each in ear.heard if not recovered(each)] == said
    bus.stop()


def test_other_nodes_hear_rings_of_the_rooms_they_follow(pair: Pair, carrier: Carrier) -> None:
    one, one_ear, two, two_ear = pair
    two.subscribe(1)
    two_ear.wait(lambda what: isinstance(what, Followed))
    ring_until_heard(one, two_ear)
    one.publish(Ring(2, 0, 1, []))
    one.publish(RING)
    heard = two_ear.wait(lambda what: isinstance(what, Ring) and what.to == 6)
    assert heard == (RING if carrier.roomy else Ring(1, 4, 6, []))
    assert not any(isinstance(each, Ring) and each.room == 2 for each in two_ear.heard)
    assert not any(map(ring, one_ear.heard)), "who does not follow the room hears nothing"


def test_signals_reach_every_node(pair: Pair) -> None:
    _, one_ear, two, two_ear = pair
    two.signal(Signal("tokens", 42))
    for ear in (one_ear, two_ear):
        ear.wait(lambda what: what == Signal("tokens", 42))


def test_typing_reaches_the_room_at_other_nodes(pair: Pair) -> None:
    one, one_ear, two, two_ear = pair
    two.subscribe(1)
    ring_until_heard(one, two_ear)
    one.publish(Typed(2, 7))
    one.publish(Typed(1, 7))
    two_ear.wait(lambda what: what == Typed(1, 7))
    assert not any(isinstance(each, Typed) and each.room == 2 for each in two_ear.heard)
    assert not any(isinstance(each, Typed) for each in one_ear.heard)


def test_typing_never_pushes_rings_out_of_the_queue() -> None:
    bus = RemoteBus(RedisCarrier("redis://127.0.0.1:1/0"), epoch)  # never started, so that everything waits
    bus.publish(RING)
    for user in range(10 * BUSY):
        bus.publish(Typed(1, user))
    assert len(bus._out) == BUSY


def test_statements_about_thousands_of_people_pass_every_carrier(pair: Pair) -> None:
    one, _, _, two_ear = pair
    here, there = Presence(4.0, node="a" * 32), Presence(4.0, node="b" * 32)
    people = list(range(LARGEST - 2000, LARGEST))  # of the longest numbers
    for user in people:
        here.opened(user)
    statements = here.statements(0.0)
    for user in people:
        here.closed(user, 0.0)
        here.opened(user - 2000)
    statements += here.statements(10.0)
    for said in statements:
        one.signal(said)
    two_ear.wait(lambda what: isinstance(what, Attendance), len(statements))
    for what in two_ear.heard:
        if isinstance(what, Attendance):
            there.heard(what, 0.0)
    assert there.online() == [user - 2000 for user in people]


def test_a_large_ring_goes_without_its_entries(pair: Pair) -> None:
    one, _, two, two_ear = pair
    two.subscribe(1)
    ring_until_heard(one, two_ear)
    one.publish(Ring(1, 7, 8, [Entry(8, 1, b'{"source":"' + b"x" * MOST_BYTES + b'"}')]))
    assert two_ear.wait(lambda what: isinstance(what, Ring) and what.to == 8) == Ring(1, 7, 8, [])


def test_once_followed_is_said_nothing_is_missed(pair: Pair) -> None:
    one, _, two, two_ear = pair
    for room in range(1, 6):
        two.subscribe(room)
        two_ear.wait(lambda what: isinstance(what, Followed), room)
        one.publish(Ring(room, 0, 1, []))
        two_ear.wait(lambda what, room=room: isinstance(what, Ring) and what.room == room)  # type: ignore[misc]


class Counting:
    """A carrier that counts the payloads its receivers get."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.name, self.roomy = carrier.name, carrier.roomy
        self.payloads: list[bytes] = []

    def sender(self) -> Sender:
        return self._carrier.sender()

    def receiver(self) -> Receiver:
        receiver = self._carrier.receiver()
        receive = receiver.receive

        def counted(timeout: float) -> list[bytes]:
            found = receive(timeout)
            self.payloads += found
            return found

        receiver.receive = counted  # type: ignore[method-assign]
        return receiver


def test_a_room_nobody_here_follows_costs_nothing(pair: Pair, carrier: Carrier) -> None:
    one, *_ = pair
    counting = Counting(carrier)
    bus, ear = started(counting)
    ear.wait(recovered)
    for _ in range(100):
        one.publish(Ring(1, 0, 1, []))
    bus.subscribe(1)
    ring_until_heard(one, ear)
    bus.unsubscribe(1)
    bus.subscribe(2)
    ear.wait(lambda what: isinstance(what, Followed), 2)  # from here on it follows 2 and no longer 1
    counting.payloads.clear()
    for _ in range(100):
        one.publish(Ring(1, 0, 1, []))
    one.publish(Ring(2, 0, 1, []))
    one.signal(Signal("tokens", 1))
    ear.wait(lambda what: isinstance(what, Signal))
    assert len(counting.payloads) == 2, "the ring of room 2, and the signal"
    bus.stop()


def test_a_burst_arrives_whole_and_in_order(pair: Pair, carrier: Carrier) -> None:
    one, _, two, two_ear = pair
    two.subscribe(1)
    two_ear.wait(lambda what: isinstance(what, Followed))
    for seq in range(1, 501):
        one.publish(Ring(1, seq - 1, seq, [Entry(seq, seq, b'{"id":%d}' % seq)]))
    two_ear.wait(lambda what: isinstance(what, Ring) and what.to == 500)
    rings = [each for each in two_ear.heard if isinstance(each, Ring)]
    assert [each.from_ for each in rings] == [0, *[each.to for each in rings[:-1]]]
    if carrier.roomy:
        assert [entry.seq for each in rings for entry in each.entries] == list(range(1, 501))


def test_nodes_over_a_database_of_another_epoch_are_not_heard(carrier: Carrier, pair: Pair) -> None:
    """Redis carries to every database number, and PostgreSQL may hold what was said before a restore."""
    one, _, two, two_ear = pair
    restored = ["e"]
    stranger, stranger_ear = started(carrier, lambda: restored[0])
    stranger_ear.wait(recovered)
    two.subscribe(1)
    ring_until_heard(stranger, two_ear)
    ring_until_heard(one, two_ear)
    restored[0] = "another"
    for what in (Typed(1, 66), RING._replace(to=66)):
        stranger.publish(what)
    for signal in (Signal("tokens", 66), Attendance("stranger", here=[66])):
        stranger.signal(signal)
        one.signal(signal)
    one.publish(Typed(1, 7))
    two_ear.wait(lambda what: what == Typed(1, 7))
    restored[0] = "e"
    stranger.publish(Typed(1, 8))
    two_ear.wait(lambda what: what == Typed(1, 8))  # so everything before it has come, too
    stranger.stop()
    assert not any(isinstance(each, Typed) and each.user == 66 for each in two_ear.heard)
    assert not any(isinstance(each, Ring) and each.to == 66 for each in two_ear.heard)
    for kind in (Signal, Attendance):
        assert sum(isinstance(each, kind) for each in two_ear.heard) == 1, "that of one alone"


def test_the_lag_of_ones_own_rings_is_measured(carrier: Carrier) -> None:
    lags: list[float] = []
    bus, ear = RemoteBus(carrier, epoch, lags.append), Ear()
    bus.start(ear)
    ear.wait(recovered)
    bus.signal(Signal("tokens", 1))
    deadline = time.monotonic() + 15
    while not lags:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    assert lags[0] >= 0
    assert [each for each in ear.heard if isinstance(each, Signal)] == [Signal("tokens", 1)], "heard once"
    bus.stop()
