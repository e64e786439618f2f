"""Lets the index of search follow the logs, for what was written without it: before it was there, or by older nodes."""

from parley.core.search import Follow
from parley.store import index
from parley.store.store import Store
from parley.sweep import Sweep

PAUSE = 600.0  # seconds between looks for what the index has not followed


class Indexer(Sweep):
    """Lets everybody else write between two steps."""

    def __init__(self, store: Store) -> None:
        super().__init__("indexer", PAUSE, self.follow, at_once=True)
        self._store = store

    def follow(self) -> None:
        """Go on until the index has reached the heads, or `stop`. Raises Refused."""
        with self._store.reading() as connection:
            waiting = index.behind(connection)
        for room, cursor, head in waiting:
            while cursor < head:
                with self.step():
                    cursor = self._store.run(Follow(room))
                if self.stopping:
                    return
