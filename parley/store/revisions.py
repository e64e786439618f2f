"""How far the migrations have come in a database, and what this code makes of it."""

from pathlib import Path

from alembic.command import upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, delete, insert, select

from parley import __version__
from parley.settings import SetupError
from parley.store.tables import facts

WORKS_WITH = "works_with"  # the fact, and the name that a migration declares it by


class Newer(SetupError):
    """Something that a newer Parley has made; `what` begins the sentence."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is of a newer Parley than this {__version__}: install that one.")


def upgrade_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to a revision, or to the newest, `head`. Raises CommandError for one it does not know.

    In a transaction of the caller, all of them are part of it. Outside of one each has its own, and other nodes
    work meanwhile.
    """
    configuration = _alembic()
    configuration.attributes["connection"] = connection
    configuration.attributes["online"] = not connection.in_transaction()
    upgrade(configuration, revision)


def revision_of(connection: Connection) -> str | None:
    """Which migration was the last one here; None in an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The last migration that this code has."""
    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


def known(revision: str) -> bool:
    """Whether this code has a migration of that name; it has none that a newer Parley brought."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions()}


def remember(connection: Connection, script: Script) -> None:
    """Note which code may work on a database after this migration; to be called in its transaction.

    The database itself has to know: code that is older than a migration cannot read what it declares.
    """
    oldest = getattr(script.module, WORKS_WITH, script.revision)
    connection.execute(delete(facts).where(facts.c.name == WORKS_WITH))
    if oldest != script.revision:
        connection.execute(insert(facts).values(name=WORKS_WITH, value=oldest))


def welcomes_us(connection: Connection) -> bool:
    """Whether this code may work on a database that a newer one has upgraded."""
    oldest = connection.scalar(select(facts.c.value).where(facts.c.name == WORKS_WITH))
    return oldest is not None and known(oldest)


def _alembic() -> Config:
    configuration = Config()
    # Alembic expands % in its options, so that a folder with one in its name needs it doubled.
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return configuration
