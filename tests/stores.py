"""Stores on both databases, made new for each test, and people in them."""

import itertools
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from sqlalchemy import Connection, insert, select, text

from parley.core.accounts import Register
from parley.core.messages import Post
from parley.errors import Unavailable
from parley.settings import Settings
from parley.signals import Signal
from parley.store import messages, tables
from parley.store.batch import Batch, Change, Command
from parley.store.committer import Committed
from parley.store.engines import writing_engine
from parley.store.schema import create
from parley.store.store import Store
from parley.wire import Message

PATIENCE = 30.0  # seconds until a test gives up waiting for an event
_numbers = itertools.count(1)


def take_seat(connection: Connection, room: int, user: int, now: datetime) -> None:
    """A seat of which the room's log says nothing, and whose owner has read nothing."""
    connection.execute(insert(tables.members).values(room_id=room, user_id=user, read_seq=0, joined_at=now))


@dataclass(slots=True)
class MakeRoom(Command):
    """A room with these people in it."""

    name: str
    people: Sequence[int]

    def apply(self, batch: Batch) -> int:
        query = insert(tables.rooms).values(
            name=self.name, name_key=self.name, kind="public", head=0, created_at=batch.now
        )
        room = int(batch.connection.execute(query.returning(tables.rooms.c.id)).scalar_one())
        for person in self.people:
            take_seat(batch.connection, room, person, batch.now)
        return room


@dataclass(slots=True)
class Hold(Command):
    """Keep the committer busy until `let_go`, so that what is submitted meanwhile has to wait."""

    _reached: threading.Event = field(default_factory=threading.Event)
    _free: threading.Event = field(default_factory=threading.Event)

    def apply(self, batch: Batch) -> None:
        self._reached.set()
        assert self._free.wait(PATIENCE)

    def hold(self, store: Store) -> None:
        store.submit(self, lambda _: None)
        assert self._reached.wait(PATIENCE)

    def let_go(self) -> None:
        self._free.set()


NOTHING = Signal("tokens", 0)  # of nobody


class Nothing(Command):
    """Changes nothing; once it is answered, all that follows earlier commands has happened."""

    def apply(self, batch: Batch) -> None:
        batch.signals.append(NOTHING)


class Place:
    """A store that works, and everything it has committed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._committed: list[Committed] = []
        self.store = Store(settings, self._note)
        self.store.start()
        self.general = self.store.general

    def _note(self, committed: Committed) -> None:
        if NOTHING not in committed.signals:
            self._committed.append(committed)

    @property
    def committed(self) -> list[Committed]:
        """What was published so far. Answers come first, so this waits for what follows the latest."""
        with suppress(Unavailable):  # stopped: nothing follows any more
            self.store.run(Nothing())
        return self._committed

    @property
    def changes(self) -> list[Change]:
        """Every change, in the order in which this node stored them."""
        return [change for committed in self.committed for change in committed.changes]

    def run(self, command: Command) -> Any:
        return self.store.run(command)

    def register(self, name: str = "") -> int:
        """Somebody new in the general room, who has no password."""
        number: int = self.run(Register(name or f"person {next(_numbers)}", "no hash", self.general)).id
        return number

    def room(self, *people: int) -> int:
        number: int = self.run(MakeRoom(f"room {next(_numbers)}", people))
        return number

    def post(self, author: int, source: str = "hello", *, room: int | None = None, key: str | None = None) -> Change:
        change: Change = self.run(Post(author, room or self.general, source, key))
        return change

    def all_at_once(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to commands that waited together."""
        answers: dict[int, Any] = {}
        done = threading.Event()

        def answer(position: int, result: Any) -> None:
            answers[position] = result
            if len(answers) == len(commands):
                done.set()

        hold = Hold()
        hold.hold(self.store)
        for position, command in enumerate(commands):
            self.store.submit(command, lambda result, position=position: answer(position, result))  # type: ignore[misc]
        hold.let_go()
        assert done.wait(PATIENCE), f"{len(answers)} of {len(commands)} commands were answered"
        return [answers[position] for position in range(len(commands))]

    def message(self, number: int) -> Message:
        with self.store.reading() as connection:
            found = messages.one(connection, number)
        assert found is not None
        return found

    def log(self, room: int | None = None, after: int = 0, limit: int = 10_000) -> list[Message]:
        """What changed after a cursor, read afresh, in pages."""
        found: list[Message] = []
        more = True
        while more:
            with self.store.reading() as connection:
                page = messages.changes_after(connection, room or self.general, after, limit)
            assert page.to >= after
            found += page.messages
            after, more = page.to, page.more
        return found

    def head(self, room: int | None = None) -> int:
        with self.store.reading() as connection:
            return messages.head(connection, room or self.general)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """A whole table, to look at what no query of Parley shows."""
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(select(tables.metadata.tables[table]))]


def sources(place: Place) -> list[str]:
    """What people wrote in the general room, in order."""
    return [message.source for message in place.log() if message.kind == "text"]


def execute(settings: Settings, statement: str) -> list[object]:
    """Run one statement of SQL; the first column of what it gives."""
    engine = writing_engine(settings)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = list(result.scalars()) if result.returns_rows else []
    engine.dispose()
    return rows


def figure(settings: Settings, query: LiteralString) -> int:
    """The one number that a query on PostgreSQL gives."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture(scope="session")
def made_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    settings = Settings(instance=tmp_path_factory.mktemp("made"))
    create(settings)
    return settings.instance / "parley.db"


@pytest.fixture(scope="session")
def made_postgres(postgres_server: str) -> str:
    """The name of a migrated database on the server, to be copied."""
    name = "made"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    create(Settings(database_url=postgres_server.replace("/postgres?", f"/{name}?")))
    return name


@pytest.fixture
def on_sqlite(made_sqlite: Path, instance: Path) -> Settings:
    """An empty chat in a SQLite file of this test alone."""
    instance.mkdir()
    shutil.copy(made_sqlite, instance / "parley.db")
    return Settings(instance=instance)


@pytest.fixture
def on_postgres(made_postgres: str, postgres_server: str, instance: Path) -> Settings:
    """An empty chat in a PostgreSQL database of this test alone."""
    instance.mkdir()
    name = f"copy_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {made_postgres}")
    return Settings(instance=instance, database_url=postgres_server.replace("/postgres?", f"/{name}?"))


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Settings:
    """An empty chat: the test runs once on each database."""
    settings: Settings = request.getfixturevalue(f"on_{request.param}")
    return settings


@pytest.fixture
def opened() -> Iterator[Callable[[Settings], Place]]:
    """Opens stores, as a node does; they are closed after the test."""
    places: list[Place] = []

    def open_place(settings: Settings) -> Place:
        places.append(Place(settings))
        return places[-1]

    yield open_place
    for place in places:
        place.store.stop()


@pytest.fixture
def place(database: Settings, opened: Callable[[Settings], Place]) -> Place:
    """A store, once on each database."""
    return opened(database)


@pytest.fixture
def small(on_sqlite: Settings, opened: Callable[[Settings], Place]) -> Place:
    """A store on SQLite, for rules that do not depend on the database."""
    return opened(on_sqlite)
