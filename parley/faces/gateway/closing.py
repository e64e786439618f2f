"""Whether a room can only be read: the latest word on it, whether the database or the log said it."""

from parley.bus.interface import Entry

# Among the numbers at the beginning of an encoded message, before anything that a person wrote.
_KIND = slice(0, 160)
_SAYS = {b'"kind":"archived"': True, b'"kind":"unarchived"': False}


class Closing:
    """Of one room at one node. Things may be heard in any order."""

    def __init__(self) -> None:
        self.archived = False
        self._seq = -1

    def hear(self, seq: int, archived: bool) -> None:
        """As of this seq it is archived, or is not."""
        if seq >= self._seq:
            self._seq, self.archived = seq, archived

    def follow(self, entry: Entry) -> None:
        """An entry of the log, which may say so."""
        for kind, archived in _SAYS.items():
            if kind in entry.encoded[_KIND]:
                self.hear(entry.seq, archived)
