"""The tables of any revision, as far as a backup needs to know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import GenericAlias
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, MetaData, Table, TableClause, Text, create_engine
from sqlalchemy import column as light_column
from sqlalchemy import table as light_table
from sqlalchemy.pool import StaticPool

from parley.store.revisions import upgrade_to

# docs/decisions/0007 says why tokens; what search keeps is made from the messages, and made anew.
LEFT_OUT = {
    *("alembic_version", "tokens", "search", "search_cursors"),
    *("search_grams", "search_grams_config", "search_grams_data", "search_grams_idx"),  # SQLite's FTS5
}
LEAST, MOST = -(2**63), 2**63 - 1  # what both databases can store

# What a value is in Python and JSON, and the type through which every database takes it.
_KINDS: dict[type, tuple[Any, Any]] = {
    int: (Annotated[int, Meta(ge=LEAST, le=MOST)], BigInteger()),
    str: (str, Text()),
    bool: (bool, Boolean()),
    bytes: (bytes, LargeBinary()),  # base64 in JSON
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: to read and write its rows as plain values, and the type that a row must have."""

    table: TableClause
    row: GenericAlias  # tuple[int, str, …], for msgspec
    order: Sequence[str]  # the columns of the primary key

    @property
    def name(self) -> str:
        """What the table is called."""
        return str(self.table.name)

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in the order of a row."""
        return [str(each.name) for each in self.table.columns]


def shapes_at(revision: str) -> list[Shape]:
    """Every table that belongs into a backup, each after those that it refers to.

    The migrations say what a revision looks like: they are run in memory, and what they made is looked at.
    """
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            upgrade_to(connection, revision)
            found = MetaData()
            found.reflect(connection)
    finally:
        engine.dispose()
    return [_shape(each) for each in found.sorted_tables if each.name not in LEFT_OUT]


def _shape(table: Table) -> Shape:
    columns = [light_column(each.name, _KINDS[each.type.python_type][1]) for each in table.columns]
    row = GenericAlias(tuple, tuple(_value(each) for each in table.columns))
    return Shape(light_table(table.name, *columns), row, [each.name for each in table.primary_key])


def _value(column: Column[Any]) -> Any:
    kind = _KINDS[column.type.python_type][0]
    return kind | None if column.nullable else kind
