"""Makes tombstones of what people wrote whose account is gone, as they wished, a little at a time."""

from collections.abc import Callable, Sequence

from parley.core.removal import Erase, Finish, TakeReactionsBack
from parley.store import removals
from parley.store.batch import Command
from parley.store.removals import Removal
from parley.store.store import Store
from parley.sweep import Sweep

PAUSE = 60.0  # seconds between looks for what is left to do; a node that was asked begins at once
STEP = 100  # messages in one transaction


class Eraser(Sweep):
    """Lets everybody else write between two steps. Nodes may do the same work; once is enough."""

    def __init__(self, store: Store) -> None:
        super().__init__("eraser", PAUSE, self.work, at_once=True)
        self._store = store

    def work(self) -> None:
        """Go on until nothing is left to do, or `stop`. Raises Refused."""
        with self._store.reading() as connection:
            waiting = removals.pending(connection)
        for removal in waiting:
            self._erase(removal)
            if removal.erases:
                self._take_reactions_back(removal.user)
            if not self.stopping:
                self._store.run(Finish(removal.user))

    def _erase(self, removal: Removal) -> None:
        with self._store.reading() as connection:
            numbers = removals.remaining(connection, removal)
        for start in range(0, len(numbers), STEP):
            self._step(Erase, removal.user, numbers[start : start + STEP])

    def _take_reactions_back(self, user: int) -> None:
        after = 0
        while not self.stopping:
            with self._store.reading() as connection:
                numbers = removals.reacted(connection, user, after, STEP)
            if not numbers:
                return
            self._step(TakeReactionsBack, user, numbers)
            after = numbers[-1]

    def _step(self, make: Callable[[int, Sequence[int]], Command], user: int, numbers: Sequence[int]) -> None:
        if not self.stopping:
            with self.step():
                self._store.run(make(user, numbers))
