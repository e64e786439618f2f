"""Which past a database has. It changes only when a backup is restored, perhaps under a server that goes on running."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, event, update

from parley.errors import Unavailable
from parley.store import rooms
from parley.store.tables import facts


class Past(NamedTuple):
    """What a server learns once and relies on. Cursors, and the ids of people and rooms, are only good within it."""

    epoch: str
    general: int  # the room that everybody is in


def read(connection: Connection) -> Past:
    """The past that this database has now."""
    return Past(rooms.epoch(connection), rooms.general(connection))


def renew(connection: Connection, old: str, new: str) -> None:
    """Give the database a new epoch, unless somebody has done so already."""
    connection.execute(update(facts).where(facts.c.name == "epoch", facts.c.value == old).values(value=new))


def guard(engine: Engine, known: Callable[[], str]) -> None:
    """Let no new connection write into another past than the known one; old ones do not outlive a restore.

    Else somebody who was here before could write as whoever has got the same id since.
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        found = connection.execute("SELECT value FROM facts WHERE name = 'epoch'").fetchone()
        connection.rollback()
        if found is None or found[0] != known():
            connection.close()
            raise Unavailable("The database was restored just now; try again with the same key.")
