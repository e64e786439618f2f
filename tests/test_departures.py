"""What is about to be stored is waited for, shortly and once; what is said in one turn is stored together."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from parley.bus.interface import COMPANY_SECONDS
from parley.core.messages import Post
from parley.core.sessions import Session
from parley.errors import Unavailable
from parley.faces.gateway.commands import Commands
from parley.faces.gateway.departures import Departures
from parley.metrics import Metrics
from parley.store.batch import Change
from parley.wire import Message
from parley.wire import Post as Said
from tests import virtual

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Bell:
    """A room that remembers when its rounds began."""

    def __init__(self) -> None:
        self.rounds: list[float] = []

    def flush(self) -> None:
        self.rounds.append(asyncio.get_running_loop().time())


def test_with_nothing_under_way_a_round_begins_at_once_and_each_room_has_one() -> None:
    async def scene() -> None:
        departures, one, two = Departures(), Bell(), Bell()
        departures.add(one)
        departures.add(two)
        departures.add(one)
        departures.go(wait=False)
        departures.go(wait=False)
        assert (one.rounds, two.rounds) == ([0.0], [0.0])

    virtual.run(scene())


def test_the_next_group_is_waited_for_but_not_the_one_after() -> None:
    async def scene() -> None:
        departures, bell = Departures(), Bell()
        departures.add(bell)
        departures.go(wait=True)
        assert bell.rounds == []
        departures.add(bell)
        departures.go(wait=True)
        assert bell.rounds == [0.0]
        await asyncio.sleep(1)
        assert bell.rounds == [0.0], "the time that was set ran on"

    virtual.run(scene())


def test_nobody_waits_for_a_group_that_does_not_come() -> None:
    async def scene() -> None:
        departures, bell = Departures(), Bell()
        departures.add(bell)
        departures.go(wait=True)
        await asyncio.sleep(1)
        assert bell.rounds == [COMPANY_SECONDS]
        departures.add(bell)
        departures.go(wait=True)
        await asyncio.sleep(1)
        assert bell.rounds == [COMPANY_SECONDS, 1.0 + COMPANY_SECONDS]

    virtual.run(scene())


class Stage:
    """The commands of a gateway, its store, and a socket."""

    def __init__(self) -> None:
        self.stored: list[Any] = []
        self.full = False
        self.answers: list[bytes] = []
        node: Any = SimpleNamespace(
            limits=SimpleNamespace(spend=lambda *_: None), metrics=Metrics(), rules=None, store=self
        )
        inbox: Any = SimpleNamespace(put=lambda reply: self.answers.append(reply.frame))
        self.commands = Commands(node, inbox)
        self.session = Session(1, 1, "ann", "session", NOW)

    def submit(self, command: Any, answer: Any) -> None:
        if self.full:
            raise Unavailable("Full.")
        self.stored.append((command, answer))

    def asked(self) -> None:
        self.answers.append(b"asked")

    def say(self, key: str) -> None:
        connection: Any = self
        self.commands.submit(connection, Said(key=key, room=1, source="hi"))


def test_what_is_said_in_one_turn_of_the_loop_is_handed_on_together_and_in_order() -> None:
    async def scene() -> None:
        stage = Stage()
        stage.say("a")
        stage.say("b")
        assert stage.stored == []
        await asyncio.sleep(0)
        assert [command.key for command, _ in stage.stored if isinstance(command, Post)] == ["a", "b"]
        message = Message(
            id=7, room=1, seq=3, changed_seq=3, kind="text", author=1, key="a", source="hi", html="", created_at=NOW
        )
        for _, answer in stage.stored:
            answer(Change(message))
        assert stage.answers[2].endswith(b'{"type":"ack","key":"a","room":1,"seq":3,"message":7}')

    virtual.run(scene())


def test_what_the_store_does_not_take_is_answered_with_why() -> None:
    async def scene() -> None:
        stage = Stage()
        stage.full = True
        stage.say("a")
        await asyncio.sleep(0)
        assert stage.answers[0] == b"asked"
        assert b'"code":"unavailable"' in stage.answers[1]
        assert b'"key":"a"' in stage.answers[1]

    virtual.run(scene())
