"""PostgreSQL as the carrier: LISTEN and NOTIFY. A payload is short, so that it only rings.

https://www.postgresql.org/docs/current/sql-notify.html

Both connections are autocommit: a listener inside a transaction would keep the server from ever emptying its queue
of notifications, which is 8 GB long, and after that nobody can notify. LISTEN needs a connection of its own, so a
pooler in between must pool sessions, not transactions.
"""

from collections.abc import Sequence
from typing import TypeVar

import psycopg
from psycopg import sql
from psycopg.abc import PQGen

from parley.bus.remote import Receiver, Sender

CONNECT_SECONDS = 3
ANSWER_SECONDS = 5.0  # the limits of the server are kept by nobody when it hangs
# A commit that only notifies has nothing to lose, and while it waited for the disk, no other could notify.
# A listener that reads no more, such as a stopped process, is cut off by the server.
OPTIONS = "-c statement_timeout=3000 -c lock_timeout=3000 -c synchronous_commit=off -c tcp_user_timeout=30000"


Answer = TypeVar("Answer")


class PostgresCarrier:
    """The database itself; nothing else is needed to run several nodes."""

    name = "postgres"
    roomy = False  # NOTIFY carries less than 8,000 bytes

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://")

    def sender(self) -> Sender:
        """Connect, to publish."""
        return _Sender(self._connect())

    def receiver(self) -> Receiver:
        """Connect, to listen."""
        return _Receiver(self._connect())

    def _connect(self) -> "_Connection":
        return _Connection.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="parley-bus",
            options=OPTIONS,
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=3,
            tcp_user_timeout=5000,
        )


class _Connection(psycopg.Connection[tuple[object, ...]]):
    def wait(self, gen: PQGen[Answer], interval: float = 0.1, timeout: float | None = None) -> Answer:
        return super().wait(gen, interval, ANSWER_SECONDS if timeout is None else timeout)


class _Sender:
    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def send(self, said: Sequence[tuple[str, bytes]]) -> None:
        channels, payloads = [channel for channel, _ in said], [payload.decode() for _, payload in said]
        query = "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS said (channel, payload)"
        self._connection.execute(query, (channels, payloads))  # one transaction

    def close(self) -> None:
        self._connection.close()


class _Receiver:
    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._following: set[str] = set()

    def follow(self, channels: set[str]) -> None:
        listen = [sql.SQL("LISTEN {}").format(sql.Identifier(each)) for each in channels - self._following]
        unlisten = [sql.SQL("UNLISTEN {}").format(sql.Identifier(each)) for each in self._following - channels]
        if listen or unlisten:
            self._connection.execute(sql.SQL("; ").join([*listen, *unlisten]))
        self._following = set(channels)

    def receive(self, timeout: float) -> list[bytes]:
        return [notify.payload.encode() for notify in self._connection.notifies(timeout=timeout, stop_after=64)]

    def check(self) -> None:
        self._connection.execute("SELECT 1")

    def close(self) -> None:
        self._connection.close()
