"""A release is rolled out while nodes of the one before go on working, and can be taken back."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest

from parley.core.messages import Edit
from parley.errors import Refused
from parley.settings import Settings, SetupError
from parley.store import schema
from parley.store.backup import backup
from parley.store.progress import Advance
from parley.store.schema import create, state
from tests.archives import fill, refused, succeeds
from tests.nodes import until
from tests.releases import next_release
from tests.running import RunningServer
from tests.stores import PATIENCE, Place, execute, figure

BRIEF = 5.0  # seconds that a node may have to wait; a machine with much else to do needs some of them

INDEX = """
works_with = "0001"

def upgrade() -> None:
    create_index("ix_messages_reply_to", "messages", ["reply_to"])
"""
TABLES = """
works_with = "0001"

def upgrade() -> None:
    op.create_table(
        "badges",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), nullable=False),
    )
    op.add_column("users", sa.Column("motto", sa.Text()))
    op.add_column("messages", sa.Column("mood", sa.Text(), nullable=False, server_default="calm"))
"""
TOO_NEW = """
def upgrade() -> None:
    op.add_column("users", sa.Column("motto", sa.Text()))
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "LONGEST_PAUSE", 0.5)


class Busy(threading.Thread):
    """Posts, edits and reads without a pause, and notes the longest that anything took."""

    def __init__(self, place: Place) -> None:
        super().__init__(daemon=True)
        self.place = place
        self._author = place.register()
        self._enough = threading.Event()
        self.rounds = 0
        self.longest = 0.0
        self.refused: list[Refused] = []

    def run(self) -> None:
        while not self._enough.is_set():
            began = time.monotonic()
            try:
                number = self.place.post(self._author, f"{self.rounds}").message.id
                self.place.run(Edit(self._author, number, f"{self.rounds}, edited"))
                assert self.place.message(number).source == f"{self.rounds}, edited"
            except Refused as error:
                self.refused.append(error)
            self.longest = max(self.longest, time.monotonic() - began)
            self.rounds += 1

    def go_on(self) -> None:
        """Return when some more was done."""
        seen = self.rounds
        until(lambda: self.rounds > seen + 2)

    def stop(self) -> None:
        self._enough.set()
        self.join(PATIENCE)


@pytest.fixture
def busy(on_postgres: Settings, opened: Callable[[Settings], Place]) -> Iterator[Busy]:
    worker = Busy(opened(on_postgres))
    worker.start()
    yield worker
    worker.stop()


