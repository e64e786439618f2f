"""Lets the index of search follow the logs, for what was written without it: before it was there, or by older nodes."""

import random
import threading
import time

import structlog

from parley.core.search import Follow
from parley.errors import Refused
from parley.store import index
from parley.store.store import Store

SWEEP = 600.0  # seconds between looks for what the index has not followed

log = structlog.get_logger(__name__)


class Indexer:
    """One thread, which lets everybody else write between two steps."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is under way; nobody waits for it."""
        self._stopping.set()

    def follow(self) -> None:
        """Go on until the index has reached the heads, or `stop`. Raises Refused."""
        with self._store.reading() as connection:
            waiting = index.behind(connection)
        for room, cursor, head in waiting:
            while cursor < head:
                started = time.monotonic()
                cursor = self._store.run(Follow(room))
                if self._stopping.wait(time.monotonic() - started):
                    return

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                self.follow()
            except Refused as refused:
                log.warning("index_failed", reason=refused.code)
            except Exception:
                log.exception("index_failed")
            pause = SWEEP * random.uniform(0.7, 1.3)  # noqa: S311 - not at the same moment as other nodes
