"""Frames by which somebody caught up, kept for others who are as far behind."""

MOST_KEPT = 16


class Kept:
    """By cursor: up to where, and the frame. Good until something else has been written to the room.

    For what happens later may change or delete something of it.
    """

    def __init__(self) -> None:
        self._frames: dict[int, tuple[int, bytes]] = {}
        self._written = 0  # to the room, when these were made

    def get(self, cursor: int, written: int) -> tuple[int, bytes] | None:
        """What somebody got from this cursor, if nothing has been written since."""
        if self._written != written:
            self._frames.clear()
            self._written = written
        return self._frames.get(cursor)

    def put(self, cursor: int, to: int, frame: bytes) -> tuple[int, bytes]:
        """Keep this one, instead of all others when they are too many."""
        if len(self._frames) == MOST_KEPT:
            self._frames.clear()
        self._frames[cursor] = to, frame
        return to, frame

    def clear(self) -> None:
        """Keep none."""
        self._frames.clear()
