"""`kill -9` under load: no acknowledged message is lost, none is doubled, the log has no gap, readers end with all."""

import random
import threading
import time
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.mirror import Mirror, load
from tests.running import Chat, Frame, Person, RunningServer

ROUNDS = 5
WRITERS = 4
LIFE = (0.1, 0.6)  # seconds under load until the next kill
LOST = (ConnectionClosed, ConnectionError, InvalidHandshake, EOFError, OSError, TimeoutError)


class Client(threading.Thread):
    """Connects again and again, resumes from its cursor, and sends whatever has no answer once more."""

    def __init__(self, person: Person, *, writes: bool) -> None:
        super().__init__(daemon=True)
        self.person = person
        self.mirror = Mirror()
        self.epoch = ""
        self.acked: dict[str, int] = {}  # key → seq
        self.outbox: dict[str, Frame] = {}
        self.writing = writes
        self.stopping = threading.Event()
        self.failure: BaseException | None = None
        self._made = 0

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                try:
                    self._live()
                except LOST:
                    self.stopping.wait(0.02)
        except BaseException as error:
            self.failure = error

    @property
    def settled(self) -> bool:
        """Whether everything sent has been answered."""
        return not self.outbox

    def _live(self) -> None:
        cursors = {} if self.mirror.cursor is None else {1: self.mirror.cursor}
        with self.person.chat(cursors=cursors, epoch=self.epoch) as chat:
            self.epoch = chat.welcome["epoch"]
            for command in list(self.outbox.values()):
                chat.send(command)
            while not self.stopping.is_set():
                while self.writing and len(self.outbox) < 5:
                    self._write(chat)
                try:
                    self._take(chat.receive(0.05))
                except TimeoutError:
                    continue
                chat.frames.clear()

    def _write(self, chat: Chat) -> None:
        key = f"{self.person.id}-{self._made}"
        self._made += 1
        self.outbox[key] = {"type": "post", "key": key, "room": 1, "source": key}
        chat.send(self.outbox[key])

    def _take(self, frame: Frame) -> None:
        self.mirror.take(frame)
        if frame["type"] == "ack":
            assert self.acked.setdefault(frame["key"], frame["seq"]) == frame["seq"], "another answer to the same key"
            self.outbox.pop(frame["key"], None)
        assert frame["type"] != "error", frame


def test_killed_at_any_moment_nothing_acknowledged_is_lost_or_doubled(instance: Path) -> None:
    server = RunningServer(instance).start()
    people = [server.register(f"Person{index}") for index in range(WRITERS + 1)]
    clients = [Client(person, writes=person is not people[-1]) for person in people]
    for client in clients:
        client.start()
    chance = random.Random()
    for _ in range(ROUNDS):
        before = sum(len(client.acked) for client in clients)
        wait(lambda before=before: sum(len(client.acked) for client in clients) > before)  # it is under load
        time.sleep(chance.uniform(*LIFE))  # no event to wait for: the moment is to be any
        server.kill()
        server.start()
    for client in clients:
        client.writing = False
    wait(lambda: all(client.settled for client in clients))
    stored = load(people[0])
    head = max(message["changed_seq"] for message in stored.values())
    wait(lambda: all(client.mirror.cursor == head for client in clients))
    for client in clients:
        client.stopping.set()
        client.join(10)
        assert client.failure is None
    assert server.stop() == 0
    assert server.errors() == []

    assert sorted(message["seq"] for message in stored.values()) == list(range(1, head + 1)), "a gap"
    posted: dict[Any, int] = {}
    for message in stored.values():
        if message["key"]:
            assert message["key"] not in posted, "stored twice"
            posted[message["key"]] = message["seq"]
    acked = {key: seq for client in clients for key, seq in client.acked.items()}
    assert acked == posted
    assert len(acked) > 10 * ROUNDS
    for client in clients:
        assert client.mirror.messages.items() <= stored.items()
        assert client.mirror.cursor == head


def wait(condition: Any, seconds: float = 30.0) -> None:
    """Until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)
