"""Rooms, seats and entries made straight in the database of a server on SQLite; people find them when they come."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from tests.running import RunningServer


@contextmanager
def _database(server: RunningServer) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(server.instance / "parley.db", timeout=10)) as database, database:
        yield database


def make_room(server: RunningServer, name: str, people: Iterable[str], kind: str = "public", owner: str = "") -> int:
    """A room in which these people sit, who have read nothing, and one of them may own; returns its id."""
    with _database(server) as database:
        row = (name, name.casefold(), kind)
        insert = "INSERT INTO rooms (name, name_key, kind, head, created_at) VALUES (?, ?, ?, 0, 0) RETURNING id"
        [(number,)] = database.execute(insert, row).fetchall()
        for nickname in people:
            database.execute(
                "INSERT INTO members (room_id, user_id, read_seq, joined_at, role) "
                "SELECT ?, id, 0, 0, ? FROM users WHERE name = ?",
                (number, "owner" if nickname == owner else "member", nickname),
            )
    return int(number)


def write_entry(server: RunningServer, room: int, kind: str, author: str, source: str = "") -> None:
    """What the room says when something of it changes; nobody rings."""
    with _database(server) as database:
        [(head,)] = database.execute("UPDATE rooms SET head = head + 1 WHERE id = ? RETURNING head", (room,)).fetchall()
        database.execute(
            "INSERT INTO messages (room_id, seq, changed_seq, kind, author_id, source, html, created_at, changed_at) "
            "SELECT ?, ?, ?, ?, id, ?, '', 1767225600000000, 1767225600000000 FROM users WHERE name = ?",
            (room, head, head, kind, source, author),
        )


def write_history(server: RunningServer, room: int, author: str, texts: Iterable[str]) -> list[int]:
    """Messages of one person, a minute apart, of long ago; nobody rings. Returns their ids."""
    with _database(server) as database:
        [(head, user)] = database.execute(
            "SELECT head, users.id FROM rooms, users WHERE rooms.id = ? AND users.name = ?", (room, author)
        ).fetchall()
        rows = [
            (room, head + at, head + at, user, text, f"<p>{text}</p>", *(1700000000000000 + at * 60_000_000,) * 2)
            for at, text in enumerate(texts, 1)
        ]
        database.executemany(
            "INSERT INTO messages (room_id, seq, changed_seq, kind, author_id, source, html, created_at, changed_at) "
            "VALUES (?, ?, ?, 'text', ?, ?, ?, ?, ?)",
            rows,
        )
        database.execute("UPDATE rooms SET head = ? WHERE id = ?", (head + len(rows), room))
        query = "SELECT id FROM messages WHERE room_id = ? AND seq > ? ORDER BY seq"
        return [number for (number,) in database.execute(query, (room, head))]
