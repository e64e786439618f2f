"""People who stay while nodes come and go: residents, who post without end, and visitors, who only read."""

import threading
import time
import uuid
from contextlib import suppress

import httpx
from websockets.exceptions import WebSocketException

from tests.mirror import Mirror, load
from tests.nodes import until
from tests.running import Chat, Person


class Resident(threading.Thread):
    """Somebody who stays: posts without end, comes back by the address when a socket is lost, and sends what has no
    answer again with the same key.
    """

    def __init__(self, person: Person) -> None:
        super().__init__(daemon=True)
        self.person = person
        self.mirror = Mirror()
        self.acked: dict[str, int] = {}
        self.returns = 0
        self.refused: list[str] = []
        self.writing = True
        self.leaving = False
        self.reading = False  # and has nothing under way
        self.head = 0

    def run(self) -> None:
        epoch, key = "", uuid.uuid4().hex
        while not self.leaving:
            try:
                cursor = self.mirror.cursor
                with self.person.chat(cursors={} if cursor is None else {1: cursor}, epoch=epoch) as chat:
                    epoch = chat.welcome["epoch"]
                    while self.mirror.cursor is None:
                        self.mirror.take(chat.receive())
                    while not self.leaving:
                        if self.writing:
                            chat.send({"type": "post", "key": key, "room": 1, "source": key})
                            self.head = self._answer(chat, key)
                            key = uuid.uuid4().hex
                        else:
                            self.reading = True
                            with suppress(TimeoutError):
                                self.mirror.take(chat.receive(0.1))
            except WebSocketException as error:
                if (status := getattr(getattr(error, "response", None), "status_code", None)) is not None:
                    self.refused.append(f"handshake: {status}")
            except (OSError, EOFError) as error:
                self.refused.append(repr(error))
            self.returns += 1
            time.sleep(0.2)  # as a browser, which waits a little before it comes again

    def _answer(self, chat: Chat, key: str) -> int:
        while True:
            frame = chat.receive()
            self.mirror.take(frame)
            if frame["type"] == "ack" and frame["key"] == key:
                self.acked[key] = frame["message"]
                return int(frame["seq"])


def come_to_rest(residents: list[Resident]) -> None:
    """Let everybody read to the end, then look whether each has what was acknowledged, once, in order."""
    for resident in residents:
        resident.writing = False
    until(lambda: all(resident.reading for resident in residents))
    head = max(resident.head for resident in residents)
    until(lambda: all((resident.mirror.cursor or 0) >= head for resident in residents))
    fresh = load(residents[0].person)
    for resident in residents:
        assert all(fresh[number] == message for number, message in resident.mirror.messages.items())
        for key, number in resident.acked.items():
            assert fresh[number]["source"] == key
            # Who came later than that has a first page, and what is older is not on it.
            assert all(
                number in other.mirror.messages or fresh[number]["seq"] < other.mirror.start for other in residents
            )
    texts = [message["source"] for message in fresh.values()]
    assert all(texts.count(key) == 1 for resident in residents for key in resident.acked)


def all_posted(residents: list[Resident]) -> None:
    """Wait until everybody has had something more acknowledged."""
    before = [len(resident.acked) for resident in residents]
    until(lambda: all(len(now.acked) > then for now, then in zip(residents, before, strict=True)))


class Visitor(threading.Thread):
    """Somebody who opens the page and reads the API again and again, and notes what was not well."""

    def __init__(self, person: Person) -> None:
        super().__init__(daemon=True)
        self.person = person
        self.seen = 0
        self.wrong: list[object] = []
        self.leaving = threading.Event()

    def run(self) -> None:
        while not self.leaving.wait(0.02):
            try:
                answers = [httpx.get(self.person.server.url), self.person.get("/api/messages", limit=1)]
                self.wrong += [(answer.status_code, answer.text) for answer in answers if not answer.is_success]
                self.seen += 1
            except httpx.HTTPError as error:
                self.wrong.append(error)

    def leave(self) -> None:
        """Stop, after one more visit."""
        before = self.seen
        until(lambda: self.seen > before or bool(self.wrong))
        self.leaving.set()
        self.join(20)
