"""The open sockets of a node, and whose they are."""

import time
from collections.abc import Collection, Iterable, Iterator

from parley.faces.gateway.connection import Connection
from parley.node import Node


class Sockets:
    """Everybody who was let in, until the transport is gone. Presence and the figures follow it."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._open: dict[Connection, None] = {}
        self._by_user: dict[int, set[Connection]] = {}

    def __iter__(self) -> Iterator[Connection]:
        return iter(self._open)

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, connection: Connection) -> bool:
        return connection in self._open

    def of(self, user: int) -> Collection[Connection]:
        """The sockets of one person."""
        return self._by_user.get(user, ())

    def add(self, connection: Connection, user: int) -> None:
        """A person has a further socket."""
        self._open[connection] = None
        self._by_user.setdefault(user, set()).add(connection)
        self._node.presence.opened(user)
        self._node.metrics.sockets.inc()

    def remove(self, connection: Connection) -> None:
        """A transport is gone. One that never was in here changes nothing."""
        if connection not in self._open or connection.session is None:
            return
        del self._open[connection]
        user = connection.session.user
        self._by_user[user].discard(connection)
        if not self._by_user[user]:
            del self._by_user[user]
        self._node.presence.closed(user, time.monotonic())
        if connection.signed_out:
            self._node.presence.signed_out(user)
        self._node.metrics.sockets.dec()

    def broadcast(self, data: bytes, connections: Iterable[Connection]) -> int:
        """Write to many what is no event of a room; those who are slow miss it. Returns to how many it was written."""
        hearing = [connection for connection in connections if connection.writable and connection.greeted]
        for connection in hearing:
            connection.write(data)
        return len(hearing)
