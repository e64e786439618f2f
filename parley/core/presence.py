"""Who is online: in memory only, so that a heartbeat costs no write.

A person is online while a socket is open, or while the API was used within a minute. When the last socket
closes there is a short grace, in which a page that reloads comes back unnoticed. Each node tells the others whom
it has, and a person is online while any node says so.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from parley.bus.interface import Attendance
from parley.core.elsewhere import Elsewhere

API_SECONDS = 60.0
EXPIRY = 45.0
STATEMENTS = 3  # whole statements until what was said expires, so that one may be lost
MOST_PEOPLE = 400  # in one statement: NOTIFY carries less than 8,000 bytes, and an id has up to 16 digits
LARGEST = 2**53


class Seen(NamedTuple):
    """Somebody came or went."""

    user: int
    online: bool


class Presence:
    """The people of this node, and what the others say of theirs. Thread-safe.

    Times are seconds of a monotonic clock, given by the caller. `grace`: how long somebody without a socket stays,
    `expiry`: how long the word of another node holds, `node`: the name of this one.
    """

    def __init__(self, grace: float, expiry: float = EXPIRY, node: str = "") -> None:
        self._grace = grace
        self._expiry = expiry
        self._node = node
        self._sockets: Counter[int] = Counter()
        self._until: dict[int, float] = {}  # online until then without a socket
        self._elsewhere = Elsewhere(grace, expiry)
        self._shown: set[int] = set()  # whom the sockets of this node believe to be online
        self._told: set[int] = set()  # whom the other nodes believe to be here
        self._gone: set[int] = set()  # who left since `departed` was asked
        self._whole_due = 0.0  # when to tell them everything
        self._asks = False
        self._lock = threading.Lock()

    # ── at this node ────────────────────────────────────────────────────────────────────────────────

    def opened(self, user: int) -> None:
        """A socket of this person was opened."""
        with self._lock:
            self._sockets[user] += 1

    def closed(self, user: int, now: float) -> None:
        """A socket of this person was closed."""
        with self._lock:
            self._sockets[user] -= 1
            if self._sockets[user] <= 0:
                del self._sockets[user]
                self._until[user] = max(self._until.get(user, 0.0), now + self._grace)

    def used_api(self, user: int, now: float) -> None:
        """This person made a request."""
        with self._lock:
            self._until[user] = max(self._until.get(user, 0.0), now + API_SECONDS)

    def signed_out(self, user: int) -> None:
        """This person left on purpose: without another socket, gone from here at once."""
        with self._lock:
            self._until.pop(user, None)

    # ── between nodes ───────────────────────────────────────────────────────────────────────────────

    def statements(self, now: float) -> list[Attendance]:
        """What to tell the other nodes: who came or went since the last call, and from time to time everybody."""
        with self._lock:
            here = self._here(now)
            came, went = sorted(here - self._told), sorted(self._told - here)
            self._told = here
            self._gone.difference_update(came)
            self._gone.update(went)
            if now < self._whole_due:
                return [Attendance(self._node, here=part) for part in _parts(came)] + [
                    Attendance(self._node, gone=part) for part in _parts(went)
                ]
            asks, self._asks = self._asks, False
            self._whole_due = now + self._expiry / STATEMENTS
            return self._whole(sorted(here), asks)

    def _whole(self, here: list[int], asks: bool) -> list[Attendance]:
        parts = _parts(here) or [[]]
        lasts = [part[-1] for part in parts[:-1]] + [LARGEST]
        firsts = [0] + [last + 1 for last in lasts[:-1]]
        return [
            Attendance(self._node, here=part, span=span, asks=asks and span[0] == 0)
            for part, span in zip(parts, zip(firsts, lasts, strict=True), strict=True)
        ]

    def departed(self) -> list[int]:
        """Who left this node since the last call, as `statements` found it."""
        with self._lock:
            gone, self._gone = self._gone, set()
            return sorted(gone)

    def farewell(self) -> Attendance:
        """The last word of this node: its people may be on their way to another."""
        return Attendance(self._node, leaving=True)

    def recovered(self) -> None:
        """The others may have missed what we said, and we what they said: say everything next, and ask."""
        with self._lock:
            self._asks = True
            self._whole_due = 0.0

    def heard(self, said: Attendance, now: float) -> None:
        """A node said whom it has; our own word coming back changes nothing."""
        with self._lock:
            if said.node == self._node:
                return
            if said.asks:
                self._whole_due = 0.0
            self._elsewhere.heard(said, now)

    # ── everywhere ──────────────────────────────────────────────────────────────────────────────────

    def changes(self, now: float) -> list[Seen]:
        """Who came or went, wherever, since the last call."""
        with self._lock:
            self._elsewhere.expire(now)
            present = self._here(now) | self._elsewhere.people()
            came = [Seen(user, True) for user in sorted(present - self._shown)]
            went = [Seen(user, False) for user in sorted(self._shown - present)]
            self._shown = present
            return came + went

    def online(self) -> list[int]:
        """Everybody who is online or still shown as such, in order of id."""
        with self._lock:
            return sorted(self._shown | self._sockets.keys() | self._until.keys() | self._elsewhere.people())

    def is_online(self, user: int) -> bool:
        """Whether this person is online."""
        with self._lock:
            return user in self._shown or user in self._sockets or user in self._until or user in self._elsewhere

    def known(self, people: Iterable[int]) -> set[int]:
        """Those of these people whom the last `changes` left online."""
        with self._lock:
            return self._shown.intersection(people)

    @property
    def total(self) -> int:
        """How many people the last `changes` left online."""
        with self._lock:
            return len(self._shown)

    def people_here(self) -> list[int]:
        """Who is online at this node."""
        with self._lock:
            return sorted(self._sockets.keys() | self._until.keys())

    def here(self) -> int:
        """How many people are online at this node."""
        with self._lock:
            return len(self._sockets.keys() | self._until.keys())

    def _here(self, now: float) -> set[int]:
        self._until = {user: until for user, until in self._until.items() if until > now}
        return self._sockets.keys() | self._until.keys()


def _parts(people: list[int]) -> list[list[int]]:
    return [people[start : start + MOST_PEOPLE] for start in range(0, len(people), MOST_PEOPLE)]
