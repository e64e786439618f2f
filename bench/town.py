"""A town that was there before: people with tokens, rooms, a long history; written straight into the database."""

import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from time import time_ns

from bench.dialects import SOURCE
from parley.core.sessions import digest
from parley.settings import Settings
from parley.store.schema import create
from parley.text import render

GENERAL = 1
YEAR = 365 * 86_400_000_000  # microseconds
AT_ONCE = 50_000  # rows


def settle(instance: Path, *, people: int, rooms: int = 1, messages: int = 0) -> list[str]:
    """Everybody is in the general room, the first person in all rooms; the messages are in the general room.

    Returns a token of each person.
    """
    create(Settings(instance=instance))
    now = time_ns() // 1000
    tokens = [f"token of person {number}" for number in range(1, people + 1)]
    with closing(sqlite3.connect(instance / "parley.db")) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.executemany(
            "INSERT INTO users (id, name, name_key, password_hash, created_at, updated_at) VALUES (?, ?, ?, '!', ?, ?)",
            ((number, f"Person Number {number}", f"person number {number}", now, now) for number in _count(people)),
        )
        database.executemany(
            "INSERT INTO tokens (user_id, kind, hash, created_at, expires_at) VALUES (?, 'api', ?, ?, ?)",
            ((number, digest(token), now, now + YEAR) for number, token in enumerate(tokens, 1)),
        )
        database.executemany(
            "INSERT INTO rooms (id, name, name_key, kind, head, created_at) VALUES (?, ?, ?, 'public', 0, ?)",
            ((number, f"Project number {number}", f"project number {number}", now) for number in _count(rooms, 2)),
        )
        seats = [(GENERAL, number) for number in _count(people)] + [(number, 1) for number in _count(rooms, 2)]
        database.executemany(
            "INSERT INTO members (room_id, user_id, read_seq, joined_at) VALUES (?, ?, 0, ?)",
            ((room, user, now) for room, user in seats),
        )
        html = render(SOURCE).html
        rows = (
            (GENERAL, seq, seq, seq % people + 1, f"old-{seq}", SOURCE, html, now + seq, now + seq)
            for seq in _count(messages)
        )
        while piece := list(islice(rows, AT_ONCE)):
            database.executemany(
                "INSERT INTO messages (room_id, seq, changed_seq, kind, author_id, key, source, html, created_at, "
                "changed_at) VALUES (?, ?, ?, 'text', ?, ?, ?, ?, ?, ?)",
                piece,
            )
        database.execute("UPDATE rooms SET head = ? WHERE id = ?", (messages, GENERAL))
        database.commit()
    return tokens


def _count(last: int, first: int = 1) -> range:
    return range(first, last + 1)
