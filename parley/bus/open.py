"""Which bus the settings ask for."""

from collections.abc import Callable

from parley.bus.interface import Bus
from parley.bus.local import LocalBus
from parley.bus.postgres import PostgresCarrier
from parley.bus.redis import RedisCarrier
from parley.bus.remote import RemoteBus
from parley.settings import Settings, SetupError

REDIS = ("redis://", "rediss://", "valkey://", "unix://")


def open_bus(settings: Settings, lag: Callable[[float], None]) -> Bus:
    """In process for SQLite, which has one node only. Else BUS_URL, the broker if it is Redis, or PostgreSQL itself.

    Raises SetupError for an address no carrier knows.
    """
    if settings.embedded:
        if settings.bus_url:
            raise SetupError(
                "BUS_URL joins several servers, and SQLite carries only one: set DATABASE_URL to PostgreSQL."
            )
        return LocalBus()
    url = settings.bus_url or (settings.celery_broker_url if settings.celery_broker_url.startswith(REDIS) else "")
    if not url or url.startswith(("postgresql://", "postgres://")):
        return RemoteBus(PostgresCarrier(url or settings.database), lag)
    if url.startswith(REDIS):
        return RemoteBus(RedisCarrier(url.replace("valkey://", "redis://", 1)), lag)
    raise SetupError("BUS_URL is a redis:// or postgresql:// address, or empty.")
