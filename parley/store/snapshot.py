"""The whole database as of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from parley.settings import Settings
from parley.store.connection import take_time
from parley.store.engines import reading_engine
from parley.store.schema import unreachable


@contextmanager
def snapshot(settings: Settings) -> Iterator[Connection]:
    """A connection that sees one moment for as long as it is open. Nobody who writes waits for it.

    Rows are streamed. While it is open SQLite cannot start its write-ahead log anew, so that this file grows by
    what is written meanwhile. Raises SetupError when the database cannot be reached.
    """
    engine = reading_engine(settings)
    try:
        with engine.begin() as connection:
            take_time(connection)
            yield connection
    except DBAPIError as error:
        raise unreachable(settings, error) from None
    finally:
        engine.dispose()
