"""Questions that come while others are being answered are asked together.

Five thousand people who come back at once are a few dozen reads of the database, not five thousand: the slower it is,
the more share a read.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

MOST = 500  # keys in one read

K = TypeVar("K")
V = TypeVar("V")


class Together(Generic[K, V]):
    """Reads many keys with one call of `read`, in a thread of the executor. One read is under way at a time."""

    def __init__(self, executor: Executor, read: Callable[[Sequence[K]], Mapping[K, V]]) -> None:
        self._executor = executor
        self._read = read
        self._loop = asyncio.get_running_loop()
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V | None:
        """What belongs to the key, read after this call; None when there is nothing.

        Raises what the read raises.
        """
        if key not in self._asked:
            self._asked[key] = self._loop.create_future()
        if self._reading is None:
            self._reading = self._loop.create_task(self._answer())
        return await asyncio.shield(self._asked[key])  # others may wait for the same

    async def _answer(self) -> None:
        """Read until nobody asks any more. It begins in the next turn of the loop, when this one's are all here."""
        while self._asked:
            keys = list(self._asked)[:MOST]
            asked = {key: self._asked.pop(key) for key in keys}
            try:
                found = await self._loop.run_in_executor(self._executor, self._read, keys)
            except Exception as error:
                for answer in asked.values():
                    answer.set_exception(error)
            else:
                for key, answer in asked.items():
                    answer.set_result(found.get(key))
        self._reading = None
