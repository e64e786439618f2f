"""Ready frames: what many sockets get is encoded and framed once."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec
from websockets.frames import Frame, Opcode

from parley.bus.interface import Entry
from parley.wire import Log, Presence, encode

MOST_PEOPLE = 4096  # frames of people that are kept: those whom many watch are asked for again and again
PING = Frame(Opcode.PING, b"").serialize(mask=False)


def framed(payload: bytes) -> bytes:
    """A text frame as it goes onto the wire (RFC 6455 §5.2; a server does not mask)."""
    return Frame(Opcode.TEXT, payload).serialize(mask=False)


def frame(shape: Any) -> bytes:
    """A shape of `parley.wire` as a ready frame."""
    return framed(encode(shape))


@lru_cache(MOST_PEOPLE)
def presence_frame(user: int, online: bool) -> bytes:
    """Whether somebody is online."""
    return frame(Presence(user=user, online=online))


def event_frame(room: int, entry: Entry) -> bytes:
    """The event *this message, as of seq n*; what `wire.MessageEvent` describes, around the encoded message."""
    return framed(b'{"type":"message","room":%d,"seq":%d,"message":%b}' % (room, entry.seq, entry.encoded))


def log_frame(
    room: int,
    from_: int,
    to: int,
    entries: Iterable[Entry],
    *,
    more: bool = False,
    reset: bool = False,
    older: bool = False,
) -> bytes:
    """Everything in (from, to]."""
    messages = [msgspec.Raw(entry.encoded) for entry in entries]
    return frame(Log(room=room, from_=from_, to=to, messages=messages, more=more, reset=reset, older=older))
