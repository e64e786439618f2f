"""Making and upgrading the database, by Alembic, on SQLite and PostgreSQL alike."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from alembic.command import upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from parley.settings import Settings, SetupError
from parley.store.connection import take_time
from parley.store.engines import reading_engine, writing_engine
from parley.store.lock import lock
from parley.store.tables import metadata

State = Literal["empty", "outdated", "current", "newer"]
ADVISORY_LOCK = 0x7061726C6579  # "parley": one migration at a time on a shared server


def create(settings: Settings, *, drop_first: bool = False) -> None:
    """Bring the database to the newest schema, without loss; with `drop_first`, empty it before.

    Raises SetupError when the database cannot be reached, the folder cannot be written, a server works on the
    SQLite file, or the schema is newer than this code.
    """
    with migrating(settings) as connection:
        if drop_first:
            drop(connection)
        upgrade_to(connection, "head")


@contextmanager
def migrating(settings: Settings, *, alone: bool = False) -> Iterator[Connection]:
    """One transaction in which the schema may change while nobody else changes it; whole, or nothing of it happens.

    `alone`: on SQLite, nobody else makes the database meanwhile. Raises SetupError like `create`.
    """
    _make_folder(settings)
    engine = writing_engine(settings)
    held = lock(settings, alone=alone)
    try:
        with engine.begin() as connection:
            take_time(connection)  # for a large table, and for whoever migrates before us
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
            yield connection
    except DBAPIError as error:
        raise unreachable(settings, error) from None
    except CommandError:
        raise SetupError("The database is of a newer Parley than this one: install that one.") from None
    finally:
        engine.dispose()
        if held is not None:
            held.close()


def upgrade_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to a revision, or to the newest, `head`. Raises CommandError for one it does not know."""
    configuration = _alembic()
    configuration.attributes["connection"] = connection
    upgrade(configuration, revision)


def revision_of(connection: Connection) -> str | None:
    """Which migration was the last one here; None in an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def known(revision: str) -> bool:
    """Whether this code has a migration of that name; it has none that a newer Parley brought."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def drop(connection: Connection) -> None:
    """Destroy every table with everything in it."""
    metadata.drop_all(connection)
    if inspect(connection).has_table("alembic_version"):
        connection.execute(text("DROP TABLE alembic_version"))


def state(settings: Settings) -> State:
    """What stands in the database: nothing, an older schema than this code's, the same, or a newer one.

    Raises SetupError when the database cannot be reached.
    """
    if settings.embedded and not Path(settings.database.removeprefix("sqlite:///")).exists():
        _make_folder(settings)
        return "empty"
    engine = reading_engine(settings)
    try:
        with engine.connect() as connection:
            revision = revision_of(connection)
    except DBAPIError as error:
        raise unreachable(settings, error) from None
    finally:
        engine.dispose()
    if revision is None:
        return "empty"
    if revision == ScriptDirectory.from_config(_alembic()).get_current_head():
        return "current"
    return "outdated" if known(revision) else "newer"


def unreachable(settings: Settings, error: DBAPIError) -> SetupError:
    """The sentence for a database that does not answer; it never holds the password of the address."""
    if settings.embedded:
        return SetupError(
            f"The database file in {settings.instance.absolute()} cannot be opened ({error.orig}). "
            "Check that the folder can be written and that its disk is not full."
        )
    reason = str(error.orig).strip().splitlines()
    if isinstance(error, OperationalError):
        return SetupError(
            f"DATABASE_URL cannot be reached ({reason[0] if reason else 'no answer'}). "
            "Check the address and that PostgreSQL is running."
        )
    return SetupError(f"The database refuses to work ({reason[0] if reason else 'no reason given'}).")


def _make_folder(settings: Settings) -> None:
    try:
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds what everybody says
        if not os.access(settings.instance, os.W_OK | os.X_OK):
            raise PermissionError("not writable")
    except OSError as error:
        raise SetupError(
            f"The folder {settings.instance.absolute()} cannot be written ({error.strerror or error}). "
            "Make it writable or set INSTANCE to another folder."
        ) from None


def _alembic() -> Config:
    configuration = Config()
    # Alembic expands % in its options, so that a folder with one in its name needs it doubled.
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return configuration
