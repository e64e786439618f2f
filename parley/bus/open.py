"""Which bus the settings ask for."""

import time
import uuid
from collections.abc import Callable

from parley.bus.interface import Bus
from parley.bus.local import LocalBus
from parley.bus.postgres import PostgresCarrier
from parley.bus.remote import Carrier, RemoteBus
from parley.log import hide_credentials
from parley.settings import Settings, SetupError

REDIS = ("redis://", "rediss://", "valkey://", "unix://")
HEARD_WITHIN = 3.0  # seconds
POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def open_bus(settings: Settings, epoch: Callable[[], str], lag: Callable[[float], None]) -> Bus:
    """In process for SQLite, which has one node only; over a carrier for PostgreSQL. Dials nothing.

    Raises SetupError for an address no carrier knows.
    """
    if not settings.embedded:
        return RemoteBus(_carrier(*_address(settings)), epoch, lag)
    if settings.bus_url:
        raise SetupError("BUS_URL joins several servers, and SQLite carries only one: set DATABASE_URL to PostgreSQL.")
    return LocalBus()


def check_bus(settings: Settings) -> None:
    """Make sure that the bus answers and carries. Raises SetupError with one sentence, after some seconds at most."""
    if settings.embedded:
        return
    name, url = _address(settings)
    carrier = _carrier(name, url)
    try:
        carries = _carries(carrier)
    except Exception:
        # Whatever a client raises, for a name it cannot resolve or a refusal: nodes cannot ring each other there.
        raise SetupError(f"The bus at {hide_credentials(url)} does not answer: start it, or correct {name}.") from None
    if not carries:
        # LISTEN through a pooler of transactions is forgotten at once, and nobody says so.
        raise SetupError(
            f"The bus at {hide_credentials(url)} answers and does not carry: with PgBouncer in between, "
            "set BUS_URL to PostgreSQL itself."
        )


def _carries(carrier: Carrier) -> bool:
    """Whether what is said on one connection is heard on another."""
    channel, payload = f"parley:check:{uuid.uuid4().hex}", b"heard"
    receiver = carrier.receiver()
    try:
        receiver.follow({channel})
        sender = carrier.sender()
        try:
            sender.send([(channel, payload)])
            end = time.monotonic() + HEARD_WITHIN
            while time.monotonic() < end:
                if payload in receiver.receive(0.1):
                    return True
        finally:
            sender.close()
    finally:
        receiver.close()
    return False


def _address(settings: Settings) -> tuple[str, str]:
    """BUS_URL, else the broker if that is Redis, else the database; and the setting that says so."""
    if settings.bus_url:
        return "BUS_URL", settings.bus_url
    if settings.celery_broker_url.startswith(REDIS):
        return "CELERY_BROKER_URL", settings.celery_broker_url
    return "DATABASE_URL", settings.database


def _carrier(name: str, url: str) -> Carrier:
    if url.startswith(REDIS):
        from parley.bus.redis import RedisCarrier

        return RedisCarrier(url.replace("valkey://", "redis://", 1))
    if url.startswith(POSTGRES):
        return PostgresCarrier(url)
    raise SetupError(f"{name} is a redis:// or postgresql:// address, or empty.")
