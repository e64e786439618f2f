"""A PostgreSQL that hangs, and a network that swallows: everybody is answered soon, nobody falsely, and it passes."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from parley.core.messages import Post
from parley.errors import Unavailable
from parley.settings import Settings, SetupError
from parley.store import connection, engines
from parley.store.batch import Batch, Change, Command
from parley.store.connection import BoundedConnection
from parley.store.positions import Move
from parley.store.schema import create, state
from parley.store.snapshot import snapshot
from tests.postgres import OwnServer
from tests.stores import PATIENCE, Hold, Place

SOON = 12.0  # seconds within which everybody has to be answered; with the patience below far less


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "patience", 1.5)
    monkeypatch.setattr(engines, "CONNECT_SECONDS", 2)


@pytest.fixture
def server(postgres_that_may_hang: OwnServer) -> Iterator[OwnServer]:
    create(Settings(database_url=postgres_that_may_hang.url))
    yield postgres_that_may_hang
    postgres_that_may_hang.go_on()


@pytest.fixture
def place(server: OwnServer, opened: Callable[[Settings], Place]) -> Place:
    return opened(Settings(database_url=server.url))


@contextmanager
def soon(seconds: float = SOON) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def eventually(work: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except Unavailable:
            assert time.monotonic() < end
            time.sleep(0.02)


def read(place: Place) -> None:
    with place.store.reading() as each:
        each.execute(text("SELECT 1"))


def test_who_waits_for_a_database_that_hangs_is_refused_soon_and_stored_once_later(
    server: OwnServer, place: Place
) -> None:
    ann = place.register()
    before = place.head()
    posts = [Post(ann, place.general, str(number), f"k{number}") for number in range(600)]
    answers: list[Any] = []
    all_answered = threading.Event()

    def answer(result: Any) -> None:
        answers.append(result)
        if len(answers) == len(posts):
            all_answered.set()

    hold = Hold()
    hold.hold(place.store)  # its transaction is under way, and all the posts wait behind it
    for post in posts:
        place.store.submit(post, answer)
    server.hang()
    hold.let_go()
    with soon():
        assert all_answered.wait(PATIENCE)
    assert {type(each) for each in answers} == {Unavailable}
    with soon(1.0), pytest.raises(Unavailable, match="same key"):
        place.post(ann, "at once")
    server.go_on()
    eventually(lambda: place.run(posts[0]))
    stored = [each.seq for each in place.all_at_once(posts)]
    assert stored[0] == before + 1
    assert sorted(stored) == list(range(before + 1, place.head() + 1))


def test_a_commit_without_an_answer_is_not_acknowledged_and_a_retry_finds_what_came_of_it(
    server: OwnServer, place: Place
) -> None:
    ann = place.register()
    before = place.head()
    event.listen(place.store._writer, "commit", lambda _: server.hang(), once=True)  # just before it is sent
    with soon(), pytest.raises(Unavailable, match="same key"):
        place.post(ann, "stored or not?", key="k")
    server.go_on()
    again: Change = eventually(lambda: place.post(ann, "stored or not?", key="k"))
    assert (again.seq, place.head()) == (before + 1, before + 1)


def test_reads_from_a_database_that_hangs_are_refused_soon(server: OwnServer, place: Place) -> None:
    read(place)
    refused: list[Unavailable] = []

    def try_to() -> None:
        try:
            read(place)
        except Unavailable as error:
            refused.append(error)

    server.hang()
    readers = [threading.Thread(target=try_to) for _ in range(engines.READERS + 4)]  # more than there are connections
    with soon():
        for each in readers:
            each.start()
        for each in readers:
            each.join(PATIENCE)
    assert len(refused) == len(readers)
    with soon(1.0), pytest.raises(Unavailable, match="does not answer"):
        read(place)
    server.go_on()
    eventually(lambda: read(place))


def test_a_reader_in_the_midst_of_its_work_is_refused_too(server: OwnServer, place: Place) -> None:
    def work() -> None:
        with place.store.reading() as each:
            each.execute(text("SELECT 1"))
            server.hang()
            each.execute(text("SELECT 2"))

    with soon(), pytest.raises(Unavailable):
        work()
    server.go_on()
    eventually(lambda: read(place))


def test_who_stops_does_not_wait_for_a_database_that_hangs(server: OwnServer, place: Place) -> None:
    place.register()
    server.hang()
    with soon(), pytest.raises(Unavailable):
        place.register()
    with soon():
        place.store.stop()


class Network:
    """Passes bytes on to a server, until the connections that there are get lost without a word."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = [self._listener]
        self._lost: set[socket.socket] = set()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def lose(self) -> None:
        self._lost.update(self._ends)

    def close(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._path)
                self._ends += [near, far]
                for way in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=way, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source not in self._lost:
                    target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def network(server: OwnServer) -> Iterator[Network]:
    made = Network(f"{psycopg.conninfo.conninfo_to_dict(server.url)['host']}/.s.PGSQL.5432")
    yield made
    made.close()


