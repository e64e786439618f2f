"""A chat with something of everything in it, and the commands that keep it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from parley.core.messages import Delete, Edit, Post, React
from parley.core.previews import Settle
from parley.core.reading import MarkRead
from parley.core.sessions import Issue
from parley.faces.cli import main
from parley.jobs.queue import PreviewResult
from parley.settings import Settings
from parley.store.backup import backup
from parley.store.shapes import LEFT_OUT
from parley.store.snapshot import snapshot
from parley.store.tables import metadata
from tests.stores import Place

PRIVATE = "what I would not tell"  # in every text, so that a test can look for it
# Joined emoji, right to left with an override, a line separator, and what looks like an escaped NUL and is none.
SCRIPTS = f"{PRIVATE} – Zażółć 👩‍👩‍👧 \u202eשלום\u202c \u2028 \\u0000 \x01 𝔘"


def fill(place: Place) -> None:
    """Two people, two rooms; posts, an edit, a deletion, reactions, previews, a read position and a session."""
    ann, bob = place.register("Ann"), place.register("بوب 👩‍🚀")
    place.run(Issue(ann, "session"))
    loved = place.post(ann, f"{PRIVATE}: loved", key="k1")  # message 3
    edited = place.post(ann, f"{PRIVATE}: first", key="k2")  # message 4
    linked = place.post(bob, f"{PRIVATE} http://example.org/a http://example.org/b")  # message 5
    place.run(Edit(ann, edited.message.id, SCRIPTS))  # number 6
    place.run(React(bob, loved.message.id, "👍", True))  # number 7
    deleted = place.post(ann, f"{PRIVATE}: regretted")  # message 6, number 8
    place.run(Delete(ann, deleted.message.id))  # number 9
    place.run(Settle(PreviewResult(linked.message.id, 0, "http://example.org/a", "ready", "Title 📰", "About", "Site")))
    side = place.room(ann, bob)  # room 2
    place.run(Post(bob, side, f"{PRIVATE}: here, @ann, @room", "k1"))  # message 7
    place.run(MarkRead(ann, place.general, 9))


def content(settings: Settings) -> dict[str, list[Any]]:
    """Every row of every table that a backup holds, as it is stored; the epoch stands apart."""
    with snapshot(settings) as connection:
        found = {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
            if name not in LEFT_OUT
        }
    found["epoch"] = found.pop("facts")
    return found


def without_epoch(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: values for name, values in rows.items() if name != "epoch"}


def manage(settings: Settings, *args: object, typed: str = "") -> Result:
    """A command as it is typed, in this process."""
    environment = {"INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url}
    return CliRunner().invoke(main, [str(each) for each in args], env=environment, input=typed)


def succeeds(settings: Settings, *args: object) -> str:
    """What a command answers that has to work."""
    done = manage(settings, *args)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(settings: Settings, *args: object, typed: str = "") -> str:
    """The one sentence of a command that could not work."""
    done = manage(settings, *args, typed=typed)
    assert done.exit_code == 1, done.output
    assert done.stdout == ""
    said = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(said) == 1, done.stderr
    assert said[0].endswith(".")
    assert "Traceback" not in done.output
    assert PRIVATE not in done.output
    return said[0]


@pytest.fixture
def elsewhere(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], Settings]:
    """Settings for a database that is not made yet."""

    def settings(kind: str) -> Settings:
        address = request.getfixturevalue("postgres") if kind == "postgres" else ""
        return Settings(instance=tmp_path / "elsewhere", database_url=address)

    return settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chat.parley"


@pytest.fixture
def source(made_sqlite: Path, tmp_path: Path, opened: Callable[[Settings], Place]) -> Settings:
    """A full chat on SQLite, which nobody has open."""
    (tmp_path / "source").mkdir()
    shutil.copy(made_sqlite, tmp_path / "source" / "parley.db")
    place = opened(Settings(instance=tmp_path / "source"))
    fill(place)
    place.store.stop()
    return place.settings


@pytest.fixture
def kept(source: Settings, file: Path) -> Path:
    """A good backup of it."""
    backup(source, file)
    return file
