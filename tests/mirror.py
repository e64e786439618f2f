"""What a client knows of a room, kept by the rules of docs/protocol.md, which it takes strictly."""

from typing import Any

from tests.running import Frame, Person


class Mirror:
    """The log of one room, merged from frames. A frame that is not exactly the next one fails the test."""

    def __init__(self, cursor: int | None = None, messages: dict[int, Frame] | None = None) -> None:
        self.cursor = cursor
        self.messages = dict(messages or {})
        self.arrived: list[int] = []  # ids in the order in which they were posted

    def take(self, frame: Frame) -> None:
        """Merge a frame, if it is one of the log."""
        if frame["type"] == "log":
            if frame["reset"]:
                self.messages = {}
                self.arrived = []
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

    def texts(self) -> list[str]:
        """What people wrote, in order of place."""
        placed = sorted(self.messages.values(), key=lambda message: int(message["seq"]))
        return [message["source"] for message in placed if message["kind"] == "text"]


def load(person: Person, room: int = 1) -> dict[int, Any]:
    """Every message of a room, loaded afresh."""
    found: dict[int, Any] = {}
    cursor = 0
    while True:
        page = person.get("/api/messages", room=room, after=cursor, limit=200).json()
        found |= {message["id"]: message for message in page["messages"]}
        if not page["more"]:
            return found
        cursor = page["to"]
