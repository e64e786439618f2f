"""People who write: whatever has no answer is sent once more, with the same key."""

import asyncio
import itertools
import time
from collections import Counter, deque
from typing import Any

from websockets.asyncio.client import ClientConnection

from tests.faults.ledger import Refusal, Told
from tests.faults.node import Node
from tests.faults.people import Client, send
from tests.faults.website import Website
from tests.running import Frame

UNANSWERED = 4  # commands under way at most
PACE = 0.03, 0.15  # seconds between two commands
RECENT = 20  # messages that somebody may react to
EMOJI = ("👍", "🎉", "😀")
TEMPORARY = ("unavailable", "rate_limited")
SHARE_OF_PRIVATE = 0.25


class Writer(Client):
    """Posts, sometimes with a link, into its rooms; edits and deletes its own messages; reacts to anybody's."""

    def __init__(self, *arguments: Any, website: Website, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.writing = False
        self.length = 0  # characters to which each text is filled up
        self.tops: dict[int, int] = {}  # room → the newest seq it was told of
        self._website = website
        self._tied = len(self.doors) == 1 and isinstance(self.doors[0], Node)
        self._outbox: dict[str, Frame] = {}
        self._again: dict[str, float] = {}  # key → when to send it once more
        self._asked: dict[str, float] = {}  # key → since when it waits for an answer
        self._sends: Counter[str] = Counter()
        self._mine: list[int] = []  # messages that may be changed: no command about them is under way
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._numbers = itertools.count(1)

    @property
    def settled(self) -> bool:
        """Whether it is in, and everything it has sent is answered."""
        return self.connected and not self._outbox

    # ── sending ─────────────────────────────────────────────────────────────────────────────────────

    async def do(self, socket: ClientConnection) -> None:
        """Send what has no answer, then think of something new now and then."""
        self._again = dict.fromkeys(self._outbox, 0.0)  # the socket that would have brought their answers is gone
        if self._tied:
            self._asked.clear()  # it was the door that was closed; who may go elsewhere goes on waiting
        while True:
            now = time.monotonic()
            for key in [key for key, when in self._again.items() if when <= now]:
                del self._again[key]
                await self._send(socket, self._outbox[key])
            if self.writing and len(self._outbox) < UNANSWERED:
                command = self._think_of_something()
                self._outbox[command["key"]] = command
                await self._send(socket, command)
            await asyncio.sleep(self.chance.uniform(*PACE))

    async def _send(self, socket: ClientConnection, command: Frame) -> None:
        key = command["key"]
        self._sends[key] += 1
        if self._sends[key] == 2 and "message" in command:
            self.ledger.resent[command["message"]] += 1  # it is stored once, and nobody may have been told where
        self._asked.setdefault(key, time.monotonic())
        await send(socket, command)

    def _think_of_something(self) -> Frame:
        key = f"{self.name}-{next(self._numbers)}"
        what = self.chance.random()
        if what < 0.25 and self._mine:
            number = self._mine.pop(self.chance.randrange(len(self._mine)))
            if what < 0.06:
                return {"type": "delete", "key": key, "message": number}
            return {"type": "edit", "key": key, "message": number, "source": self._text(f"changed by {key}")}
        if what < 0.4 and (free := [number for number in self._recent if number not in self._busy]):
            number = self.chance.choice(free)
            on = self.chance.random() < 0.7
            return {"type": "react", "key": key, "message": number, "emoji": self.chance.choice(EMOJI), "on": on}
        text = self._text(key)
        if what > 0.97:
            text = " "
        elif what > 0.9:
            text = f"look at {self._website.url(key)}"
        general, *others = self.mirrors
        room = self.chance.choice(others) if others and self.chance.random() < SHARE_OF_PRIVATE else general
        return {"type": "post", "key": key, "room": room, "source": text}

    def _text(self, words: str) -> str:
        return words + " and so on" * ((self.length - len(words)) // 10)

    @property
    def _busy(self) -> set[int]:
        return {command["message"] for command in self._outbox.values() if "message" in command}

    # ── answers ─────────────────────────────────────────────────────────────────────────────────────

    def take(self, frame: Frame) -> bool:
        """As every client; and remember what one may react to."""
        if frame["type"] == "message" and not frame["message"]["deleted_at"]:
            self._recent.append(frame["message"]["id"])
        return super().take(frame)

    def answer(self, frame: Frame) -> None:
        """Note an ack, or a refusal that is final."""
        key = frame.get("key")
        command = self._outbox.get(key) if key else None
        if frame["type"] == "ack":
            self._acknowledged(frame, command)
        elif command is not None and frame["code"] in TEMPORARY:
            self.moments.put_off += 1
            self._again[command["key"]] = time.monotonic() + frame.get("retry_after", 1.0)
        elif command is not None:
            self._forget(command["key"])
            self.ledger.refused[command["key"]] = Refusal(command["type"], frame["code"])
        if command is not None and (asked := self._asked.pop(command["key"], None)) is not None:
            self.moments.answered(asked)

    def _acknowledged(self, frame: Frame, command: Frame | None) -> None:
        room, seq, number = frame["room"], frame["seq"], frame["message"]
        told = self.ledger.told.get(frame["key"])
        if command is None and told is None:
            self.ledger.other.append(f"{self.name} got an ack for {frame['key']}, which it does not know")
            return
        self.ledger.acknowledged(Told(command or told.command, self.epoch, room, seq, number))  # type: ignore[union-attr]
        self.moments.known(self.epoch, room, seq)
        self.tops[room] = max(seq, self.tops.get(room, 0))
        if command is None:  # the second answer to a key
            return
        self._forget(frame["key"])
        if command["type"] in ("post", "edit") and "http" not in command["source"]:
            self._mine.append(number)

    def _forget(self, key: str) -> None:
        del self._outbox[key]
        self._again.pop(key, None)
        del self._sends[key]

    def begin_anew(self) -> None:
        """Give up changes, since numbers of messages may belong to others now; keep what was to be posted."""
        for key, command in list(self._outbox.items()):
            if command["type"] != "post":
                self._forget(key)
                self._asked.pop(key, None)
                self.ledger.doubtful.add(command["message"])
                self.ledger.resent[command["message"]] += 1
        self._mine.clear()
        self._recent.clear()
        self.tops.clear()
