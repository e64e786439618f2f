"""What a client knows of a room, kept by the rules of docs/protocol.md, which it takes strictly."""

from typing import Any, NamedTuple

import httpx

from tests.running import NO_TLS, Chat, Frame, Person

PAGE = 200


class Mirror:
    """The log of one room, merged from frames. A frame that is not exactly the next one fails the test."""

    def __init__(self, cursor: int | None = None, messages: dict[int, Frame] | None = None) -> None:
        self.cursor = cursor
        self.messages = dict(messages or {})
        self.arrived: list[int] = []  # ids in the order in which they were posted
        self.seen: dict[int, int] = {}  # seq → the message that changed, as events told it
        self.start = 0  # every message whose place is at or above this is here

    def take(self, frame: Frame) -> None:
        """Merge a frame, if it is one of the log."""
        if frame["type"] == "log":
            if frame["reset"]:
                self.messages = {}
                self.arrived = []
                self.seen = {}
                self.start = min((each["seq"] for each in frame["messages"]), default=0) if frame["older"] else 0
            else:
                assert frame["from"] == self.cursor, f"a page from {frame['from']} at cursor {self.cursor}"
            for message in frame["messages"]:
                self._put(message)
            self.cursor = frame["to"]
        elif frame["type"] == "message":
            assert self.cursor is not None
            assert frame["seq"] == self.cursor + 1 == frame["message"]["changed_seq"]
            self._put(frame["message"])
            self.cursor = frame["seq"]

    def _put(self, message: Frame) -> None:
        if message["id"] not in self.messages:
            self.arrived.append(message["id"])
        self.messages[message["id"]] = message
        self.seen[message["changed_seq"]] = message["id"]

    def texts(self) -> list[str]:
        """What people wrote, in order of place."""
        placed = sorted(self.messages.values(), key=lambda message: int(message["seq"]))
        return [message["source"] for message in placed if message["kind"] == "text"]


class Loaded(NamedTuple):
    """A whole room as of a seq."""

    head: int
    messages: dict[int, Any]


def load_all(person: Person, room: int = 1) -> Loaded:
    """A room, loaded afresh. Raises httpx.HTTPError."""
    found: dict[int, Any] = {}
    cursor = 0
    with httpx.Client(
        base_url=person.server.url, headers=person.headers, timeout=10, trust_env=False, verify=NO_TLS
    ) as client:
        while True:
            answer = client.get("/api/messages", params={"room": room, "after": cursor, "limit": PAGE})
            page = answer.raise_for_status().json()
            found |= {message["id"]: message for message in page["messages"]}
            cursor = page["to"]
            if not page["more"]:
                return Loaded(cursor, found)


def load(person: Person, room: int = 1) -> dict[int, Any]:
    """Every message of a room, loaded afresh."""
    return load_all(person, room).messages


def read_to(chat: Chat, seq: int, mirror: Mirror | None = None) -> Mirror:
    """Merge everything that has come, and what still comes, up to a seq."""
    mirror = mirror or Mirror()
    for frame in chat.frames:
        mirror.take(frame)
    chat.frames.clear()
    while mirror.cursor is None or mirror.cursor < seq:
        mirror.take(chat.receive())
        chat.frames.clear()
    return mirror
