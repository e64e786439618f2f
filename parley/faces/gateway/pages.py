"""Reading pages of the log, off the loop."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from itertools import accumulate

from parley.bus.interface import Entry
from parley.faces.gateway.page import PAGE_BYTES, EncodedPage
from parley.store import messages
from parley.store.messages import Page
from parley.store.store import Store

CATCH_UP = 200  # messages in a page at most; fewer when they are long
NEWEST = 50


class StorePages:
    """Pages from the store; a thread reads and encodes them."""

    def __init__(self, store: Store, executor: Executor) -> None:
        self._store = store
        self._executor = executor

    async def after(self, room: int, cursor: int) -> EncodedPage:
        """What changed after the cursor, in that order."""
        page = await self._page(messages.changes_after, room, cursor, CATCH_UP)
        entries = page.entries[: _fitting(page.entries)]
        if len(entries) == len(page.entries):
            return page
        return EncodedPage(entries, entries[-1].seq, True)

    async def newest(self, room: int) -> EncodedPage:
        """The last messages by place."""
        page = await self._page(messages.newest, room, NEWEST)
        entries = page.entries[-_fitting(reversed(page.entries)) :]
        return EncodedPage(entries, page.to, page.more or len(entries) < len(page.entries))

    async def _page(self, read: Callable[..., Page], *which: int) -> EncodedPage:
        def work() -> EncodedPage:
            with self._store.reading() as connection:
                page = read(connection, *which)
            entries = [Entry.of(each) for each in page.messages]
            return EncodedPage(entries, page.to, page.more)

        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def _fitting(entries: Iterable[Entry]) -> int:
    """How many of these go into one frame; one always does."""
    sizes = accumulate(len(entry.encoded) for entry in entries)
    return max(1, bisect_right(list(sizes), PAGE_BYTES))
