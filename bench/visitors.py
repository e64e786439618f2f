"""Clients that ask for one thing again and again, each over a connection that stays open: HTTP/1.1 as one needs it."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from statistics import median
from time import perf_counter
from typing import cast

from bench.scenario import MICRO

CLIENTS = 8
PATIENCE = 30.0  # seconds for an answer
STATUS = re.compile(rb"HTTP/1\.1 (\d+)")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Request:
    """What is asked for, and the status that the answer must have."""

    path: str
    status: HTTPStatus = HTTPStatus.OK
    headers: str = ""  # lines
    body: bytes = b""
    method: str = "GET"

    def encoded(self, port: int) -> bytes:
        """As bytes, for the server at this port."""
        length = f"Content-Length: {len(self.body)}\r\n" if self.body else ""
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{self.headers}{length}\r\n"
        return head.encode() + self.body


class Visitor(asyncio.Protocol):
    """One of them. `gone` is done when the last answer was read after `leave`, or is why there is none."""

    def __init__(self, request: Request, port: int) -> None:
        self._asked, self._status = request.encoded(port), request.status
        self._came = b""
        self._at = 0.0
        self._leaving = False
        self._transport: asyncio.Transport
        self.latencies: list[float] = []
        self.size = 0  # bytes of an answer
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        self._at = perf_counter()
        self._transport.write(self._asked)

    def data_received(self, data: bytes) -> None:
        """Ask again as soon as the answer is here."""
        self._came += data
        head, end, body = self._came.partition(b"\r\n\r\n")
        if not end:
            return
        found, length = STATUS.match(head), LENGTH.search(head)
        status = int(found[1]) if found else 0
        if length and status != HTTPStatus.NOT_MODIFIED and len(body) < int(length[1]):
            return
        self.latencies.append(perf_counter() - self._at)
        self.size, self._came = len(self._came), b""
        if status == self._status and not self._leaving:
            self._ask()
            return
        self._transport.abort()
        if status == self._status:
            self.gone.set_result(None)
        else:
            self.gone.set_exception(RuntimeError(f"not {self._status.value}: {(head + end + body)[:300]!r}"))

    def connection_lost(self, error: Exception | None) -> None:
        """Say so."""
        if not self.gone.done():
            self.gone.set_exception(error or ConnectionError("the server closed the connection"))

    def leave(self) -> None:
        """Ask no more."""
        self._leaving = True


async def visit(port: int, request: Request, seconds: float, cpu: Callable[[], float]) -> dict[str, float]:
    """Let all of them ask for so long: requests a second, CPU and p50 in milliseconds, bytes of an answer.

    Raises RuntimeError when one gets another answer than the request says, ConnectionError when one gets none.
    """
    loop = asyncio.get_running_loop()
    pairs = [await loop.create_connection(lambda: Visitor(request, port), "127.0.0.1", port) for _ in range(CLIENTS)]
    visitors = [visitor for _, visitor in pairs]
    gone = asyncio.gather(*(visitor.gone for visitor in visitors))
    await _while(gone, seconds / 4)  # until threads and caches are there
    for visitor in visitors:
        visitor.latencies.clear()
    work, started = cpu(), perf_counter()
    await _while(gone, seconds)
    latencies = [each for visitor in visitors for each in visitor.latencies]
    work, took = cpu() - work, perf_counter() - started
    for visitor in visitors:
        visitor.leave()
    async with asyncio.timeout(PATIENCE):
        await gone
    if not latencies:
        raise RuntimeError(f"no answer of {request.path} in {took:.1f} s")
    return {
        "rate": len(latencies) / took,
        "cpu": work / len(latencies) * MICRO,
        "p50": median(latencies) * 1000,
        "size": visitors[0].size,
    }


async def _while(gone: asyncio.Future[list[None]], seconds: float) -> None:
    """Wait so long, or until one of them is gone, which nobody may."""
    done, _ = await asyncio.wait([gone], timeout=seconds)
    for each in done:
        each.result()
