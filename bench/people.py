"""Thousands of people in one process. What comes is not decoded: the marks of the dialect in it are counted."""

import asyncio
from typing import Protocol, cast

from bench.dialects import Dialect

AT_ONCE = 100  # on their way in
PATIENCE = 60.0  # seconds to come in


class Listener(Protocol):
    """Is told what came to any of its sockets."""

    def heard(self, deliveries: int, acks: int, size: int) -> None:
        """So many deliveries and acknowledgements, in so many bytes."""


class Marks:
    """Counts a mark in a stream, however the stream is cut. No mark may overlap itself."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._reach = len(mark) - 1
        self._tail = b""

    def count(self, data: bytes) -> int:
        """How many ended in this piece."""
        reach = self._reach
        seam = self._tail + data[:reach]
        self._tail = data[-reach:] if len(data) >= reach else seam[-reach:]
        return data.count(self._mark) + (self._mark in seam)


class Socket(asyncio.Protocol):
    """One open socket, whose `inside` is done when it is in the room."""

    def __init__(self, dialect: Dialect, listener: Listener) -> None:
        self._dialect = dialect
        self._listener = listener
        self._entry = iter(dialect.entry())
        self._awaited, self._then = next(self._entry)
        self._came = b""
        self._deliveries = Marks(dialect.delivery)
        self._pings = Marks(dialect.ping)
        self._acks: Marks | None = None
        self._transport: asyncio.Transport
        self.inside: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the way in."""
        self._transport = cast(asyncio.Transport, transport)
        self._walk(b"")

    def data_received(self, data: bytes) -> None:
        """Count."""
        if not self.inside.done():
            self._walk(data)
            return
        if self._pings.count(data):
            self._transport.write(self._dialect.pong)
        acks = self._acks.count(data) if self._acks else 0
        self._listener.heard(self._deliveries.count(data), acks, len(data))

    def _walk(self, data: bytes) -> None:
        self._came += data
        while self._awaited in self._came:
            self._transport.write(self._then)
            try:
                self._awaited, self._then = next(self._entry)
            except StopIteration:
                self._came = b""
                self.inside.set_result(None)
                return

    def connection_lost(self, error: Exception | None) -> None:
        """Say what the server said instead."""
        if not self.inside.done():
            self.inside.set_exception(error or ConnectionError(f"not let in: {self._came[-300:]!r}"))

    @property
    def lost(self) -> bool:
        """Whether it is closed."""
        return self._transport.is_closing()

    def post(self, number: int) -> None:
        """Post; from now on acknowledgements are counted as well."""
        self._acks = self._acks or Marks(self._dialect.ack)
        self._transport.write(self._dialect.post(number))

    def stop_reading(self) -> None:
        """Take nothing any more, and stay."""
        self._transport.pause_reading()

    def close(self) -> None:
        """Leave."""
        self._transport.abort()


async def arrive(dialect: Dialect, listener: Listener, count: int, at_once: int = AT_ONCE) -> list[Socket]:
    """Open so many sockets, some at once; returns when all are in the room.

    Raises ConnectionError when one is refused.
    """
    sockets: list[Socket] = []
    while len(sockets) < count:
        wave = min(at_once, count - len(sockets))
        async with asyncio.timeout(PATIENCE):
            sockets += await asyncio.gather(*(_enter(dialect, listener) for _ in range(wave)))
    return sockets


async def _enter(dialect: Dialect, listener: Listener) -> Socket:
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(dialect, listener), "127.0.0.1", dialect.port)
    await socket.inside
    return socket
