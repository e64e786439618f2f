"""From the threads that store and listen to the loop that serves: one wake-up for whatever is there."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Anybody puts; `take` gets everything that is there, on the loop, soon after."""

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Callable[[list[T]], None]) -> None:
        self._loop = loop
        self._take = take
        self._items: deque[T] = deque()
        self._called = False

    def put(self, item: T) -> None:
        """Hand something to the loop, from any thread. After the loop has ended it is lost."""
        self._items.append(item)
        if not self._called:  # the worst of a race is a wake-up too many
            self._called = True
            try:
                self._loop.call_soon_threadsafe(self._empty)
            except RuntimeError:  # the loop is closed: the node is going down
                self._items.clear()

    def _empty(self) -> None:
        self._called = False  # first, so that what comes from now on calls again
        items = []
        while self._items:
            items.append(self._items.popleft())
        if items:
            self._take(items)
