"""When a round begins: at once, unless more is about to be stored that can go with it.

A write to a socket costs many times what a message in it costs. So what one group of the committer brought waits for
the next group, if there is one under way, but never for two.
"""

import asyncio
from typing import Protocol

from parley.bus.interface import COMPANY_SECONDS


class Room(Protocol):
    """What has rounds."""

    def flush(self) -> None:
        """Begin one."""


class Departures:
    """The rooms in which something waits to be sent."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rooms: dict[Room, None] = {}
        self._held: asyncio.TimerHandle | None = None

    def add(self, room: Room) -> None:
        """Something has come for this room."""
        self._rooms[room] = None

    def go(self, *, wait: bool) -> None:
        """All that has come in one turn of the loop is added: begin the rounds, or wait for company if it is near."""
        if not self._rooms:
            return
        if self._held is None and wait:
            self._held = self._loop.call_later(COMPANY_SECONDS, self._go)
        else:
            self._go()

    def _go(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None
        rooms, self._rooms = self._rooms, {}
        for room in rooms:
            room.flush()
