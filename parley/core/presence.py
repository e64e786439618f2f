"""Who is online: in memory only, so that a heartbeat costs no write.

A person is online while a socket is open, or while the API was used within a minute. When the last socket
closes there is a short grace, in which a page that reloads comes back unnoticed.
"""

import threading
from collections import Counter
from typing import NamedTuple

API_SECONDS = 60.0


class Seen(NamedTuple):
    """Somebody came or went."""

    user: int
    online: bool


class Presence:
    """The people of this node. Times are seconds of a monotonic clock, given by the caller. Thread-safe."""

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._sockets: Counter[int] = Counter()
        self._until: dict[int, float] = {}  # online until then without a socket
        self._shown: set[int] = set()  # whom everybody believes to be online
        self._lock = threading.Lock()

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
        """This person left on purpose: without another socket, offline at once."""
        with self._lock:
            self._until.pop(user, None)

    def changes(self, now: float) -> list[Seen]:
        """Who came or went since the last call."""
        with self._lock:
            self._until = {user: until for user, until in self._until.items() if until > now}
            present = self._sockets.keys() | self._until.keys()
            came = [Seen(user, True) for user in sorted(present - self._shown)]
            went = [Seen(user, False) for user in sorted(self._shown - present)]
            self._shown = set(present)
            return came + went

    def online(self) -> list[int]:
        """Everybody who is online or still shown as such, in order of id."""
        with self._lock:
            return sorted(self._shown | self._sockets.keys() | self._until.keys())

    def is_online(self, user: int) -> bool:
        """Whether this person is online."""
        with self._lock:
            return user in self._shown or user in self._sockets or user in self._until
