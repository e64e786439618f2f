"""A seat that was in doubt while the database was away is served once it answers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from parley.core.sessions import Session
from parley.errors import Unavailable
from parley.faces.gateway.audience import Audience
from parley.faces.gateway.sockets import Sockets
from parley.node import Node
from parley.settings import Settings
from parley.wire import Room
from tests.stores import Place

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Socket:
    """An open socket of a person, as far as rooms need one."""

    def __init__(self, user: int) -> None:
        self.session = Session(1, user, "ann", "session", NOW)
        self.joined: dict[int, Any] = {}
        self.welcomed = self.greeted = self.open = self.writable = True
        self.stale = self.signed_out = False
        self.came: list[bytes] = []

    def push(self, data: bytes) -> None:
        self.came.append(data)

    write = push


def test_a_seat_in_doubt_is_asked_for_again_by_the_sweep(
    on_sqlite: Settings, monkeypatch: pytest.MonkeyPatch, opened: Callable[[Settings], Place]
) -> None:
    place = opened(on_sqlite)
    ann = place.register()
    place.post(ann, "hello")
    general = place.general
    place.store.stop()
    node = Node(on_sqlite)

    async def whole() -> None:
        asked = asyncio.Event()
        loop = asyncio.get_running_loop()

        def away(*_: object) -> Any:
            loop.call_soon_threadsafe(asked.set)
            raise Unavailable("away")

        tasks: list[asyncio.Task[None]] = []
        sockets = Sockets(node)
        with ThreadPoolExecutor(2) as executor:
            audience = Audience(node, sockets, executor, lambda work: tasks.append(loop.create_task(work)))
            socket: Any = Socket(ann)
            sockets.add(socket, ann)
            with monkeypatch.context() as patch:
                patch.setattr("parley.core.rooms.of_users", away)
                # What the welcome knew is older than anything that the room, once open, remembers.
                audience.admit(socket, [Room(general, "general", "public", 0, 0)], {})
                await asyncio.wait_for(asked.wait(), 30)
                await asyncio.wait_for(asyncio.gather(*tasks), 30)
            assert socket.came == []

            async def ask(work: Callable[[], Any]) -> Any:
                return await loop.run_in_executor(executor, work)

            await audience.sweep([socket], ask)
            async with asyncio.timeout(30):
                while not socket.came:  # noqa: ASYNC110 - a task serves it, and tells nobody
                    await asyncio.sleep(0.01)
            assert b"hello" in socket.came[0]
            for task in tasks:
                task.cancel()

    node.store.start()
    try:
        asyncio.run(whole())
    finally:
        node.stop()
