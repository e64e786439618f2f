"""What is true of this database as a whole, and shared by all nodes over it."""

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from parley.settings import Settings
from parley.store.engines import writing_engine
from parley.store.schema import unreachable
from parley.store.tables import facts


def agree(settings: Settings, name: str, proposal: str) -> str:
    """The fact of this name, which the first of several nodes over PostgreSQL sets to its proposal.

    Raises SetupError when the database cannot be reached.
    """
    return _change(settings, name, proposal, replace=False)


def replaced(settings: Settings, name: str, value: str) -> str:
    """Set a fact in PostgreSQL; returns what it was before, or the value when there was none. Raises SetupError."""
    return _change(settings, name, value, replace=True)


def _change(settings: Settings, name: str, value: str, *, replace: bool) -> str:
    engine = writing_engine(settings)
    try:
        with engine.begin() as connection:
            connection.execute(insert(facts).values(name=name, value=value).on_conflict_do_nothing())
            before = _read(connection, name)
            if replace and before != value:
                connection.execute(update(facts).where(facts.c.name == name).values(value=value))
            return before
    except DBAPIError as error:
        raise unreachable(settings, error) from None
    finally:
        engine.dispose()


def _read(connection: Connection, name: str) -> str:
    return str(connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one())
