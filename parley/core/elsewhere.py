"""Who is online at other nodes: what each of them said last, for as long as it is believed."""

from parley.bus.interface import Attendance


class Elsewhere:
    """A node is forgotten with all its people after `expiry` seconds of silence.

    After its farewell only `grace` seconds are left, in which they reach another node unnoticed. Times are given by
    the caller. Not thread-safe.
    """

    def __init__(self, grace: float, expiry: float) -> None:
        self._grace = grace
        self._expiry = expiry
        self._people: dict[str, set[int]] = {}
        self._until: dict[str, float] = {}

    def heard(self, said: Attendance, now: float) -> None:
        """Take in what a node said."""
        people = self._people.setdefault(said.node, set())
        if said.span is not None:
            first, last = said.span
            people.difference_update([user for user in people if first <= user <= last])
        people.update(said.here)
        people.difference_update(said.gone)
        self._until[said.node] = now + (self._grace if said.leaving else self._expiry)

    def expire(self, now: float) -> None:
        """Forget whoever has been silent for too long."""
        for node in [node for node, until in self._until.items() if until <= now]:
            del self._until[node], self._people[node]

    def people(self) -> set[int]:
        """Everybody, at whichever node."""
        return set().union(*self._people.values())

    def __contains__(self, user: int) -> bool:
        return any(user in people for people in self._people.values())
