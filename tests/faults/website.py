"""A website on loopback, for people to link to: any name is a page, and every visit is counted."""

import asyncio
import contextlib
from collections import Counter

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
PATIENCE = 10.0  # seconds for a whole request


class Website:
    """`fetches` is how often each page was asked for; `delay`, in seconds, how long it takes to answer."""

    def __init__(self) -> None:
        self.fetches: Counter[str] = Counter()
        self.delay = 0.0
        self._server: asyncio.Server
        self._port = 0

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more."""
        self._server.close()

    def url(self, name: str) -> str:
        """The address of a page, whose title is `Page NAME`. A name is of letters, digits and hyphens."""
        return f"http://127.0.0.1:{self._port}/{name}"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                request = await reader.readuntil(b"\r\n\r\n")
            name = request.split(b" ", 2)[1].decode().removeprefix("/")
            self.fetches[name] += 1
            await asyncio.sleep(self.delay)
            body = f"<!doctype html><title>Page {name}</title>".encode()
            writer.write(HEAD % len(body) + body)
            await writer.drain()
        writer.close()
