"""What a person says to each side, and by what its answers are known.

A dialect is data: the way in, a post, and the bytes that stand in each delivery, acknowledgement and ping exactly
once and in nothing else. So one counter serves every side, and none pays for being parsed.
"""

import base64
import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import count, cycle
from json import dumps

SOURCE = "Hello **world**, how are you today? It is a fine day for `chat`."

# When these bytes have come, send those. Whoever has got the last ones is in the room.
Entry = list[tuple[bytes, bytes]]


class Dialect(ABC):
    """One side's language, spoken to the server at this port. `hears_itself`: writers get what they post."""

    delivery: bytes
    ack: bytes
    ping = b"\x89\0"
    rare = b"\x89"  # a byte of it that is seldom in anything else
    pong = b"\x8a\x80\0\0\0\0"  # masked with zeros
    hears_itself = True
    at_once = 100  # people on their way in

    def __init__(self, port: int) -> None:
        self.port = port

    @abstractmethod
    def entry(self) -> Entry:
        """How somebody comes in."""

    @abstractmethod
    def post(self, number: int) -> bytes:
        """The bytes that post `SOURCE`; the number is different each time."""


class Parley(Dialect):
    """The protocol of docs/protocol.md, as people who have these tokens."""

    # Not the frame's type: who was slow gets the same message in a page of the log. What is long is found faster.
    delivery = b'"reactions":[],"previews":[],"reply_to":'
    ack = b'{"type":"ack"'

    def __init__(self, port: int, tokens: Sequence[str]) -> None:
        super().__init__(port)
        self._tokens = cycle(tokens)
        self._run = os.urandom(4).hex()  # keys are never used twice

    def token(self) -> str:
        """The token of whose turn it is."""
        return next(self._tokens)

    def entry(self) -> Entry:
        """Sign in by token, say hello, get the newest page."""
        ask = upgrade("/ws", f"Authorization: Bearer {self.token()}\r\n")
        return [(b"", ask), (b" 101 ", text({"type": "hello"})), (b'{"type":"log"', b""), (b'"more":false', b"")]

    def post(self, number: int) -> bytes:
        """A post into the general room."""
        return text({"type": "post", "key": f"{self._run}-{number}", "room": 1, "source": SOURCE})


class SocketIO(Dialect):
    """Socket.IO 5 over Engine.IO 4, over WebSocket."""

    delivery = b'42["message"'
    ack = b'["done"]'
    ping = b"\x81\x012"
    rare = b"\x01"
    pong = b"\x81\x81\0\0\0\x003"

    def entry(self) -> Entry:
        """Open, connect to the namespace; the server puts everybody into the room."""
        ask = upgrade("/socket.io/?EIO=4&transport=websocket")
        return [(b"", ask), (b'0{"sid"', text("40")), (b'40{"sid"', b"")]

    def post(self, number: int) -> bytes:
        """An event that wants an acknowledgement."""
        return text(f"42{number}" + dumps(["post", SOURCE]))


class PlainJson(Dialect):
    """One JSON object a frame, as peers/ws.mjs reads it."""

    delivery = b'{"type":"message"'
    ack = b'{"type":"ack"'

    def entry(self) -> Entry:
        """Who is connected is in the room."""
        return [(b"", upgrade("/")), (b"\r\n\r\n", b"")]

    def post(self, number: int) -> bytes:
        """A post."""
        return text({"type": "post", "key": str(number), "source": SOURCE})


class Irc(Dialect):
    """IRC (RFC 2812). It acknowledges nothing: a PING after the message is answered when that was dealt with."""

    delivery = b" PRIVMSG #g :"
    ack = b" PONG "
    ping = b"PING :"
    rare = b"N"
    pong = b"PONG :x\r\n"
    hears_itself = False
    at_once = 8  # its queue of those who knock has room for ten

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._names = count()

    def entry(self) -> Entry:
        """Register, join, and read who is there."""
        name = f"n{next(self._names)}"
        return [
            (b"", f"NICK {name}\r\nUSER {name} 0 * :{name}\r\n".encode()),
            (b" 001 ", b"JOIN #g\r\n"),
            (b" 366 ", b""),
        ]

    def post(self, number: int) -> bytes:
        """A line to the channel."""
        return f"PRIVMSG #g :{SOURCE}\r\nPING {number}\r\n".encode()


def upgrade(path: str, headers: str = "") -> bytes:
    """The request that opens a WebSocket (RFC 6455 §4.1)."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{headers}\r\n"
    ).encode()


def text(content: str | dict[str, object]) -> bytes:
    """A text frame of up to 64 KiB, masked with zeros; an object goes as JSON."""
    payload = (content if isinstance(content, str) else dumps(content)).encode()
    length = len(payload)
    head = bytes([0x81, 0x80 | length]) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
    return head + b"\0\0\0\0" + payload
