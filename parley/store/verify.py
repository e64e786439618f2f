"""Does everything in the database fit together? Looks only, while servers go on writing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, select, text

from parley.settings import Settings
from parley.store import messages, tables
from parley.store.progress import Progress, quiet
from parley.store.replay import differences
from parley.store.rules import RULES, Rule
from parley.store.snapshot import snapshot

SHOWN = 20  # rows for each rule; the rest is counted


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and a sentence for each fault. It names rows by their ids and holds no text of anybody."""

    rooms: int
    messages: int
    faults: list[str]


def verify(settings: Settings, progress: Progress = quiet) -> Report:
    """Hold the database, as of one moment, against every rule. Its schema has to be the newest.

    Takes memory for a page of messages, whatever the size of the database. Raises SetupError when it cannot be read.
    """
    with snapshot(settings) as connection:
        faults = list(_file(connection))
        if faults:  # what a query finds in a broken file proves nothing
            return Report(0, 0, faults)
        with progress("rules", len(RULES)) as advance:
            for rule in RULES:
                faults += _broken(connection, rule)
                advance(1)
        rooms = list(connection.scalars(select(tables.rooms.c.id).order_by(tables.rooms.c.id)))
        count = messages.count(connection)
        with progress("replaying the logs", 2 * count) as advance:
            for room in rooms:
                faults += differences(connection, room, advance)
        return Report(len(rooms), count, faults)


def _file(connection: Connection) -> Iterator[str]:
    """SQLite's own check of its pages and indexes."""
    if connection.dialect.name == "sqlite":
        for found in connection.scalars(text(f"PRAGMA integrity_check({SHOWN})")):
            if found != "ok":
                yield from (f"The file is damaged: {line}." for line in found.splitlines())


def _broken(connection: Connection, rule: Rule) -> Iterator[str]:
    rows = connection.execute(text(rule.finds), execution_options={"yield_per": 1000}).mappings()
    for row in islice(rows, SHOWN):
        yield rule.says.format_map(row)
    if more := sum(1 for _ in rows):
        yield f"… and {more:,} more of that kind."