@contextmanager
def looking(settings: Settings) -> Iterator[None]:
    """A transaction that has read from the tables, and is open."""
    with psycopg.connect(settings.database_url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT count(*) FROM messages, users")
        yield


class Upgrade:
    """`create` on a thread, and what it says."""

    def __init__(self, settings: Settings) -> None:
        self.said: list[str] = []
        self.tries = 0
        self._settings = settings

    def start(self, pool: ThreadPoolExecutor) -> "Future[None]":
        return pool.submit(create, self._settings, progress=self._tell)

    def _tell(self, label: str, length: int) -> AbstractContextManager[Advance]:
        self.said.append(label)

        @contextmanager
        def shown() -> Iterator[Advance]:
            yield self._advance

        return shown()

    def _advance(self, more: int) -> None:
        self.tries += more


def test_nodes_go_on_while_an_index_is_made(on_postgres: Settings, busy: Busy, tmp_path: Path) -> None:
    waits = "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for%'"
    upgrade = Upgrade(on_postgres)
    with next_release(tmp_path, [INDEX]), ThreadPoolExecutor(1) as pool:
        with looking(on_postgres):
            done = upgrade.start(pool)
            until(lambda: figure(on_postgres, waits) == 1)
            busy.go_on()
            assert not done.done()
        done.result(PATIENCE)
        busy.go_on()
        assert state(on_postgres) == "current"
    assert upgrade.said == [], "nothing that anybody would have to wait for"
    assert busy.refused == []
    assert busy.longest < BRIEF


def test_nodes_go_on_while_tables_change_and_start_on_the_result(
    on_postgres: Settings, busy: Busy, tmp_path: Path
) -> None:
    upgrade = Upgrade(on_postgres)
    with next_release(tmp_path, [TABLES]), ThreadPoolExecutor(1) as pool:
        assert state(on_postgres) == "outdated"
        with looking(on_postgres):
            done = upgrade.start(pool)
            until(lambda: upgrade.tries >= 3)
            busy.go_on()
            assert not done.done()
        done.result(PATIENCE)
        busy.go_on()
        assert state(on_postgres) == "current"
    busy.stop()
    assert upgrade.said == ["waiting for others to leave a table"]
    assert busy.refused == []
    assert busy.longest < BRIEF

    assert state(on_postgres) == "ahead"
    server = RunningServer(on_postgres.instance, {"DATABASE_URL": on_postgres.database_url}).start()
    try:
        with server.register("bob").chat() as chat:
            assert chat.post("as ever")["seq"] == busy.place.head()
    finally:
        server.stop()
    assert server.errors() == []


def test_an_upgrade_that_finds_no_gap_ends_with_a_sentence_and_changes_nothing(
    on_postgres: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "TRIES", 2)
    with next_release(tmp_path, [TABLES]):
        with looking(on_postgres), pytest.raises(SetupError, match="found no gap"):
            create(on_postgres)
        assert state(on_postgres) == "outdated"
        create(on_postgres)
        assert state(on_postgres) == "current"


def test_an_index_that_was_half_made_is_made_anew_and_what_follows_waits_only_briefly(
    on_postgres: Settings, tmp_path: Path
) -> None:
    execute(on_postgres, "CREATE INDEX ix_messages_reply_to ON messages (kind)")
    follows = """
def upgrade() -> None:
    assert op.get_bind().scalar(sa.text("SHOW lock_timeout")) == "1s"
"""
    with next_release(tmp_path, [INDEX, follows]):
        create(on_postgres)
    made = "SELECT indexdef LIKE '%(reply_to)' FROM pg_indexes WHERE indexname = 'ix_messages_reply_to'"
    assert execute(on_postgres, made) == [True]


# ── a release that is older than its database ───────────────────────────────────────────────────────


@pytest.fixture
def upgraded(database: Settings, opened: Callable[[Settings], Place], tmp_path: Path) -> Settings:
    """A chat of this release, upgraded by the next."""
    place = opened(database)
    fill(place)
    place.store.stop()
    with next_release(tmp_path, [INDEX, TABLES]):
        create(database)
        assert state(database) == "current"
    return database


def test_it_may_start_where_the_database_says_so(upgraded: Settings, opened: Callable[[Settings], Place]) -> None:
    assert state(upgraded) == "ahead"
    place = opened(upgraded)
    before = place.head()
    assert place.post(place.register(), "as ever").seq == before + 2
    assert "Everything fits together" in succeeds(upgraded, "verify")


def test_it_leaves_the_tables_as_they_are(upgraded: Settings, tmp_path: Path) -> None:
    assert "nothing was changed" in succeeds(upgraded, "createdb")
    with next_release(tmp_path, [INDEX, TABLES]):
        assert state(upgraded) == "current"


def test_it_makes_no_backup_that_would_lack_columns(upgraded: Settings, file: Path) -> None:
    assert "newer Parley" in refused(upgraded, "backup", file)
    assert not file.exists()


def test_it_destroys_no_tables_of_which_it_knows_some_only(upgraded: Settings, kept: Path) -> None:
    before = execute(upgraded, "SELECT count(*) FROM messages")
    for command in (["createdb", "--drop-first", "--yes"], ["restore", kept, "--drop-first", "--yes"]):
        assert "does not know all of its tables" in refused(upgraded, *command)
    assert execute(upgraded, "SELECT count(*) FROM messages") == before


def test_it_is_refused_by_a_migration_that_does_not_name_it(database: Settings, tmp_path: Path, file: Path) -> None:
    with next_release(tmp_path, [TABLES, TOO_NEW.replace("motto", "song")]):
        create(database)
    assert state(database) == "newer"
    for command in ("runserver", "createdb", "verify"):
        assert "is of a newer Parley than this" in refused(database, command)
    assert "newer Parley" in refused(database, "backup", file)


def test_a_backup_of_the_next_release_keeps_who_may_work_on_it(
    upgraded: Settings, tmp_path: Path, file: Path, elsewhere: Callable[[str], Settings]
) -> None:
    other = elsewhere("sqlite" if not upgraded.embedded else "postgres")
    with next_release(tmp_path, [INDEX, TABLES]):
        backup(upgraded, file)
        succeeds(other, "restore", file)
    assert state(other) == "ahead"
