"""Who listens to which room at this node: what the database says about seats, made true for open sockets.

A removal takes effect where it stands in the log of its room, see `Channel`; all else follows a doorbell, and a sweep
finds what no doorbell told.
"""

from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from concurrent.futures import Executor
from typing import Any

import structlog

from parley.core import rooms
from parley.errors import Refused
from parley.faces.gateway.channel import Channel
from parley.faces.gateway.connection import Connection
from parley.faces.gateway.frames import frame
from parley.faces.gateway.listener import Listener, Sitter
from parley.faces.gateway.pages import StorePages
from parley.faces.gateway.sockets import Sockets
from parley.faces.gateway.together import Together
from parley.node import Node
from parley.store.rooms import NOWHERE, Fingerprint, fingerprint
from parley.wire import LeftEvent, Room, RoomEvent

log = structlog.get_logger(__name__)


class Audience:
    """The rooms that are open at this node. Everything happens on the loop."""

    def __init__(
        self, node: Node, sockets: Sockets, executor: Executor, spawn: Callable[[Coroutine[Any, Any, None]], None]
    ) -> None:
        self.channels: dict[int, Channel] = {}
        self._node = node
        self._sockets = sockets
        self._spawn = spawn
        self._pages = StorePages(node.store, executor)
        self._seats = Together(executor, lambda people: rooms.of_users(node.store, people))

    # ── coming and going ────────────────────────────────────────────────────────────────────────────

    def admit(self, connection: Connection, mine: Iterable[Room], cursors: Mapping[int, int]) -> None:
        """After its welcome: a socket listens to the rooms that were in it."""
        connection.welcomed = True
        for room in mine:
            self._join(connection, room, cursors.get(room.id))
        if connection.stale and connection.session is not None:
            self.look_again(connection.session.user)

    def dismiss(self, connection: Connection) -> None:
        """It listens to nothing any more."""
        for room in list(connection.joined):
            self._leave(connection, room)

    def clear(self) -> None:
        """Nobody listens to anything: the database holds another past."""
        for connection in list(self._sockets):
            self.dismiss(connection)
        for room in list(self.channels):
            self._close(room)

    def _join(self, connection: Connection, room: Room, cursor: int | None) -> None:
        assert connection.session is not None
        if room.id not in self.channels:
            self._node.bus.subscribe(room.id)  # before the head is read, so that nothing falls between
            self.channels[room.id] = Channel(room.id, self._pages, self._node.metrics, self._spawn, self)
        self.channels[room.id].closing.hear(room.head, room.archived)
        sitter = Sitter(connection.session.user, room.since, room.head)
        connection.joined[room.id] = self.channels[room.id].join(connection, cursor, sitter)

    def _leave(self, connection: Connection, room: int) -> None:
        listener = connection.joined.pop(room)
        channel = self.channels.get(room)
        if channel is not None:
            channel.leave(listener)
            if channel.empty:
                self._close(room)

    def _close(self, room: int) -> None:
        del self.channels[room]
        self._node.bus.unsubscribe(room)

    # ── what channels ask for ───────────────────────────────────────────────────────────────────────

    def lost(self, room: int, user: int, listeners: Collection[Listener]) -> None:
        """The log has come to where this person loses their seat. Perhaps they have another one by now."""
        for connection in self._sockets.of(user):
            if connection.joined.get(room) in listeners:
                self._leave(connection, room)
                connection.write(frame(LeftEvent(room)))
        self.look_again(user)

    def doubtful(self, user: int) -> None:
        """Where does this person have a seat?"""
        self.look_again(user)

    # ── what the database says ──────────────────────────────────────────────────────────────────────

    def look_again(self, user: int, room: int = 0) -> None:
        """Make what the sockets of this person listen to what the database says, soon; tell them about this room."""
        connections = self._sockets.of(user)
        for connection in connections:
            connection.stale = not connection.welcomed  # what its welcome says may have been read before
        if connections:
            self._spawn(self._settle(user, room))

    async def _settle(self, user: int, told: int) -> None:
        try:
            mine = await self._seats.ask(user)
        except Refused as refused:
            log.warning("seats_unknown", reason=refused.code)  # the sweep comes back to it
            return
        seats = {room.id: room for room in mine or ()}
        for connection in list(self._sockets.of(user)):
            if connection.welcomed and connection.open:
                self._settle_one(connection, seats, told)

    def _settle_one(self, connection: Connection, seats: Mapping[int, Room], told: int) -> None:
        for number in connection.joined.keys() - seats.keys():
            self._leave(connection, number)
            connection.write(frame(LeftEvent(number)))
        for room in seats.values():
            listener = connection.joined.get(room.id)
            if listener is None or room.id == told:
                connection.write(frame(RoomEvent(room)))
            if listener is None:
                self._join(connection, room, None)
            elif listener.doubted:
                sitter = Sitter(listener.sitter.user, room.since, room.head)
                self.channels[room.id].confirm(listener, sitter)

    async def sweep(self, connections: Collection[Connection], ask: Callable[..., Any]) -> None:
        """Look again for whoever listens to other rooms than the database says, or is in doubt still: the database may
        not have answered. Raises Unavailable.
        """
        people = {each: each.session.user for each in connections if each.session is not None and each.welcomed}
        asked = sorted(set(people.values()))
        found: Mapping[int, Fingerprint] = await ask(lambda: rooms.fingerprints(self._node.store, asked))
        for user in {user for each, user in people.items() if _differs(each, found.get(user, NOWHERE))}:
            self.look_again(user)


def _differs(connection: Connection, expected: Fingerprint) -> bool:
    joined = connection.joined
    return fingerprint(joined) != expected or any(listener.doubted for listener in joined.values())
