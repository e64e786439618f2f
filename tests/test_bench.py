"""What measures must measure the right thing: bench/ against a real server, and its arithmetic."""

import asyncio
import random
from dataclasses import asdict
from pathlib import Path

from bench.capacity import ROWS, Costs, middle, report, row
from bench.people import MESSAGE, Socket, arrive, converse
from bench.server import Server
from parley.faces.gateway.frames import PING, framed

COSTS = Costs(memory=10_000, idle=0.36, alone=10, group=1, crowd=0.5, rate=800_000, posts=3000, post=200)


def test_people_arrive_post_and_hear_each_other(tmp_path: Path) -> None:
    async def story(server: Server) -> None:
        sockets = await arrive(server.port, server.tokens(3), 25)
        await converse(sockets[:2], 4, 0.5)
        posted = sum(each.posted for each in sockets)
        assert posted == sum(each.acks for each in sockets) > 4
        async with asyncio.timeout(20):
            while any(each.messages < posted for each in sockets):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.01)
        assert {each.messages for each in sockets} == {posted}
        assert not any(each.lost for each in sockets)

    with Server(tmp_path / "instance", 0) as server:
        asyncio.run(story(server))
        assert server.cpu() > 0.1
        assert server.memory() > 20_000_000


class Wire(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)


def test_frames_are_counted_however_they_are_cut() -> None:
    async def story(seed: int) -> None:
        chance, wire = random.Random(seed), Wire()
        socket = Socket(0, "token")
        socket.connection_made(wire)
        frames = [framed(MESSAGE + b"x" * chance.choice([0, 10, 200, 70_000])) for _ in range(20)]
        data = b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + b"".join([*frames, framed(b'{"type":"log"}'), PING])
        while data:
            cut = chance.choice([1, 2, 3, 50, 1000, 100_000])
            socket.data_received(data[:cut])
            data = data[cut:]
        assert socket.messages == 20
        assert socket.ready.done()
        assert wire.written.endswith(b"\x8a\x80\0\0\0\0")

    for seed in range(20):
        asyncio.run(story(seed))


def test_the_table_follows_from_the_costs_by_its_formula() -> None:
    # 1,000 people: 1,000 × 0.36 s an hour are a tenth of a core; 10 posts a second to 1,000 people at 10 µs another.
    assert row(COSTS, 1000, 1000 / 600) == "| 1,000 | 1.6666666666666667 min | 10,000 | 20.0% | 10 MB |"
    slow = Costs(**{name: value * 3 for name, value in asdict(COSTS).items()})
    assert middle([slow, COSTS, COSTS]) == COSTS
    page = report({"one": COSTS, "two": slow}, 3)
    assert all(title in page for title, _ in ROWS.values())
    assert "| 10,000 bytes | 30,000 bytes |" in page
