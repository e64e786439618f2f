"""The bus of a node that is alone: a function call."""

from parley.bus.interface import Attendance, Hear, Ring, Typed
from parley.signals import Signal


class LocalBus:
    """Everything is heard at once, on the thread that publishes."""

    def __init__(self) -> None:
        self._hear: Hear = lambda _: None
        self._rooms: set[int] = set()

    def start(self, hear: Hear) -> None:
        """Begin to listen."""
        self._hear = hear

    def publish(self, what: Ring | Typed) -> None:
        """Hand it on if somebody here subscribed to its room."""
        if what.room in self._rooms:
            self._hear(what)

    def signal(self, what: Signal | Attendance) -> None:
        """Hand it on."""
        self._hear(what)

    def subscribe(self, room: int) -> None:
        """Hear the rings of this room from now on."""
        self._rooms.add(room)

    def unsubscribe(self, room: int) -> None:
        """Hear no more of this room."""
        self._rooms.discard(room)

    def stop(self) -> None:
        """Hear nothing any more."""
        self._hear = lambda _: None
