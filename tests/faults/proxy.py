"""A TCP proxy that passes connections on, and can become a bad network."""

import asyncio
import contextlib
import enum
from collections.abc import Awaitable, Callable, Iterator

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

DELAY = 0.3  # seconds each way
BLOCK = 65536


class Network(enum.Enum):
    """How a network treats what is sent."""

    WHOLE = "whole"
    REFUSES = "refuses"  # connections are reset, and so is whoever tries again
    SWALLOWS = "swallows"  # connections stay open and nothing arrives
    DELAYS = "delays"


class Proxy:
    """Listens on a free port of loopback and passes everything on to what `connect` opens."""

    def __init__(self, connect: Callable[[], Awaitable[Streams]]) -> None:
        self._connect = connect
        self._network = Network.WHOLE
        self._open: set[asyncio.StreamWriter] = set()
        self._robbed: set[asyncio.StreamWriter] = set()  # whose bytes were swallowed
        self._forgotten: set[asyncio.StreamWriter] = set()  # over which nothing will ever pass again
        self._links: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server
        self.port = 0

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, and end every connection."""
        self._server.close()
        self._reset(self._open)
        if self._links:
            await asyncio.wait(self._links)

    def become(self, network: Network) -> None:
        """From now on. A connection of which bytes are lost is reset rather than going on with a hole in it."""
        self._network = network
        self._reset(self._open if network is Network.REFUSES else self._robbed)

    @contextlib.contextmanager
    def being(self, network: Network) -> Iterator[None]:
        """For a while; whole again afterwards."""
        try:
            self.become(network)
            yield
        finally:
            self.become(Network.WHOLE)

    def forget(self) -> int:
        """Make half-open what is open, as a router does that lost its table: nothing passes any more, in either
        direction, and neither side is told, not even when the other one closes. Returns how many connections.
        """
        self._forgotten |= self._open
        return len(self._open) // 2

    def _reset(self, writers: set[asyncio.StreamWriter]) -> None:
        for writer in list(writers):
            writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = asyncio.create_task(self._serve(reader, writer))
        self._links.add(link)
        link.add_done_callback(self._links.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._network is Network.REFUSES:
            writer.transport.abort()
            return
        try:
            there_reader, there_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, there_writer}
        self._open |= ends
        try:
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(reader, there_writer, ends))
                pumps.create_task(self._pump(there_reader, writer, ends))
        finally:
            for end in ends:
                end.close()
            for known in (self._open, self._robbed, self._forgotten):
                known -= ends

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: set[asyncio.StreamWriter]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(BLOCK):
                if self._network is Network.DELAYS:
                    await asyncio.sleep(DELAY)
                if self._network is Network.SWALLOWS:
                    self._robbed |= ends
                elif writer not in self._forgotten:
                    writer.write(data)
                    await writer.drain()
        if writer not in self._forgotten:
            for end in ends:  # one direction has ended: nothing here half-closes
                end.close()
