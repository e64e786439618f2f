"""Thousands of people in one process: sockets that speak just enough WebSocket (RFC 6455) to be taken for browsers.

A frame that comes is looked at in its first bytes and counted; nothing is decoded. Pings are answered.
"""

import asyncio
import base64
import itertools
import json
import os
from collections.abc import Sequence
from typing import cast

MESSAGE = b'{"type":"message"'
ACK = b'{"type":"ack"'
ERROR = b'{"type":"error"'
LOG = b'{"type":"log"'
TEXT, PING = 1, 9
PONG = b"\x8a\x80\0\0\0\0"
AT_ONCE = 100  # handshakes under way
PATIENCE = 60.0  # seconds for a handshake and the first page
SOURCE = "Hello **world**, how are you today? It is a fine day for `chat`."

_keys = itertools.count(1)


class Socket(asyncio.Protocol):
    """One open socket. `messages` and `acks` count the frames of the kind that have come, `posted` what it sent."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._rest = b""
        self._upgraded = False
        self._transport: asyncio.Transport
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.messages = 0
        self.acks = 0
        self.posted = 0
        self.posting = False
        self.answered = asyncio.Event()  # everything it posted
        self.answered.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
            f"Authorization: Bearer {self._token}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Count the frames that are whole, keep the rest."""
        if self._rest:
            data = self._rest + data
        if not self._upgraded:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                self.ready.set_exception(ConnectionError(head.decode(errors="replace")))
                return
            self._upgraded = True
            self.send({"type": "hello"})
        self._rest = data[self._frames(data) :]

    def _frames(self, data: bytes) -> int:
        """Take whole frames; returns how many bytes they were."""
        at, size = 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                start = at + 4
                if start > size:
                    break
                length = data[at + 2] << 8 | data[at + 3]
            elif length == 127:
                start = at + 10
                if start > size:
                    break
                length = int.from_bytes(data[at + 2 : start], "big")
            end = start + length
            if end > size:
                break
            opcode = data[at] & 15
            if opcode == TEXT:
                if data.startswith(MESSAGE, start):
                    self.messages += 1
                else:
                    self._rare(data, start, end)
            elif opcode == PING:
                self._transport.write(PONG)
            at = end
        return at

    def _rare(self, data: bytes, start: int, end: int) -> None:
        if data.startswith(ACK, start):
            self.acks += 1
            if self.posting:
                self.post()
            elif self.acks == self.posted:
                self.answered.set()
        elif data.startswith(LOG, start) and not self.ready.done():
            self.ready.set_result(None)
        elif data.startswith(ERROR, start):
            raise RuntimeError(data[start:end].decode())

    def connection_lost(self, error: Exception | None) -> None:
        """A measurement with lost sockets is none."""
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("closed before the first page"))

    @property
    def lost(self) -> bool:
        """Whether it is closed."""
        return self._transport.is_closing()

    def send(self, frame: dict[str, object]) -> None:
        """Send a frame, masked with zeros."""
        payload = json.dumps(frame).encode()
        length = len(payload)
        head = bytes([0x81, 0x80 | length]) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
        self._transport.write(head + b"\0\0\0\0" + payload)

    def post(self) -> None:
        """Post into the general room; the ack is counted."""
        self.posted += 1
        self.answered.clear()
        self.send({"type": "post", "key": f"{os.getpid()}-{next(_keys)}", "room": 1, "source": SOURCE})

    def close(self) -> None:
        """Leave."""
        self._transport.abort()


async def arrive(port: int, tokens: Sequence[str], count: int) -> list[Socket]:
    """Open so many sockets, by turns of these people; returns when each has its first page of the log."""
    sockets: list[Socket] = []
    while len(sockets) < count:
        wave = range(len(sockets), min(count, len(sockets) + AT_ONCE))
        async with asyncio.timeout(PATIENCE):
            sockets += await asyncio.gather(*(_enter(port, tokens[number % len(tokens)]) for number in wave))
    return sockets


async def _enter(port: int, token: str) -> Socket:
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(port, token), "127.0.0.1", port)
    await socket.ready
    return socket


async def converse(writers: Sequence[Socket], in_flight: int, seconds: float) -> None:
    """Post so that so many posts have no answer yet at any time, spread over the writers; then wait for the last."""
    for each in writers:
        each.posting = True
    for number in range(in_flight):
        writers[number % len(writers)].post()
    await asyncio.sleep(seconds)
    for each in writers:
        each.posting = False
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(each.answered.wait() for each in writers))
