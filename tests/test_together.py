"""Who asks while others are being answered is asked for together with whoever else does."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from parley.faces.gateway.together import MOST, Together

PATIENCE = 30.0  # seconds


class Book:
    """What is read; a read takes until it is let go, if it is held."""

    def __init__(self) -> None:
        self.reads: list[list[int]] = []
        self.begun = threading.Event()
        self.free = threading.Event()
        self.free.set()
        self.broken = False

    def read(self, keys: Sequence[int]) -> dict[int, str]:
        self.reads.append(list(keys))
        self.begun.set()
        assert self.free.wait(PATIENCE)
        if self.broken:
            raise OSError("burnt")
        return {key: f"page {key}" for key in keys if key < 10_000}


def scene(work: Callable[[Book, Together[int, str]], Coroutine[Any, Any, None]]) -> Book:
    book = Book()

    async def whole() -> None:
        with ThreadPoolExecutor(4) as executor:
            await asyncio.wait_for(work(book, Together(executor, book.read)), PATIENCE)

    asyncio.run(whole())
    return book


def test_all_who_come_during_a_read_share_the_next() -> None:
    async def work(book: Book, together: Together[int, str]) -> None:
        book.free.clear()
        first = asyncio.ensure_future(together.ask(1))
        await asyncio.to_thread(book.begun.wait, PATIENCE)
        others = [asyncio.ensure_future(together.ask(key)) for key in (2, 3, 2, 1)]
        await asyncio.sleep(0)
        book.free.set()
        assert await first == "page 1"
        assert await asyncio.gather(*others) == ["page 2", "page 3", "page 2", "page 1"]

    book = scene(work)
    assert book.reads == [[1], [2, 3, 1]], "what was read before one asked may be out of date"


def test_those_of_one_turn_are_one_read_of_bounded_size() -> None:
    async def work(book: Book, together: Together[int, str]) -> None:
        found = await asyncio.gather(*(together.ask(key) for key in range(2 * MOST + 1)))
        assert found == [f"page {key}" for key in range(2 * MOST + 1)]

    assert [len(keys) for keys in scene(work).reads] == [MOST, MOST, 1]


def test_what_is_not_there_is_none_and_a_failure_hits_only_its_own_read() -> None:
    async def work(book: Book, together: Together[int, str]) -> None:
        assert await together.ask(10_000) is None
        book.broken = True
        answers = await asyncio.gather(together.ask(1), together.ask(2), return_exceptions=True)
        assert [type(answer) for answer in answers] == [OSError, OSError]
        book.broken = False
        assert await together.ask(1) == "page 1"

    scene(work)


def test_one_who_gives_up_takes_nobody_along() -> None:
    async def work(book: Book, together: Together[int, str]) -> None:
        book.free.clear()
        one, two = asyncio.ensure_future(together.ask(1)), asyncio.ensure_future(together.ask(1))
        await asyncio.to_thread(book.begun.wait, PATIENCE)
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one
        book.free.set()
        assert await two == "page 1"

    scene(work)
