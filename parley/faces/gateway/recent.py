"""The newest stretch of a room's log, in memory. Pure: this is where order is kept.

Only the next seq is accepted. What was there before is dropped; what is missing makes a hole, and nothing
later is accepted until the hole has been filled from the database.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from parley.bus.interface import Entry, Ring

MOST_ENTRIES = 1024
MOST_BYTES = 2 * 1024 * 1024


class Accepted(NamedTuple):
    """What became of a ring: entries in order without a gap, how many were known, and whether some miss."""

    entries: list[Entry]
    duplicates: int
    hole: bool


class RecentLog:
    """Entries in (floor, head], in the order of their seq.

    Someone whose cursor is in that range can be answered from here: the latest state of every message that
    changed after the cursor is among the entries after it.
    """

    def __init__(self, head: int) -> None:
        self.floor = head
        self.head = head
        self._entries: list[Entry] = []
        self._bytes = 0
        self._removals: list[Entry] = []  # those of the entries by which somebody loses a seat

    def accept(self, ring: Ring) -> Accepted:
        """Take in what follows the head."""
        fresh: list[Entry] = []
        duplicates = 0
        for entry in ring.entries:
            if entry.seq <= self.head:
                duplicates += 1
            elif entry.seq == self.head + 1:
                self._append(entry)
                fresh.append(entry)
            else:
                return Accepted(fresh, duplicates, True)
        return Accepted(fresh, duplicates, ring.to > self.head)

    def fill(self, entries: Sequence[Entry], to: int) -> list[Entry]:
        """Take in a page of the log that begins at the head and is complete up to `to`; its seqs may skip."""
        fresh = [entry for entry in entries if entry.seq > self.head]
        for entry in fresh:
            self._append(entry)
        self.head = max(self.head, to)
        return fresh

    def since(self, cursor: int, to: int) -> list[Entry] | None:
        """The latest state of what changed in (cursor, to], or None when that reaches below the floor."""
        if cursor < self.floor:
            return None
        start = bisect_right(self._entries, cursor, key=lambda entry: entry.seq)
        end = bisect_right(self._entries, to, key=lambda entry: entry.seq)
        latest = {entry.message: entry for entry in self._entries[start:end]}
        return sorted(latest.values(), key=lambda entry: entry.seq)

    def still_sits(self, user: int, known: int) -> bool | None:
        """Whether somebody who had a seat as of `known` has it up to the head; None when memory reaches not so far."""
        if known < self.floor:
            return None
        return not any(entry.removes == user and entry.seq > known for entry in self._removals)

    def _append(self, entry: Entry) -> None:
        self._entries.append(entry)
        if entry.removes:
            self._removals.append(entry)
        self._bytes += len(entry.encoded)
        self.head = entry.seq
        if len(self._entries) > MOST_ENTRIES or self._bytes > MOST_BYTES:
            # Half at once, so that the cost of moving a list is shared by many entries.
            dropped = self._entries[: len(self._entries) // 2 + 1]
            del self._entries[: len(dropped)]
            self._bytes -= sum(len(each.encoded) for each in dropped)
            self.floor = dropped[-1].seq
            self._removals = [entry for entry in self._removals if entry.seq > self.floor]
