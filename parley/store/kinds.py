"""The kinds of columns that are the same on both databases."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from parley.wire import encode

# SQLite numbers rows by itself only in a column that is exactly INTEGER; its integers have 64 bits anyway.
Number = BigInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, stored as microseconds since 1970: the same on both databases, and sortable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds since 1970."""
        return None if value is None else round(value.timestamp() * 1_000_000)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """An aware datetime in UTC."""
        return None if value is None else datetime.fromtimestamp(value / 1_000_000, UTC)


class Shape(TypeDecorator[Struct | UnsetType]):
    """Something small that is only ever read and written whole, as the JSON that goes over the wire; NULL is UNSET."""

    impl = Text
    cache_ok = True

    def __init__(self, struct: type[Struct]) -> None:
        super().__init__()
        self.struct = struct

    def process_bind_param(self, value: Struct | UnsetType | None, dialect: Dialect) -> str | None:
        """JSON."""
        return encode(value).decode() if isinstance(value, Struct) else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Struct | UnsetType:
        """The struct, or UNSET."""
        return UNSET if value is None else msgspec.json.decode(value, type=self.struct)
