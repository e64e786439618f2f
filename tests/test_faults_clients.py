"""`make faults` would notice: what a client of it notes while it lives through a fault."""

import asyncio
import os
import random
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import TypeVar, cast

import pytest

from tests.faults.guest import Guest
from tests.faults.ledger import Ledger
from tests.faults.memory import MEBIBYTE, Memory, resident
from tests.faults.moments import Moments
from tests.faults.node import Node
from tests.faults.people import Client
from tests.faults.readers import Outsider
from tests.faults.writers import Writer
from tests.faults_frames import ANN, ROOM, message
from tests.running import ROOT, Frame, Person, RunningServer

T = TypeVar("T")


def log(cursor: int, to: int, *, reset: bool = False, room: int = ROOM) -> Frame:
    shown = {"messages": [], "more": False, "reset": reset, "older": False}
    return {"type": "log", "room": room, "from": cursor, "to": to, **shown}


def event(seq: int, room: int = ROOM) -> Frame:
    return {"type": "message", "room": room, "seq": seq, "message": message(seq, seq)}


def welcome(*rooms: int, epoch: str = "one") -> Frame:
    return {"type": "welcome", "epoch": epoch, "rooms": [{"id": room} for room in rooms]}


def bob() -> Client:
    """Let in, and at cursor 3."""
    client = Client(Person(RunningServer(ROOT), ANN, "Bob", ""), [], random.Random(1), Moments(), [ROOM])
    for frame in (welcome(ROOM), log(0, 2, reset=True), event(3)):
        assert client.take(frame)
    assert client.ledger == Ledger(ANN)
    return client


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (event(5), "got message 5 at cursor 3"),
        (event(3), "got message 3 at cursor 3"),
        (log(2, 7), "got log 2 at cursor 3"),
        (log(0, 3, reset=True), "begin anew"),
        (event(4), ""),
        (log(3, 7), ""),
    ],
)
def test_what_is_not_the_next_thing_is_noted(frame: Frame, says: str) -> None:
    client = bob()
    client.take(frame)
    assert all(says in each for each in client.ledger.disorder)
    assert bool(client.ledger.disorder) == bool(says)


@pytest.mark.parametrize(
    "frame",
    [
        event(1, room=2),
        log(0, 0, reset=True, room=2),
        {"type": "heads", "heads": {"1": 3, "2": 9}},
        {"type": "typing", "room": 2, "user": 9},
        welcome(ROOM, 2),
    ],
)
def test_whatever_comes_of_a_room_that_is_not_theirs_is_noted(frame: Frame) -> None:
    client = bob()
    client.take(frame)
    assert client.ledger.leaked == [f"Bob got {frame['type']} of room 2"]


def test_a_room_that_is_missing_is_noted() -> None:
    client = bob()
    client.take(welcome())
    assert client.ledger.other == ["Bob was let in without all of its rooms"]


def test_another_epoch_is_a_reason_to_begin_anew() -> None:
    client = bob()
    client.take(welcome(ROOM, epoch="two"))
    client.take(log(0, 2, reset=True))
    assert client.mirrors[ROOM].cursor == 2
    assert client.ledger == Ledger(ANN)


def test_how_long_a_change_took_is_counted_for_those_who_were_there(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    moments = Moments()
    moments.known("one", ROOM, 4)
    now = 103.0
    moments.arrived("one", ROOM, range(3, 5), since=101.0)
    assert moments.delivered == 0.0
    moments.arrived("one", ROOM, range(3, 5), since=99.0)
    moments.answered(98.0)
    assert (moments.delivered, moments.waited) == (3.0, 5.0)
    assert moments.too_late("postgres-killed") == moments.too_late("valkey-killed") == []
    moments.answered(96.0)
    moments.arrived("one", ROOM, range(4, 5), since=99.0)
    assert moments.too_late("valkey-killed") == ["somebody waited 7.0 s for an answer"]
    now = 113.0
    moments.arrived("one", ROOM, range(4, 5), since=99.0)
    moments.answered(99.0)
    assert moments.too_late("valkey-killed")[1] == "a change came 13.0 s after others knew of it"
    assert moments.too_late("postgres-killed") == ["somebody waited 14.0 s for an answer"]
    assert moments.too_late("node-hung") == []
    moments.begin()
    assert (moments.delivered, moments.waited) == (0.0, 0.0)


def somebody(kind: Callable[..., T], **more: object) -> T:
    person = Person(RunningServer(ROOT), ANN, "Eve", "")
    return kind(person, [], random.Random(1), Moments(), [ROOM], **more)


def test_a_socket_that_outlives_its_session_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.faults.guest.CLOSES_WITHIN", 0.01)

    async def stay() -> list[str]:
        guest = somebody(Guest)
        guest.left_at = time.monotonic()
        await guest.is_out(mended=None)
        return guest.ledger.leaked

    assert asyncio.run(stay()) == ["Eve still had a socket 0 s after signing out"]


@pytest.mark.parametrize(("late", "noted"), [(1.0, True), (-1.0, False)])
def test_who_is_let_in_after_the_end_of_the_session_is_noted(late: float, noted: bool) -> None:
    guest = somebody(Guest)
    guest.left_at = time.monotonic()
    guest.dialled = guest.left_at + late
    guest.take(welcome(ROOM))
    assert bool(guest.ledger.leaked) == noted


def test_who_is_signed_out_without_having_asked_is_noted() -> None:
    client = bob()
    client._turned_away_in = "one"
    client.take(welcome(ROOM, epoch="two"))  # a backup was restored
    assert client.ledger.other == []
    client._turned_away_in = "two"
    client.take(welcome(ROOM, epoch="two"))
    assert client.ledger.other == ["Bob was signed out and nobody had asked for it"]


def test_an_outsider_who_may_write_is_noted() -> None:
    outsider = somebody(Outsider, room=2)
    outsider.take({"type": "error", "code": "not_found", "key": "k1"})
    assert outsider.ledger.leaked == []
    outsider.take({"type": "ack", "key": "k1", "room": 2, "seq": 3, "message": 4})
    assert outsider.ledger.leaked == ["Eve may write into room 2"]


def test_an_outsider_forgets_numbers_that_may_be_of_other_messages_after_a_restore() -> None:
    outsider = somebody(Outsider, room=2)
    outsider.take(welcome(ROOM))
    outsider.learn("one", [5, 6])
    assert outsider.known == [5, 6]
    outsider.take(welcome(ROOM, epoch="two"))
    assert not outsider.known
    outsider.learn("one", [5, 6])  # by somebody who has not heard of it yet
    assert not outsider.known


def test_an_ack_for_what_nobody_asked_is_noted() -> None:
    writer = somebody(Writer, website=None)
    writer.take({"type": "ack", "key": "k1", "room": 1, "seq": 3, "message": 4})
    assert writer.ledger.other == ["Eve got an ack for k1, which it does not know"]


def test_a_node_that_grows_beyond_its_bound_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = iter([100 * MEBIBYTE, 120 * MEBIBYTE, 159 * MEBIBYTE])
    monkeypatch.setattr("tests.faults.memory.resident", lambda _: next(sizes))
    node = cast(Node, SimpleNamespace(process=SimpleNamespace(pid=7)))
    memory = Memory()
    assert memory.look([node], sockets=10) == memory.look([node], sockets=10) == []
    assert memory.look([node], sockets=10) == ["node 0 took more than 58 MiB on top of what it had at first"]
    assert memory.grown == 59 * MEBIBYTE


def test_the_memory_of_a_process_is_known() -> None:
    assert (resident(os.getpid()) or 0) > MEBIBYTE
    assert resident(2**22 + 1) is None
