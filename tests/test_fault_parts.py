"""The parts of the cluster that `make faults` breaks do what the faults rely on."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
import pytest

from tests.faults.balancer import Balancer
from tests.faults.disk import MEGABYTE, Disk, may_mount
from tests.faults.faults import FAULTS, LEFT_OUT
from tests.faults.node import Node
from tests.faults.postgres import Postgres
from tests.faults.proxy import Network, Proxy, Streams
from tests.faults.website import Website

SOON = 0.3  # seconds in which something would have come, if it came


@contextlib.asynccontextmanager
async def echoing() -> AsyncIterator[Proxy]:
    """A proxy before a server that says everything again."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    proxy = Proxy(lambda: asyncio.open_connection("127.0.0.1", port))
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        server.close()


async def dial(proxy: Proxy) -> Streams:
    return await asyncio.open_connection("127.0.0.1", proxy.port)


async def says(streams: Streams, word: bytes = b"hello") -> bytes | None:
    """What comes back: nothing soon is None, and an end is empty."""
    reader, writer = streams
    writer.write(word)
    try:
        async with asyncio.timeout(SOON):
            return await reader.read(100)
    except TimeoutError:
        return None
    except ConnectionError:
        return b""


def test_a_network_refuses_swallows_and_is_whole_again() -> None:
    async def story() -> None:
        async with echoing() as proxy:
            one = await dial(proxy)
            assert await says(one) == b"hello"
            proxy.become(Network.REFUSES)
            assert await says(one) == b""
            assert await says(await dial(proxy)) == b""
            proxy.become(Network.SWALLOWS)
            robbed, lucky = await dial(proxy), await dial(proxy)
            assert await says(robbed) is None
            proxy.become(Network.WHOLE)
            assert await says(robbed) == b"", "a connection with a hole goes on"
            assert await says(lucky) == b"hello"

    asyncio.run(story())


def test_a_forgotten_connection_stays_open_and_dead_on_both_sides() -> None:
    async def story() -> None:
        async with echoing() as proxy:
            old = await dial(proxy)
            assert await says(old) == b"hello"
            assert proxy.forget() == 1
            assert await says(old) is None
            assert await says(await dial(proxy)) == b"hello"
            assert await says(old) is None

    asyncio.run(story())


def test_the_website_counts_who_comes() -> None:
    async def story() -> None:
        website = Website()
        await website.start()
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(2):
                assert "<title>Page k-1</title>" in (await client.get(website.url("k-1"))).text
        assert website.fetches == {"k-1": 2}
        await website.stop()

    asyncio.run(story())


class Pretender(Node):
    """Answers everything with its name, and says of itself whether it is ready."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, {}, {})
        self.name = name
        self.ready = True

    async def listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._answer, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        status = b"200 OK" if self.ready or b"/readyz" not in asked else b"503 Not Ready"
        writer.write(b"HTTP/1.1 %b\r\nContent-Length: 1\r\nConnection: close\r\n\r\n%b" % (status, self.name.encode()))
        await writer.drain()
        writer.close()


def test_the_balancer_takes_turns_and_passes_by_whoever_is_not_ready(tmp_path: Path) -> None:
    async def story() -> None:
        nodes = [Pretender(tmp_path, name) for name in "abc"]
        servers = [await node.listen() for node in nodes]
        balancer = Balancer(nodes)
        await balancer.start()
        await until(lambda: asked(balancer, 3), "abc")
        nodes[0].ready = False  # it drains
        servers[1].close()  # it is gone
        await until(lambda: asked(balancer, 3), "ccc")
        nodes[2].ready = False
        await until(lambda: asked(balancer, 1), "-")
        nodes[0].ready = nodes[2].ready = True
        servers[1] = await nodes[1].listen()
        await until(lambda: asked(balancer, 3), "abc")
        await balancer.stop()
        for server in servers:
            server.close()

    asyncio.run(story())


async def asked(balancer: Balancer, times: int) -> str:
    """Who answered, in alphabetical order; "-" is nobody."""
    names = []
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(times):
            try:
                names.append(
                    (await client.get(f"http://127.0.0.1:{balancer.port}/", headers={"Connection": "close"})).text
                )
            except httpx.TransportError:
                names.append("-")
    return "".join(sorted(names))


async def until(ask: Callable[[], Awaitable[str]], expected: str) -> None:
    end = time.monotonic() + 20
    while (found := await ask()) != expected:
        assert time.monotonic() < end, f"{found} answered instead of {expected}"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """One of our own, outside of pytest's folder, which is closed to the user that PostgreSQL runs as."""
    with TemporaryDirectory(prefix="parley-faults-") as folder:
        made = Postgres(Path(folder) / "postgres", Path(folder) / "data")
        with made.look() as connection:
            connection.execute("CREATE TABLE kept (number int)")
        yield made
        made.close()


def rows(postgres: Postgres) -> int:
    with postgres.look() as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("end", [Postgres.kill, Postgres.stop_immediately])
def test_postgres_ends_at_once_and_recovers_what_was_committed(
    postgres: Postgres, end: Callable[[Postgres], None]
) -> None:
    before = rows(postgres)
    with contextlib.suppress(psycopg.OperationalError), postgres.look() as connection:
        connection.execute("INSERT INTO kept VALUES (1)")
        end(postgres)
        connection.execute("INSERT INTO kept VALUES (2)")
    assert not postgres.running
    postgres.start()
    assert rows(postgres) == before + 1


def test_postgres_hangs_and_goes_on_where_it_was(postgres: Postgres) -> None:
    with postgres.look() as connection:
        postgres.hang()
        with pytest.raises(psycopg.OperationalError):
            postgres.look()  # takes the two seconds it waits for
        postgres.start()
        connection.execute("SELECT 1")


def test_a_disk_is_full_and_has_room_again(tmp_path: Path) -> None:
    if not may_mount():
        assert "disk-full" in LEFT_OUT
        return
    disk = Disk(tmp_path / "disk", MEGABYTE)
    try:
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            (disk.folder / "word").write_text("word")
        disk.free()
        (disk.folder / "word").write_text("word")
    finally:
        disk.close()
    assert not (tmp_path / "disk").exists()


def test_every_fault_of_the_list_can_be_tried_or_says_why_not() -> None:
    assert not FAULTS.keys() & LEFT_OUT.keys()
    assert {"disk-full", "disk-full-embedded", "clock-moved"} <= FAULTS.keys() | LEFT_OUT.keys()
    assert all(LEFT_OUT.values())
