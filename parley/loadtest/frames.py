"""Frames of the server, as a load test needs them. The same bytes go to every socket, so they are parsed once."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from parley.wire import Ack, Error, Log, MessageEvent, Welcome

MEMORY = 4096  # frames remembered


class Seen(Struct, frozen=True):
    """Of a message: its place, its latest change, and its key."""

    seq: int
    changed_seq: int
    key: str | None = None


@dataclass(slots=True)
class Event:
    """A change of a room. `key` and `due` (on the monotonic clock) only if it is a post of this run."""

    room: int
    seq: int
    key: str | None
    due: float | None


@dataclass(slots=True)
class Page:
    """A `log` frame: everything in `(after, to]`."""

    room: int
    after: int
    to: int
    reset: bool
    events: list[Event]
    numbers: set[int]  # the places and the changes that its messages account for


Frame = Event | Page | Welcome | Ack | Error

_decode = msgspec.json.Decoder(Welcome | Log | MessageEvent | Ack | Error).decode
_seen = msgspec.json.Decoder(Seen).decode


def key(run: str, process: int, number: int, due: float) -> str:
    """The key of a post; it says when the post was due, for whoever sees it arrive."""
    return f"{run}-{process}-{number}-{int(due * 1e6)}"


class Reader:
    """Reads frames, and remembers for a moment what the bytes of an event meant. `post` hears of this run's posts."""

    def __init__(self, run: str, post: Callable[[Event], None]) -> None:
        self._prefix = f"{run}-"
        self._post = post
        self._memory: dict[bytes, Event] = {}

    def read(self, data: bytes) -> Frame | None:
        """What a frame says; None when it is of no interest here (presence, typing, heads …)."""
        known = self._memory.get(data)
        if known is not None:
            return known
        try:
            frame: Welcome | Log | MessageEvent | Ack | Error = _decode(data)
        except msgspec.ValidationError:  # a type we need not know: rule 6 of docs/protocol.md
            return None
        if isinstance(frame, MessageEvent):
            if len(self._memory) >= MEMORY:
                self._memory.clear()
            event = self._memory[data] = self._event(frame.room, frame.seq, _seen(frame.message))
            return event
        if isinstance(frame, Log):
            messages = [_seen(each) for each in frame.messages]
            events = [self._event(frame.room, each.seq, each) for each in messages if each.seq > frame.from_]
            numbers = {number for each in messages for number in (each.seq, each.changed_seq)}
            return Page(frame.room, frame.from_, frame.to, frame.reset, events, numbers)
        return frame

    def _event(self, room: int, seq: int, seen: Seen) -> Event:
        if seen.seq != seq or seen.key is None or not seen.key.startswith(self._prefix):
            return Event(room, seq, None, None)
        event = Event(room, seq, seen.key, int(seen.key.rpartition("-")[2]) / 1e6)
        self._post(event)
        return event
