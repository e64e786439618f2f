"""Servers that go on running while their database becomes another: all notice, nobody writes into it unknowingly."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from parley.core.past import Renew
from parley.errors import Unavailable
from parley.settings import Settings
from parley.store import past
from tests.archives import succeeds
from tests.mirror import Mirror, load
from tests.nodes import Window, closed_with, until
from tests.running import RunningServer
from tests.stores import Place

SECONDS = 20.0
DUE = ("event=commit_failed", "event=read_failed")  # errors in the log of a server whose database is away
_numbers = itertools.count(1)


class Database:
    """A database that can be taken away from whoever uses it, and be given back."""

    def __init__(self, server: str, template: str, folder: Path) -> None:
        self._server = server
        self._name = f"past_{next(_numbers)}"
        self._folder = folder
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self._name} TEMPLATE {template}")

    @property
    def settings(self) -> Settings:
        address = self._server.replace("/postgres?", f"/{self._name}?")
        return Settings(instance=self._folder, database_url=address)

    def rename(self, name: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            while True:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self._name]
                )
                try:
                    connection.execute(sql.SQL(f"ALTER DATABASE {self._name} RENAME TO {name}"))
                except psycopg.errors.ObjectInUse:
                    continue  # somebody came back in between
                self._name = name
                return

    def restore(self, file: Path) -> None:
        """Restore a backup while nobody reaches the database."""
        name = self._name
        self.rename(f"{name}_elsewhere")
        succeeds(self.settings, "restore", file, "--drop-first", "--yes")
        self.rename(name)


@pytest.fixture
def database(tmp_path: Path, postgres_server: str, made_postgres: str) -> Database:
    return Database(postgres_server, made_postgres, tmp_path / "commands")


@pytest.fixture
def server(tmp_path: Path, database: Database) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "node", {"DATABASE_URL": database.settings.database_url, "SWEEP": "1"}).start()
    yield running
    assert running.stop(SECONDS) == 0
    assert [line for line in running.errors() if not any(event in line for event in DUE)] == []


def test_a_server_that_runs_through_a_restore_begins_anew(
    server: RunningServer, database: Database, tmp_path: Path
) -> None:
    ann = server.register("Ann")
    with ann.chat() as chat:
        window = Window(chat)
        for text in ("one", "two"):
            window.see(chat.post(text)["message"])
        kept = window.mirror.messages.copy()
        succeeds(database.settings, "backup", file := tmp_path / "chat.parley")
        eve = server.register("Eve, who is not in the backup")
        with eve.chat() as later:
            for text in ("three", "four"):
                window.see(later.post(text)["message"])
            database.restore(file)
            assert closed_with(later, SECONDS) in (1012, 4401)
        assert closed_with(chat, SECONDS) in (1012, 4401)
    until(lambda: any("event=database_restored" in line for line in server.log))
    assert eve.get("/api/messages").status_code == 401, "nobody is signed in after a restore"
    ann, cursor = server.sign_in("Ann", ann.id), window.mirror.cursor
    assert cursor is not None
    with ann.chat(cursors={1: cursor}, epoch=chat.welcome["epoch"]) as chat, ann.chat() as other:
        window, second = Window(chat, window.mirror), Window(other)
        assert window.mirror.messages == second.mirror.messages == kept
        posted = chat.post("three again")
        assert posted["seq"] == cursor - 2, "numbered after what the backup has: Eve joined, and two posts are gone"
        for shown in (window, second):
            shown.see(posted["message"])
    assert load(ann) == window.mirror.messages
    assert "Everything fits together" in succeeds(database.settings, "verify")


def test_when_heads_go_back_by_themselves_everybody_loads_afresh(server: RunningServer, database: Database) -> None:
    """A standby that did not have everything takes over, or a copy from elsewhere: the epoch is what it was."""
    ann = server.register("Ann")
    with ann.chat() as chat:
        window = Window(chat)
        for text in ("one", "two", "three"):
            window.see(chat.post(text)["message"])
        cursor = window.mirror.cursor
        assert cursor is not None
        with psycopg.connect(database.settings.database_url) as connection:
            connection.execute("DELETE FROM messages WHERE source IN ('two', 'three')")
            connection.execute("UPDATE rooms SET head = head - 2")
        assert closed_with(chat, SECONDS) == 1012
    for text in ("two again", "three again", "four"):  # the head passes the cursor
        assert ann.request("POST", "/api/messages", json={"source": text}).status_code == 201
    with ann.chat(cursors={1: cursor}, epoch=chat.welcome["epoch"]) as chat:
        window = Window(chat, Mirror(cursor, window.mirror.messages))
        assert window.mirror.texts()[-4:] == ["one", "two again", "three again", "four"]
        assert chat.welcome["epoch"] != ""
    assert any("event=heads_went_back" in line for line in server.log)


def test_nobody_writes_into_a_past_that_is_not_known(
    opened: Callable[[Settings], Place], on_postgres: Settings
) -> None:
    place = opened(on_postgres)
    ann = place.register()
    with psycopg.connect(on_postgres.database_url, autocommit=True) as connection:
        connection.execute("UPDATE facts SET value = 'another' WHERE name = 'epoch'")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def refusal() -> str:
        with pytest.raises(Unavailable) as refused:
            place.post(ann, "from before")
        return refused.value.detail

    until(lambda: "restored just now" in refusal())  # the first may find that its connection is gone
    with place.store.reading() as reading:
        found = past.read(reading)
    assert found.epoch == "another"
    place.store.past = found
    assert place.post(ann, "knowingly").message.seq == 2


def test_of_several_who_renew_an_epoch_one_is_heard(database: Database, opened: Callable[[Settings], Place]) -> None:
    place = opened(database.settings)
    old = place.store.epoch
    first = Renew(old)
    place.run(first)
    place.run(Renew(old))
    with place.store.reading() as connection:
        assert past.read(connection).epoch == first.new != old
