"""PostgreSQL as the carrier: LISTEN and NOTIFY. A payload is short, so that it only rings.

https://www.postgresql.org/docs/current/sql-notify.html
"""

import psycopg
from psycopg import sql

from parley.bus.remote import Receiver, Sender

CONNECT_SECONDS = 3
OPTIONS = "-c statement_timeout=3000 -c lock_timeout=3000"


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

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
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


class _Sender:
    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection

    def send(self, channel: str, payload: bytes) -> None:
        self._connection.execute("SELECT pg_notify(%s, %s)", (channel, payload.decode()))

    def close(self) -> None:
        self._connection.close()


class _Receiver:
    def __init__(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self._connection = connection
        self._following: set[str] = set()

    def follow(self, channels: set[str]) -> None:
        for channel in channels - self._following:
            self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        for channel in self._following - channels:
            self._connection.execute(sql.SQL("UNLISTEN {}").format(sql.Identifier(channel)))
        self._following = set(channels)

    def receive(self, timeout: float) -> list[bytes]:
        return [notify.payload.encode() for notify in self._connection.notifies(timeout=timeout, stop_after=64)]

    def check(self) -> None:
        self._connection.execute("SELECT 1")

    def close(self) -> None:
        self._connection.close()
