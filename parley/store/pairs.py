"""Rows that hold one of some pairs of values, found by index.

For `(a, b) IN (VALUES …)` SQLite reads the whole table; for an OR of ANDs it looks each pair up in the index
(https://sqlite.org/optoverview.html, "OR optimizations"). PostgreSQL does so for both.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_


def one_of(
    query: Select[Any], first: ColumnElement[Any], second: ColumnElement[Any], pairs: Collection[tuple[Any, Any]]
) -> tuple[Select[Any], dict[str, Any]]:
    """The query, but only of rows whose two columns hold one of the pairs, and its parameters.

    There must be a pair. Statements are kept, one for each power of two, and need not be compiled again; so query
    and columns must be those of a module, not made by the call.
    """
    wanted = sorted(pairs)
    size = 1 << (len(wanted) - 1).bit_length()
    wanted += wanted[-1:] * (size - len(wanted))
    parameters: dict[str, Any] = {}
    for place, (a, b) in enumerate(wanted):
        parameters[f"a_{place}"], parameters[f"b_{place}"] = a, b
    return _statement(query, first, second, size), parameters


@cache
def _statement(query: Select[Any], first: ColumnElement[Any], second: ColumnElement[Any], size: int) -> Select[Any]:
    return query.where(
        or_(*(and_(first == bindparam(f"a_{place}"), second == bindparam(f"b_{place}")) for place in range(size)))
    )
