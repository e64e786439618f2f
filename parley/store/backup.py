"""Everything of a database in one file, while servers go on writing."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from parley import __version__
from parley.settings import Settings, SetupError
from parley.store.archive import FORMAT, Content, Manifest, Row, replacing, write
from parley.store.progress import Advance, Progress, quiet
from parley.store.revisions import Newer, known, revision_of
from parley.store.rooms import epoch
from parley.store.schema import state
from parley.store.shapes import Shape, shapes_at
from parley.store.snapshot import snapshot

BATCH = 1000  # rows in memory


def backup(settings: Settings, path: Path, *, overwrite: bool = False, progress: Progress = quiet) -> Manifest:
    """Write the database, as of one moment, into a file that only its owner may read.

    Whatever was acknowledged before the call is in it. Tokens are not, so that nobody's revoked session comes back.
    An outdated database is written as it is. Raises SetupError when there is nothing to write, or when the
    database cannot be read or the file not be written; then the file is what it was.
    """
    if state(settings) == "empty":
        raise SetupError("The database is empty: there is nothing to back up.")
    moment = datetime.now(UTC)
    with replacing(path, overwrite=overwrite) as file, snapshot(settings) as connection:
        revision = revision_of(connection)
        if revision is None or not known(revision):
            raise Newer("The database")
        manifest = Manifest(FORMAT, __version__, revision, epoch(connection), moment, [])
        return write(file, manifest, _contents(connection, shapes_at(revision), progress))


def _contents(connection: Connection, shapes: Sequence[Shape], progress: Progress) -> Iterator[Content]:
    for shape in shapes:
        count = connection.scalar(select(func.count()).select_from(shape.table)) or 0
        with progress(shape.name, count) as advance:
            yield Content(shape.name, shape.columns, _batches(connection, shape, advance))


def _batches(connection: Connection, shape: Shape, advance: Advance) -> Iterator[list[Row]]:
    query = select(shape.table).order_by(*(shape.table.c[name] for name in shape.order))
    for batch in connection.execute(query, execution_options={"yield_per": BATCH}).partitions():
        yield [tuple(row) for row in batch]
        advance(len(batch))
