"""Whether PostgreSQL answers at all: a circuit breaker, so that one request waits in vain and not each of them.

M. Nygard, Release It!, 2007, chapter 5.2.
"""

import threading
from collections.abc import Callable
from math import inf
from time import monotonic

import psycopg
import structlog

PAUSE = 0.5  # seconds between two looks whether it answers again

log = structlog.get_logger(__name__)

Connect = Callable[[], "psycopg.Connection[tuple[object, ...]]"]


class Pulse:
    """Who got no answer says `lost`; from then on the database is `silent`, until one of our looks is answered."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._silent = threading.Event()
        self._stopped = threading.Event()
        self.lost_at = -inf  # by the monotonic clock; connections from before may be lost for good

    @property
    def silent(self) -> bool:
        """Whether asking would be waiting in vain."""
        return self._silent.is_set()

    def lost(self, connect: Connect) -> None:
        """Somebody had no answer in time. `connect` is tried on a thread of its own until the database answers it."""
        with self._door:
            if self._silent.is_set() or self._stopped.is_set():
                return
            self._silent.set()
            self.lost_at = monotonic()
        threading.Thread(target=self._look, args=(connect,), name="pulse", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def _look(self, connect: Connect) -> None:
        log.warning("database_is_silent")
        began = monotonic()
        while not self._stopped.is_set() and not _answered(connect):
            self._stopped.wait(PAUSE)
        self._silent.clear()
        if not self._stopped.is_set():
            log.warning("database_answers_again", seconds=round(monotonic() - began, 1))


def _answered(connect: Connect) -> bool:
    """A refusal is an answer: whoever asks next gets it as quickly, and it is theirs to tell."""
    try:
        connect().close()
    except psycopg.errors.ConnectionTimeout:
        return False
    except psycopg.Error:
        return True
    return True
