"""Making and upgrading the database, by Alembic, on SQLite and PostgreSQL alike."""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import sleep
from typing import Literal

from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from parley.settings import Settings, SetupError
from parley.store.connection import take_time
from parley.store.engines import reading_engine, writing_engine
from parley.store.lock import lock
from parley.store.migrations.online import LOCK_SECONDS
from parley.store.progress import Progress, quiet
from parley.store.revisions import Newer, known, newest, revision_of, upgrade_to, welcomes_us
from parley.store.tables import metadata

State = Literal["empty", "outdated", "current", "ahead", "newer"]
ADVISORY_LOCK = 0x7061726C6579  # "parley": one migration at a time on a shared server
LOCK_NOT_AVAILABLE = "55P03"  # SQLSTATE
TRIES = 40  # for a migration that finds no gap; some minutes
LONGEST_PAUSE = 10.0  # seconds between two of them


def create(settings: Settings, *, drop_first: bool = False, progress: Progress = quiet) -> None:
    """Bring the database to the newest schema, without loss; with `drop_first`, empty it before.

    On PostgreSQL nodes of the release before may work meanwhile (docs/decisions/0010), and one that is ahead stays as
    it is. Raises SetupError when the database cannot be reached, the folder cannot be written, a server works on the
    SQLite file, the schema is newer than this code, or somebody held a table for minutes.
    """
    if settings.embedded or drop_first:
        with migrating(settings) as connection:
            if drop_first:
                drop(connection)
            if not _ahead(connection):
                upgrade_to(connection, "head")
    else:
        with _turn(settings, progress) as connection:
            if not _ahead(connection):
                _upgrade_online(connection, progress)


def _upgrade_online(connection: Connection, progress: Progress) -> None:
    """Each migration in a transaction of its own, which waits for a lock only briefly and then lets others pass."""
    connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
    with ExitStack() as shown:
        advance = None
        for attempt in range(TRIES):
            connection.commit()
            try:
                upgrade_to(connection, "head")
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                    raise
                connection.rollback()
            else:
                connection.commit()
                return
            advance = advance or shown.enter_context(progress("waiting for others to leave a table", TRIES))
            advance(1)
            sleep(min(2**attempt * 0.5, LONGEST_PAUSE) * random.uniform(0.8, 1.2))  # noqa: S311
    raise SetupError(
        "Somebody works on a table for so long that the upgrade found no gap, perhaps a backup or a query by hand. "
        "All is as before: wait for it or end it (pg_stat_activity shows it), then run createdb again."
    )


@contextmanager
def migrating(settings: Settings, *, alone: bool = False) -> Iterator[Connection]:
    """One transaction in which the schema may change while nobody else changes it; whole, or nothing of it happens.

    `alone`: on SQLite, nobody else makes the database meanwhile. Raises SetupError like `create`.
    """
    with _turn(settings, alone=alone) as connection, connection.begin():
        yield connection


@contextmanager
def _turn(settings: Settings, progress: Progress = quiet, *, alone: bool = False) -> Iterator[Connection]:
    """A connection without limits, outside of a transaction, while nobody else migrates."""
    _make_folder(settings)
    engine = writing_engine(settings)
    held = lock(settings, alone=alone)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                take_time(connection)
                _take_turn(connection, progress)
            yield connection
    except DBAPIError as error:
        raise unreachable(settings, error) from None
    except CommandError:
        raise Newer("The database") from None
    finally:
        engine.dispose()
        if held is not None:
            held.close()


def _take_turn(connection: Connection, progress: Progress) -> None:
    """Asks again and again: an index that is made beside those who work would wait for our waiting, and we for it."""
    free = text("SELECT pg_try_advisory_lock(:key)")
    with ExitStack() as shown:
        waits = False
        while not connection.scalar(free, {"key": ADVISORY_LOCK}):
            connection.commit()
            if not waits:
                shown.enter_context(progress("waiting for another upgrade to end", 1))
                waits = True
            sleep(0.1)
        connection.commit()


def drop(connection: Connection) -> None:
    """Destroy every table with everything in it. Raises SetupError when a newer Parley may have made others too."""
    revision = revision_of(connection)
    if revision is not None and not known(revision):
        raise SetupError(
            "The database is of a newer Parley, and this one does not know all of its tables: install that one, "
            "or take another database."
        )
    metadata.drop_all(connection)
    if inspect(connection).has_table("alembic_version"):
        connection.execute(text("DROP TABLE alembic_version"))


def state(settings: Settings) -> State:
    """What stands in the database: nothing, an older schema than this code's, the same, or that of a newer one, on
    which this code may still work (`ahead`) or may not (`newer`).

    Raises SetupError when the database cannot be reached.
    """
    if settings.embedded and not settings.database_file.exists():
        _make_folder(settings)
        return "empty"
    engine = reading_engine(settings)
    try:
        with engine.connect() as connection:
            revision = revision_of(connection)
            if revision is None:
                return "empty"
            if revision == newest():
                return "current"
            if known(revision):
                return "outdated"
            return "ahead" if welcomes_us(connection) else "newer"
    except DBAPIError as error:
        raise unreachable(settings, error) from None
    finally:
        engine.dispose()


def _ahead(connection: Connection) -> bool:
    revision = revision_of(connection)
    return revision is not None and not known(revision) and welcomes_us(connection)


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
