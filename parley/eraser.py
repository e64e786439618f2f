"""Makes tombstones of what people wrote whose account is gone, as they wished, a little at a time."""

import random
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from parley.core.removal import Erase, Finish, TakeReactionsBack
from parley.errors import Refused
from parley.store import removals
from parley.store.batch import Command
from parley.store.removals import Removal
from parley.store.store import Store

SWEEP = 60.0  # seconds between looks for what is left to do; a node that was asked begins at once
STEP = 100  # messages in one transaction

log = structlog.get_logger(__name__)


class Eraser:
    """One thread, which lets everybody else write between two steps. Nodes may do the same work; once is enough."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopping = False
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eraser", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is under way; nobody waits for it. What is left to do stands in the database."""
        self._stopping = True
        self._wanted.set()

    def wake(self) -> None:
        """There is something to do."""
        self._wanted.set()

    def work(self) -> None:
        """Go on until nothing is left to do, or `stop`. Raises Refused."""
        with self._store.reading() as connection:
            waiting = removals.pending(connection)
        for removal in waiting:
            self._erase(removal)
            if removal.erases:
                self._take_reactions_back(removal.user)
            if not self._stopping:
                self._store.run(Finish(removal.user))

    def _erase(self, removal: Removal) -> None:
        with self._store.reading() as connection:
            numbers = removals.remaining(connection, removal)
        for start in range(0, len(numbers), STEP):
            self._step(Erase, removal.user, numbers[start : start + STEP])

    def _take_reactions_back(self, user: int) -> None:
        after = 0
        while not self._stopping:
            with self._store.reading() as connection:
                numbers = removals.reacted(connection, user, after, STEP)
            if not numbers:
                return
            self._step(TakeReactionsBack, user, numbers)
            after = numbers[-1]

    def _step(self, make: Callable[[int, Sequence[int]], Command], user: int, numbers: Sequence[int]) -> None:
        if not self._stopping:
            started = time.monotonic()
            self._store.run(make(user, numbers))
            time.sleep(time.monotonic() - started)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self.work()
            except Refused as refused:
                log.warning("erasing_failed", reason=refused.code)
            except Exception:
                log.exception("erasing_failed")
            self._wanted.wait(SWEEP * random.uniform(0.7, 1.3))  # noqa: S311 - not at the same moment as other nodes
            self._wanted.clear()
