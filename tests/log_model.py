"""The log as a server keeps it, in memory."""

from collections.abc import Iterator
from typing import Any

ROOM = 1

Frame = dict[str, Any]


class LogModel:
    """The log as the real one keeps it: rows with their current state, and a change for each seq."""

    def __init__(self) -> None:
        self.epoch = "1"
        self.rows: dict[int, Frame] = {}
        self.changes: list[Frame] = []  # at n - 1: the message that change n concerned, as of then
        self.read = 0  # how far the reader has come, on whichever device
        self.generation = 0

    @property
    def head(self) -> int:
        return len(self.changes)

    def post(self, author: int, key: str | None, source: str, reply_to: int | None = None) -> Frame:
        for row in self.rows.values():
            if key is not None and (row["author"], row["key"]) == (author, key):
                return row
        row = {
            "id": len(self.rows) + 1,
            "room": ROOM,
            "seq": self.head + 1,
            "kind": "text",
            "author": author,
            "key": key,
        }
        row |= {"source": source, "html": source, "created_at": "2026-01-01T12:00:00Z", "deleted_at": None}
        row |= {"reply_to": reply_to}
        self.rows[row["id"]] = row
        return self._changed(row)

    def edit(self, number: int, source: str) -> Frame:
        row = self.rows[number]
        return row if row["deleted_at"] else self._changed(row | {"source": source, "html": source})

    def delete(self, number: int) -> Frame:
        row = self.rows[number]
        gone = {"source": "", "html": "", "deleted_at": "2026-01-01T13:00:00Z"}
        return row if row["deleted_at"] else self._changed(row | gone)

    def take_position(self, frame: Frame) -> Frame | None:
        """A `read` or `unread` of the reader; what their devices hear of it."""
        if frame["type"] == "unread":
            self.read = min(frame["seq"] - 1, self.head)
            self.generation += 1
        elif frame["generation"] == self.generation and min(frame["seq"], self.head) > self.read:
            self.read = min(frame["seq"], self.head)
        else:
            return None
        return {"type": "read", "room": ROOM, "seq": self.read, "generation": self.generation}

    def unread(self, reader: int) -> int:
        """A naive count."""
        news = [row for row in self.rows.values() if row["seq"] > self.read and row["author"] != reader]
        return len([row for row in news if not row["deleted_at"] and not row["reply_to"]])

    def shape(self) -> Frame:
        """The room, as a welcome describes it."""
        shape = {"id": ROOM, "name": "general", "kind": "public", "head": self.head}
        return shape | {"read": self.read, "generation": self.generation}

    def _changed(self, row: Frame) -> Frame:
        row = row | {"changed_seq": self.head + 1}
        self.rows[row["id"]] = row
        self.changes.append(row)
        return row

    def restore(self, head: int) -> None:
        """Go back to a backup: what came later never happened."""
        self.epoch += "'"
        del self.changes[head:]
        self.rows = {row["id"]: row for row in self.changes}
        self.read = min(self.read, head)

    def pages(self, hello: Frame, size: int) -> Iterator[Frame]:
        cursor = hello["cursors"].get(str(ROOM))
        base = {"type": "log", "room": ROOM, "more": False, "reset": False, "older": False}
        if cursor is None or hello["epoch"] != self.epoch or cursor > self.head:
            rows = self.by_place()
            newest = {"from": 0, "to": self.head, "messages": rows[-size:], "reset": True, "older": len(rows) > size}
            yield base | newest
            return
        rows = sorted((r for r in self.rows.values() if r["changed_seq"] > cursor), key=lambda r: r["changed_seq"])
        while True:
            page, rows = rows[:size], rows[size:]
            to = page[-1]["changed_seq"] if rows else self.head
            yield base | {"from": cursor, "to": to, "messages": page, "more": bool(rows)}
            cursor = to
            if not rows:
                return

    def before(self, place: int, size: int) -> Frame:
        rows = [row for row in self.by_place() if row["seq"] < place]
        return {"messages": rows[-size:], "more": len(rows) > size}

    def by_place(self) -> list[Frame]:
        """Pages by place hold tombstones like any other row."""
        return sorted(self.rows.values(), key=lambda row: int(row["seq"]))
