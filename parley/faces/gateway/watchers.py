"""Who is told that somebody came or went: everybody while few are online, else the sockets that watch this person.

Told of everybody, as many hear as come, and the work grows with the square of the people.
"""

from array import array
from collections.abc import Iterable, Sequence

from parley.core.people import SHOWN
from parley.core.presence import Presence, Seen
from parley.faces.gateway.connection import Connection
from parley.faces.gateway.frames import frame, presence_frame
from parley.faces.gateway.sockets import Sockets
from parley.metrics import Metrics
from parley.wire import User, UserEvent


class Watchers:
    """Everything happens on the loop. `few`: how many people online everybody is told of, for a welcome names them."""

    def __init__(self, presence: Presence, metrics: Metrics, sockets: Sockets, few: int = SHOWN) -> None:
        self._presence = presence
        self._metrics = metrics
        self._sockets = sockets
        self._few = few
        self._crowded = False
        self._watched: dict[Connection, array[int]] = {}  # eight bytes a person, where a set would take sixty
        # By whom they watch; in a dictionary, for a set of thousands takes twice as much for each.
        self._watchers: dict[int, dict[Connection, None]] = {}

    def watch(self, connection: Connection, users: Iterable[int]) -> None:
        """From now on these people; of each that this socket did not watch before, it is told at once how it stands.

        A number that nobody has is somebody who never comes.
        """
        wanted = set(users)
        before = self._replace(connection, wanted)
        added = wanted - before
        online = self._presence.known(added)
        if added:
            connection.write(b"".join(presence_frame(user, user in online) for user in sorted(added)))

    def forget(self, connection: Connection) -> None:
        """This socket is gone."""
        self._replace(connection, set())

    def _replace(self, connection: Connection, wanted: set[int]) -> set[int]:
        before = set(self._watched.pop(connection, ()))
        for user in before - wanted:
            del self._watchers[user][connection]
            if not self._watchers[user]:
                del self._watchers[user]
        for user in wanted - before:
            self._watchers.setdefault(user, {})[connection] = None
        if wanted:
            self._watched[connection] = array("q", wanted)
        return before

    def tell(self, changes: Sequence[Seen]) -> None:
        """These are all who came or went since the last call, as `Presence.changes` has them."""
        was_crowded, self._crowded = self._crowded, self._presence.total > self._few
        if self._crowded:
            self._tell_watchers(changes)
        elif was_crowded:  # nobody has been told of everybody
            here = self._presence.known(self._presence.online())
            gone = [seen for seen in changes if not seen.online]
            self._tell_all(gone + [Seen(user, True) for user in sorted(here)])
        else:
            self._tell_all(changes)

    def introduce(self, user: User) -> None:
        """This person looks different now: told to whom it would be told that they came, and to themselves."""
        own = self._sockets.of(user.id)
        told = {*own, *self._watchers.get(user.id, ())} if self._crowded else self._sockets
        self._metrics.presence_writes.inc(self._sockets.broadcast(frame(UserEvent(user)), told))

    def _tell_watchers(self, changes: Sequence[Seen]) -> None:
        news: dict[Connection, list[bytes]] = {}
        for user, online in changes:
            for connection in self._watchers.get(user, ()):
                news.setdefault(connection, []).append(presence_frame(user, online))
        written = sum(self._sockets.broadcast(b"".join(frames), (socket,)) for socket, frames in news.items())
        self._metrics.presence_writes.inc(written)

    def _tell_all(self, changes: Sequence[Seen]) -> None:
        if changes:
            data = b"".join(presence_frame(user, online) for user, online in changes)
            self._metrics.presence_writes.inc(self._sockets.broadcast(data, self._sockets))
