"""Thousands of people in one process. What comes is not decoded: the marks of the dialect in it are counted."""

import asyncio
from typing import Protocol, cast

from bench.dialects import Dialect

PATIENCE = 60.0  # seconds to come in


class Listener(Protocol):
    """Is told what came to any of its sockets."""

    def heard(self, deliveries: int, acks: int, size: int) -> None:
        """So many deliveries and acknowledgements, in so many bytes."""


class Marks:
    """Counts marks in a stream, however the stream is cut. No mark may overlap itself.

    The load is the second half of what is measured: whatever is looked for is looked for in every byte that a
    server sends.
    """

    __slots__ = ("_ack", "_ack_from", "_delivery", "_from", "_ping", "_ping_from", "_rare", "_reach", "_tail", "acks")

    def __init__(self, dialect: Dialect) -> None:
        self._delivery, self._ack, self._ping, self._rare = dialect.delivery, dialect.ack, dialect.ping, dialect.rare
        reach = max(len(self._delivery), len(self._ack), len(self._ping)) - 1
        self._reach = -reach
        # As if this had come before: no part of any mark, so that a tail is always as long.
        self._tail = b"\n" * reach
        self._from, self._ack_from, self._ping_from = (
            reach - len(mark) + 1 for mark in (self._delivery, self._ack, self._ping)
        )
        self.acks = False  # whether acknowledgements are looked for

    def count(self, data: bytes) -> tuple[int, int, int]:
        """How many deliveries, acknowledgements and pings ended in this piece."""
        data = self._tail + data
        self._tail = data[self._reach :]
        return (
            data.count(self._delivery, self._from),
            data.count(self._ack, self._ack_from) if self.acks else 0,
            # Two bytes are found far more slowly than one.
            data.count(self._ping, self._ping_from) if self._rare in data else 0,
        )


class Socket(asyncio.Protocol):
    """One open socket, whose `inside` is done when it is in the room."""

    def __init__(self, dialect: Dialect, listener: Listener) -> None:
        self._dialect = dialect
        self._heard = listener.heard
        self._outside = True
        self._entry = iter(dialect.entry())
        self._awaited, self._then = next(self._entry)
        self._came = b""
        self._marks = Marks(dialect)
        self._transport: asyncio.Transport
        self.inside: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the way in."""
        self._transport = cast(asyncio.Transport, transport)
        self._walk(b"")

    def data_received(self, data: bytes) -> None:
        """Count."""
        if self._outside:
            self._walk(data)
            return
        deliveries, acks, pings = self._marks.count(data)
        if pings:
            self._transport.write(self._dialect.pong)
        self._heard(deliveries, acks, len(data))

    def _walk(self, data: bytes) -> None:
        self._came += data
        while self._awaited in self._came:
            self._transport.write(self._then)
            try:
                self._awaited, self._then = next(self._entry)
            except StopIteration:
                self._came = b""
                self._outside = False
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
        self._marks.acks = True
        self._transport.write(self._dialect.post(number))

    def stop_reading(self) -> None:
        """Take nothing any more, and stay."""
        self._transport.pause_reading()

    def close(self) -> None:
        """Leave."""
        self._transport.abort()


async def arrive(dialect: Dialect, listener: Listener, count: int, at_once: int | None = None) -> list[Socket]:
    """Open so many sockets, some at once, or as many as the dialect says; returns when all are in the room.

    Raises ConnectionError when one is refused.
    """
    sockets: list[Socket] = []
    while len(sockets) < count:
        wave = min(at_once or dialect.at_once, count - len(sockets))
        async with asyncio.timeout(PATIENCE):
            sockets += await asyncio.gather(*(_enter(dialect, listener) for _ in range(wave)))
    return sockets


async def _enter(dialect: Dialect, listener: Listener) -> Socket:
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(dialect, listener), "127.0.0.1", dialect.port)
    await socket.inside
    return socket
