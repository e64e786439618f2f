"""A connection to PostgreSQL on which nobody waits for ever.

A server that hangs, or a network that swallows, ends no TCP connection: the kernel of a stopped process goes on
acknowledging, and limits that the server is to keep are kept by nobody. So whoever waits looks at the clock.
"""

from functools import partial
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, _WaitTimeout
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, text

from parley.store.pulse import Connect, Pulse

CONNECT_SECONDS = 5
PROBE_SECONDS = 2
STATEMENT_SECONDS = 5  # after which a server that is only slow says so itself
ANSWER_SECONDS = 7.0  # after which there is none; more than the above, so that slow is told from silent

Answer = TypeVar("Answer")


class BoundedConnection(psycopg.Connection[Any]):
    """Raises OperationalError, and is closed, when one answer takes longer than `patience` seconds.

    What was asked for may have happened all the same: a COMMIT that nobody answered is neither done nor undone.
    """

    patience: float | None = ANSWER_SECONDS
    pulse: Pulse
    probe: Connect
    made_at: float

    def wait(self, gen: PQGen[Answer], interval: float = 0.1, timeout: float | None = None) -> Answer:
        """Everything psycopg waits for comes through here (`psycopg.waiting`)."""
        if timeout is not None:  # somebody else looks at the clock
            return super().wait(gen, interval, timeout)
        if self.made_at < self.pulse.lost_at and self.pgconn.transaction_status == TransactionStatus.IDLE:
            self.pgconn.finish()  # it may be one of those that were lost; a new one is quicker than to find out
            raise _no_answer()
        try:
            return super().wait(gen, interval, self.patience)
        except _WaitTimeout:
            self.pgconn.finish()  # the answer may still come, and must not be taken for that of the next question
            self.pulse.lost(self.probe)
            raise _no_answer() from None


def bound(engine: Engine, pulse: Pulse) -> None:
    """Let every connection of this engine wait for a bounded time only, and tell `pulse` when it was in vain."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> BoundedConnection:
        if pulse.silent:
            raise _no_answer()
        probe = partial(BoundedConnection.connect, *arguments, **{**options, "connect_timeout": PROBE_SECONDS})
        try:
            connection = BoundedConnection.connect(*arguments, **options)
        except ConnectionTimeout:
            pulse.lost(probe)
            raise
        connection.pulse, connection.probe, connection.made_at = pulse, probe, monotonic()
        return connection


def _no_answer() -> psycopg.OperationalError:
    return psycopg.OperationalError("the database does not answer")


def take_time(connection: Connection) -> None:
    """Lift every limit from this connection, for what may legally take long; it must not return to a pool that goes
    on to be used. SQLite has none.
    """
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET {limit} = 0"))
        driver = connection.connection.driver_connection
        assert isinstance(driver, BoundedConnection)
        driver.patience = None
