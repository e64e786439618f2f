"""A backup back into a database, whole or not at all."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DataError, IntegrityError

from parley.settings import Settings, SetupError
from parley.store.archive import Archive, Damaged, Manifest, Part
from parley.store.index import build
from parley.store.progress import Progress, quiet
from parley.store.revisions import Newer, known, revision_of, upgrade_to
from parley.store.schema import drop, migrating, state
from parley.store.shapes import Shape, shapes_at
from parley.store.tables import facts, metadata

BATCH = 1000  # rows in memory
LEAVING = 2.0  # seconds; a connection that was closed is counted for a moment longer


def restore(settings: Settings, path: Path, *, drop_first: bool = False, progress: Progress = quiet) -> Manifest:
    """Fill an empty database from a backup, bring it to the newest schema and give it a new epoch.

    The epoch makes every client forget what it had and load afresh; nobody is signed in. The file is read whole and
    checked before the database is touched. With `drop_first` what the database had is destroyed, in the same
    transaction. Raises SetupError, and leaves the database as it was, when the file is no good, the database is not
    empty, or somebody works on it.
    """
    if not drop_first and state(settings) != "empty":
        raise _not_empty()
    with Archive(path) as archive:
        parts = _checked(archive, progress)
        with migrating(settings, alone=True) as connection:
            _refuse_company(connection)
            if drop_first:
                drop(connection)
            elif revision_of(connection) is not None:
                raise _not_empty()  # no longer
            upgrade_to(connection, archive.manifest.revision)
            try:
                _fill(connection, archive, parts, progress)
            except (IntegrityError, DataError):
                raise SetupError(
                    f"{path} holds rows that contradict each other, so nothing was restored. Take an older backup."
                ) from None
            upgrade_to(connection, "head")
            _begin_anew(connection)
            build(connection, progress)
        return archive.manifest


def _not_empty() -> SetupError:
    return SetupError("The database is not empty: restore into another, or destroy what is in it with --drop-first.")


def _checked(archive: Archive, progress: Progress) -> list[tuple[Part, Shape]]:
    """Read the whole archive once. Raises SetupError unless it is complete and fits the tables of its revision."""
    manifest = archive.manifest
    if not known(manifest.revision):
        raise Newer(str(archive.path))
    shapes = shapes_at(manifest.revision)
    if [(part.table, part.columns) for part in manifest.parts] != [(each.name, each.columns) for each in shapes]:
        raise Damaged(archive.path, "its tables are not those of its revision")
    parts = list(zip(manifest.parts, shapes, strict=True))
    for part, shape in parts:
        with progress(f"checking {shape.name}", part.rows) as advance:
            for batch in _batches(archive, part, shape):
                advance(len(batch))
    return parts


def _refuse_company(connection: Connection) -> None:
    """On PostgreSQL, where a lock on a file would tell nobody: see who else is connected."""
    if connection.dialect.name != "postgresql":
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()"
    )
    deadline = monotonic() + LEAVING
    while found := connection.scalar(others):
        if monotonic() > deadline:
            raise SetupError(
                f"Other Parley processes work on this database ({found} connections). Stop every server first."
            )
        sleep(0.1)
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))  # else a transaction sees the first answer again


def _fill(connection: Connection, archive: Archive, parts: Sequence[tuple[Part, Shape]], progress: Progress) -> None:
    for _, shape in reversed(parts):
        connection.execute(delete(shape.table))  # what the migrations put there themselves
    for part, shape in parts:
        with progress(f"restoring {shape.name}", part.rows) as advance:
            for batch in _batches(archive, part, shape):
                connection.execute(insert(shape.table), batch)
                advance(len(batch))


def _batches(archive: Archive, part: Part, shape: Shape) -> Iterator[list[dict[str, object]]]:
    rows = (dict(zip(shape.columns, row, strict=True)) for row in archive.rows(part, shape.row))
    while batch := list(islice(rows, BATCH)):
        yield batch


def _begin_anew(connection: Connection) -> None:
    changed = connection.execute(update(facts).where(facts.c.name == "epoch").values(value=uuid.uuid4().hex))
    if changed.rowcount != 1:
        raise SetupError("The backup has no epoch, so nothing was restored. Take an older backup.")
    if connection.dialect.name != "postgresql":
        return  # SQLite counts on from the largest id by itself
    for table in metadata.sorted_tables:
        if (number := table.autoincrement_column) is not None:
            top = connection.scalar(select(func.max(number)))
            sequence = func.pg_get_serial_sequence(table.name, number.name)
            connection.execute(select(func.setval(sequence, top or 1, top is not None)))
