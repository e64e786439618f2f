"""What measures must measure the right thing: bench/ against a real server, and its arithmetic."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from bench.dialects import Irc, Parley, PlainJson, SocketIO, text
from bench.people import Marks
from bench.room import Room
from bench.sides import SIDES
from parley.faces.gateway.frames import framed


def test_people_arrive_post_and_hear_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.sides.PEOPLE", 2)  # registering somebody takes far longer than the rest
    with SIDES["Parley"].start(tmp_path) as (server, dialect):

        async def story() -> None:
            room = Room()
            await room.enter(dialect, 25)
            for window in (1, 4):
                load = await room.talk(window, 0.3, server.cpu, warm_up=0.02)
                assert load.posts > 4
                assert load.deliveries >= (load.posts - window) * 25
                assert load.cpu > 0
                assert load.size > 300
                assert (load.p50 is not None) == (window == 1)
            assert room.acks == room.posted
            assert room.deliveries == room.posted * 25
            room.leave()

        asyncio.run(story())
        assert server.memory() > 20_000_000


class Parrot(asyncio.Protocol):
    """Speaks like peers/ws.mjs, to those who are connected, and repeats every post `times`."""

    def __init__(self, everybody: list[asyncio.Transport], times: int) -> None:
        self._everybody = everybody
        self._times = times

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._everybody.append(transport)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET "):
            self._everybody[-1].write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
            return
        for each in self._everybody:
            each.write(framed(b'{"type":"message"}') * self._times)
        self._everybody[0].write(framed(b'{"type":"ack"}') * data.count(b'"post"'))


@pytest.mark.parametrize("times", [0, 2])
def test_a_run_that_lost_or_doubled_a_message_measures_nothing(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.room.PATIENCE", 0.3)

    async def story() -> None:
        everybody: list[asyncio.Transport] = []
        server = await asyncio.get_running_loop().create_server(lambda: Parrot(everybody, times), "127.0.0.1", 0)
        room = Room()
        await room.enter(PlainJson(server.sockets[0].getsockname()[1]), 1)
        with pytest.raises(RuntimeError, match=r"posts to 1: \d+ acknowledged"):
            await room.talk(1, 0.1, lambda: 0.0, warm_up=0)
        server.close()

    asyncio.run(story())


def test_marks_are_counted_however_the_stream_is_cut() -> None:
    for seed in range(60):
        chance = random.Random(seed)
        dialect = [Parley(1, ["token"]), SocketIO(1), Irc(1)][seed % 3]
        wanted = [chance.choice([dialect.delivery, dialect.ack, dialect.ping]) for _ in range(40)]
        data = b"".join(mark + b"x" * chance.choice([0, 10, 200, 70_000]) for mark in wanted)
        marks = Marks(dialect)
        marks.acks = True
        found = Counter[bytes]()
        while data:
            cut = chance.choice([1, 2, 3, 16, 17, 50, 1000, 100_000])
            for mark, count in zip((dialect.delivery, dialect.ack, dialect.ping), marks.count(data[:cut]), strict=True):
                found[mark] += count
            data = data[cut:]
        assert found == Counter(wanted)


def test_the_marks_of_every_dialect_stand_in_no_post() -> None:
    for dialect in (Parley(1, ["token"]), SocketIO(1), PlainJson(1), Irc(1)):
        assert dialect.rare in dialect.ping
        assert len(dialect.rare) == 1
        assert dialect.delivery not in dialect.post(1)
        assert dialect.ack not in dialect.post(1)
        assert dialect.post(1) != dialect.post(2)
    assert len(text("x" * 125)) == 2 + 4 + 125
    assert len(text("x" * 126)) == 4 + 4 + 126