def test_of_connections_that_were_lost_together_only_the_first_is_waited_for(
    network: Network, opened: Callable[[Settings], Place]
) -> None:
    place = opened(Settings(database_url=f"postgresql://postgres@127.0.0.1:{network.port}/postgres"))
    ann = place.register()
    with ExitStack() as stack:  # so many are in the pool then
        for _ in range(4):
            stack.enter_context(place.store.reading()).execute(text("SELECT 1"))
    network.lose()
    with soon(), pytest.raises(Unavailable):
        read(place)
    eventually(lambda: read(place))
    with soon(1.0):
        for _ in range(4):
            read(place)
        place.post(ann, "by a new connection")


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"postgresql://postgres@127.0.0.1:{listener.getsockname()[1]}/postgres"


@pytest.mark.parametrize("look", [state, create])
def test_a_server_that_says_nothing_is_not_waited_for(mute: str, look: Callable[[Settings], object]) -> None:
    with soon(), pytest.raises(SetupError, match="DATABASE_URL cannot be reached"):
        look(Settings(database_url=mute))


def test_slow_is_not_silent(
    server: OwnServer, monkeypatch: pytest.MonkeyPatch, opened: Callable[[Settings], Place]
) -> None:
    assert connection.STATEMENT_SECONDS < connection.ANSWER_SECONDS
    monkeypatch.setattr(engines, "STATEMENT_SECONDS", 1)
    place = opened(Settings(database_url=server.url))
    pid = text("SELECT pg_backend_pid()")
    with place.store.reading() as each:
        before = each.scalar(pid)
    with pytest.raises(Unavailable, match="cannot be read"), place.store.reading() as each:
        each.execute(text("SELECT pg_sleep(30)"))
    with place.store.reading() as each:  # not refused, and by the same connection
        assert each.scalar(pid) == before


def test_what_may_take_long_is_waited_for(server: OwnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedConnection, "patience", 0.3)
    with snapshot(Settings(database_url=server.url)) as each:
        assert each.scalar(text("SELECT 'done' FROM pg_sleep(0.6)")) == "done"
    engine = engines.reading_engine(Settings(database_url=server.url))
    with pytest.raises(OperationalError, match="does not answer"), engine.connect() as each:
        each.execute(text("SELECT pg_sleep(0.6)"))
    engine.dispose()


class Hangs(Command):
    """What a stopped process does in the midst of a transaction: nothing, for too long."""

    def apply(self, batch: Batch) -> None:
        mine = batch.connection.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(batch.connection.engine.url.set(drivername="postgresql").render_as_string(False)) as other:
            query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
            end = time.monotonic() + PATIENCE
            while other.execute(query, [mine]).fetchone() != (0,):
                assert time.monotonic() < end, "the server waits for us"
                other.rollback()
        batch.move_read(1, 1, Move(0))


def test_a_transaction_in_which_we_hung_is_put_off_with_everybody_in_it(
    on_postgres: Settings, monkeypatch: pytest.MonkeyPatch, opened: Callable[[Settings], Place]
) -> None:
    """The server ends it, so that a node that hangs does not hold a room."""
    monkeypatch.setattr(engines, "STATEMENT_SECONDS", 1)
    place = opened(on_postgres)
    with capture_logs() as logs, pytest.raises(Unavailable, match="same key"):
        place.run(Hangs())
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["commit_failed"]
    assert place.register(), "and goes on"
