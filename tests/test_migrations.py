"""Making and upgrading the database, on SQLite and PostgreSQL alike."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from parley.settings import Settings, SetupError
from parley.store.engines import writing_engine
from parley.store.lock import lock
from parley.store.progress import Advance, quiet
from parley.store.schema import ADVISORY_LOCK, create, state
from parley.store.store import Store
from parley.store.tables import metadata
from tests.racing import race
from tests.stores import PATIENCE, Place, execute


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, instance: Path) -> Settings:
    """Settings for a database without a table."""
    address = "" if request.param == "sqlite" else request.getfixturevalue("postgres")
    return Settings(instance=instance, database_url=address)


def epoch(settings: Settings) -> object:
    return execute(settings, "SELECT value FROM facts WHERE name = 'epoch'")


def test_an_empty_database_becomes_current(empty: Settings) -> None:
    assert state(empty) == "empty"
    create(empty)
    assert state(empty) == "current"
    store = Store(empty)
    store.start()
    assert len(store.epoch) == 32
    store.stop()


def test_migrations_make_what_the_tables_say(empty: Settings) -> None:
    create(empty)
    engine = writing_engine(empty)
    with engine.begin() as connection:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            # FTS5, which no Table describes, is on SQLite what this index is on PostgreSQL.
            "include_object": lambda _, name, *__: not (empty.embedded and "search_grams" in str(name)),
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_creating_twice_changes_nothing(place: Place) -> None:
    ann = place.register("ann")
    place.post(ann, "still here")
    before = epoch(place.settings)
    create(place.settings)
    assert epoch(place.settings) == before
    assert [message.source for message in place.log()] == ["ann joined", "still here"]


def test_dropping_first_destroys_everything_and_starts_a_new_epoch(place: Place) -> None:
    place.post(place.register("ann"))
    before = epoch(place.settings)
    place.store.stop()
    create(place.settings, drop_first=True)
    assert epoch(place.settings) != before
    assert execute(place.settings, "SELECT count(*) FROM messages") == [0]
    assert execute(place.settings, "SELECT count(*) FROM users") == [0]
    assert execute(place.settings, "SELECT head FROM rooms") == [0]


def test_dropping_first_works_on_an_empty_database(empty: Settings) -> None:
    create(empty, drop_first=True)
    assert state(empty) == "current"


def test_a_newer_database_is_told_from_an_older_one(database: Settings) -> None:
    execute(database, "UPDATE alembic_version SET version_num = '9999'")
    execute(database, "DELETE FROM facts WHERE name = 'works_with'")
    assert state(database) == "newer"
    with pytest.raises(SetupError, match="newer"):
        create(database)
    execute(database, "DELETE FROM alembic_version")
    assert state(database) == "empty"


def test_a_database_before_the_newest_migration_is_outdated(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alembic.script.ScriptDirectory.get_current_head", lambda _: "the next one")
    assert state(database) == "outdated"


def test_looking_at_the_state_writes_nothing(database: Settings) -> None:
    engine = writing_engine(database)
    with engine.begin() as connection:  # on SQLite a second writer would have to wait for this one
        connection.execute(text("UPDATE facts SET value = value"))
        assert state(database) == "current"
    engine.dispose()


def test_processes_that_create_at_once_make_one_database(empty: Settings) -> None:
    work = "from parley.store.schema import create\ncreate(settings)"
    race(work, {"INSTANCE": str(empty.instance), "DATABASE_URL": empty.database_url}, 3)
    assert state(empty) == "current"
    assert execute(empty, "SELECT count(*) FROM rooms") == [1]


def test_creating_waits_for_whoever_creates_on_another_machine(postgres: str, instance: Path) -> None:
    settings = Settings(instance=instance, database_url=postgres)
    waits = threading.Event()

    def tell(label: str, length: int) -> AbstractContextManager[Advance]:
        assert label == "waiting for another upgrade to end"
        waits.set()
        return quiet(label, length)

    with ThreadPoolExecutor(1) as pool, psycopg.connect(postgres) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        created = pool.submit(create, settings, progress=tell)
        assert waits.wait(PATIENCE)
        assert state(settings) == "empty"
        other.commit()
        created.result(PATIENCE)
    assert state(settings) == "current"


def test_nothing_is_created_beneath_a_server_that_works_on_the_file(on_sqlite: Settings) -> None:
    held = lock(on_sqlite, alone=True)
    assert held is not None
    before = epoch(on_sqlite)
    with pytest.raises(SetupError, match="Stop it first"):
        create(on_sqlite, drop_first=True)
    assert epoch(on_sqlite) == before
    held.close()
    create(on_sqlite, drop_first=True)
    assert epoch(on_sqlite) != before


@pytest.mark.parametrize("look", [state, create])
@pytest.mark.parametrize(
    "address",
    ["postgresql://ann:hidden@127.0.0.1:1/parley", "postgresql://ann:hidden@host.invalid/parley?connect_timeout=2"],
)
def test_a_database_out_of_reach_is_one_sentence_without_the_password(
    look: object, address: str, instance: Path
) -> None:
    assert callable(look)
    with pytest.raises(SetupError, match="DATABASE_URL cannot be reached") as caught:
        look(Settings(instance=instance, database_url=address))
    assert "hidden" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("look", [state, create])
def test_an_address_without_its_database_is_one_sentence(look: object, postgres_server: str, instance: Path) -> None:
    assert callable(look)
    with pytest.raises(SetupError, match="does not exist") as caught:
        look(Settings(instance=instance, database_url=postgres_server.replace("/postgres?", "/nowhere?")))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("look", [state, create])
def test_a_folder_that_cannot_be_made_is_one_sentence(look: object, tmp_path: Path) -> None:
    assert callable(look)
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/parley")):
        with pytest.raises(SetupError, match="cannot be written"):
            look(Settings(instance=folder))


@pytest.mark.parametrize("look", [state, create])
def test_a_file_that_is_no_database_is_one_sentence(look: object, instance: Path) -> None:
    assert callable(look)
    instance.mkdir()
    (instance / "parley.db").write_text("something else entirely, long enough to be looked at " * 100)
    with pytest.raises(SetupError, match="cannot be opened"):
        look(Settings(instance=instance))
    (instance / "parley.db").unlink()
    (instance / "parley.db").mkdir()
    with pytest.raises(SetupError, match="cannot be opened"):
        look(Settings(instance=instance))


def test_only_the_owner_may_look_into_a_folder_that_parley_makes(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance")
    create(settings)
    assert stat.S_IMODE(settings.instance.stat().st_mode) == 0o700


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "100 % ünsere # daten?x=1")
    create(settings)
    assert state(settings) == "current"
    assert (settings.instance / "parley.db").is_file()
