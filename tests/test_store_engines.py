"""The connections: what they promise is in force, and no error repeats what is secret."""

import sqlite3

import pytest
from sqlalchemy import Engine, event, insert, text
from sqlalchemy.exc import DBAPIError

from parley.core.accounts import Register
from parley.core.messages import Post
from parley.settings import Settings, SetupError
from parley.store import tables
from parley.store.engines import reading_engine, writing_engine
from parley.store.store import Store
from tests.stores import Place


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar_one()


def test_sqlite_is_durable_and_checks_its_keys(on_sqlite: Settings) -> None:
    for engine, checkpoint, query_only in ((writing_engine(on_sqlite), 1000, 0), (reading_engine(on_sqlite), 0, 1)):
        assert pragma(engine, "journal_mode") == "wal"
        assert pragma(engine, "synchronous") == 2  # FULL
        assert pragma(engine, "foreign_keys") == 1
        assert pragma(engine, "wal_autocheckpoint") == checkpoint
        assert pragma(engine, "query_only") == query_only
        engine.dispose()


def test_sqlite_has_one_writing_connection(on_sqlite: Settings) -> None:
    engine = writing_engine(on_sqlite)
    with engine.connect() as one:
        first = one.connection.dbapi_connection
    with engine.connect() as two:
        assert two.connection.dbapi_connection is first
    engine.dispose()


def test_a_writing_transaction_holds_the_database_from_its_first_statement(on_sqlite: Settings) -> None:
    engine = writing_engine(on_sqlite)
    other = sqlite3.connect(on_sqlite.instance / "parley.db", timeout=0, isolation_level=None)
    with engine.begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    engine.dispose()


def test_only_the_writing_connection_moves_the_log_into_the_file(on_sqlite: Settings) -> None:
    """Readers come and go, and neither their reads nor their closing makes a checkpoint."""
    store = Store(on_sqlite)
    store.start()
    file = on_sqlite.instance / "parley.db"
    before = file.read_bytes()
    ann = store.run(Register("ann", "no hash", store.general)).id
    store.run(Post(ann, store.general, "in the log"))
    with store.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM messages")) == 2
    assert file.read_bytes() == before
    left: list[str] = []
    event.listen(store._reader, "close", lambda *_: left.append("reader"))
    event.listen(store._writer, "close", lambda *_: left.append("writer"))
    store.stop()  # whoever leaves last makes a checkpoint
    assert left == ["reader", "writer"]
    assert file.read_bytes() != before
    assert not file.with_name("parley.db-wal").exists()


def test_the_reading_engine_refuses_to_write(database: Settings) -> None:
    engine = reading_engine(database)
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), engine.begin() as connection:
        connection.execute(insert(tables.facts), [{"name": "a", "value": "b"}])
    engine.dispose()


def test_a_reader_has_one_view(place: Place) -> None:
    ann = place.register()
    with place.store.reading() as connection:
        count = text("SELECT count(*) FROM messages")
        before = connection.scalar(count)
        place.post(ann)
        assert connection.scalar(count) == before
    with place.store.reading() as connection:
        assert connection.scalar(count) == (before or 0) + 1


def test_an_error_of_the_database_does_not_repeat_what_was_written(database: Settings) -> None:
    engine = writing_engine(database)
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(insert(tables.facts), [{"name": "epoch", "value": "a private message"}])
    assert "private" not in str(caught.value)
    engine.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "mysql://u:hidden@127.0.0.1/parley",
        "postgresql+psycopg2://u:hidden@127.0.0.1/parley",
        "sqlite:///elsewhere.db",
        "sqlite://",
        "no address at all",
        "postgresql://u:hid@den:x@127.0.0.1/parley",
        "postgresql://u:hid@hidden/den@127.0.0.1/parley",
        "postgresql://u:hid@hidden@127.0.0.1/parley",
        "postgresql://u:p@127.0.0.1:hidden/parley",
    ],
)
@pytest.mark.parametrize("engine", [reading_engine, writing_engine])
def test_an_address_that_cannot_be_used_is_refused_in_one_sentence(address: str, engine: object) -> None:
    assert callable(engine)
    with pytest.raises(SetupError, match=r"^DATABASE_URL ") as caught:
        engine(Settings(database_url=address))
    assert "hid" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
