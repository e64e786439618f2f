"""Connections: one engine that writes, one that only reads.

SQLite gets exactly one writing connection, which makes its checkpoints as well: SQLite before 3.51.3 can lose
pages when two connections write or checkpoint in WAL mode at the same time (https://sqlite.org/wal.html, §11).
"""

import sqlite3
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool, StaticPool

from parley.settings import Settings, SetupError
from parley.store.connection import CONNECT_SECONDS, STATEMENT_SECONDS, bound
from parley.store.pulse import Pulse

READERS = 16
BUSY_SECONDS = 10  # for another connection to let go of the SQLite file


def writing_engine(settings: Settings, pulse: Pulse | None = None) -> Engine:
    """The engine of the committer. Every transaction on it may write from its first statement on.

    `pulse` is told when PostgreSQL does not answer in time.
    """
    if settings.embedded:
        engine = create_engine(
            _address(settings),
            poolclass=StaticPool,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        )
        _tune_sqlite(engine, begin="BEGIN IMMEDIATE", query_only=False)
        return engine
    return _postgres(settings, pulse, pool_size=2, read_only=False)


def reading_engine(settings: Settings, pulse: Pulse | None = None) -> Engine:
    """The engine of everything that looks. Writing on it is an error in both databases.

    `pulse` is told when PostgreSQL does not answer in time.
    """
    if settings.embedded:
        engine = create_engine(
            _address(settings),
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        )
        _tune_sqlite(engine, begin="BEGIN", query_only=True)
        return engine
    return _postgres(settings, pulse, pool_size=READERS, read_only=True)


def _address(settings: Settings) -> URL:
    if settings.embedded:  # not through a text, in which a folder's name could mean something else
        return URL.create("sqlite", database=str(settings.database_file))
    try:
        url = make_url(settings.database)
    except (ArgumentError, ValueError):  # whose words would repeat parts of the password
        url = None
    if url is None or url.drivername != "postgresql+psycopg":
        raise SetupError(
            "DATABASE_URL is no address of a database Parley knows; it looks like postgresql://user@host/name."
        )
    if "@" in f"{url.host}{url.database}":
        raise SetupError("DATABASE_URL holds an @ too many; write one in a password as %40.")
    return url


def _postgres(settings: Settings, pulse: Pulse | None, *, pool_size: int, read_only: bool) -> Engine:
    limits = {
        "statement_timeout": STATEMENT_SECONDS * 1000,
        "lock_timeout": STATEMENT_SECONDS * 1000 - 500,  # so that the log tells one from the other
        "idle_in_transaction_session_timeout": STATEMENT_SECONDS * 1000,  # a node that hangs must not hold a room
        **({"default_transaction_read_only": "on"} if read_only else {}),
    }
    # Two hours of silence is what a firewall forgives; a peer that is gone must be noticed much sooner.
    engine = create_engine(
        _address(settings),
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,  # they hold what people write, and errors are logged
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "application_name": "parley",
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        },
    )
    bound(engine, pulse or Pulse())
    return engine


def _tune_sqlite(engine: Engine, *, begin: str, query_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred; ours stands below
        _keep_a_log(connection)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-16000",
            f"wal_autocheckpoint={0 if query_only else 1000}",
            f"query_only={'ON' if query_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Turn to WAL. Here SQLite waits for nobody who makes the same new file: it says at once that it is locked."""
    end = monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > end:
                raise
            sleep(0.01)
        else:
            return
