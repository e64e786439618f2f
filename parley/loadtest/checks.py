"""What is promised, checked: every number of a room in order, every acknowledged post once. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from parley.loadtest.frames import Event, Page
from parley.loadtest.pipe import Seat, Story


class View:
    """What one socket has seen, room by room. What breaks the promise is returned as a sentence."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cursors: dict[int, int] = {}
        self._after: dict[int, int] = {}  # where it began
        self._holes: dict[int, set[int]] = {}  # numbers that did not come

    def event(self, event: Event) -> str | None:
        """A change arrived."""
        cursor = self.cursors.get(event.room)
        if cursor == event.seq - 1:
            self.cursors[event.room] = event.seq
            return None
        return self._out_of_turn(event, cursor)

    def _out_of_turn(self, event: Event, cursor: int | None) -> str:
        where = f"{self.name}, room {event.room}: {event.seq}"
        holes = self._holes.setdefault(event.room, set())
        if cursor is None:
            return f"{where} came before the log"
        if event.seq > cursor:
            holes.update(range(cursor + 1, event.seq))
            self.cursors[event.room] = event.seq
            return f"{where} came after {cursor}: a gap"
        if event.seq in holes:
            holes.discard(event.seq)
            return f"{where} came after {cursor}: out of order"
        return f"{where} came again, after {cursor}: doubled"

    def page(self, page: Page) -> str | None:
        """A page of the log arrived: the first one, or what was missed while the socket was closed."""
        cursor = self.cursors.get(page.room)
        self.cursors[page.room] = page.to
        if cursor is None and page.reset:
            self._after[page.room] = page.to
            return None
        where = f"{self.name}, room {page.room}: the log"
        if cursor is None:
            return f"{where} began without a first page"
        if page.reset:
            self._after[page.room] = page.to
            return f"{where} began anew at {page.to}, although {cursor} was known"
        if page.after != cursor:
            return f"{where} went on after {page.after} instead of {cursor}"
        # A number that no message has was a change that a later one of the same message hides; one of our posts is not.
        holes = self._holes.setdefault(page.room, set())
        holes.difference_update(page.numbers)
        holes.update(set(range(page.after + 1, page.to + 1)) - page.numbers)
        return None

    def seats(self, *, still_open: bool) -> list[Seat]:
        """What it has seen, for the judgement."""
        return [
            Seat(self.name, room, self._after.get(room, upto), upto, still_open, sorted(self._holes.get(room, ())))
            for room, upto in self.cursors.items()
        ]


class Ledger:
    """Which posts the sockets of a process saw, and where."""

    def __init__(self) -> None:
        self.keys: dict[int, dict[int, str]] = {}

    def enter(self, event: Event) -> str | None:
        """A post was seen; every socket has to see the same one at its place."""
        assert event.key is not None
        room = self.keys.setdefault(event.room, {})
        known = room.setdefault(event.seq, event.key)
        return None if known == event.key else f"room {event.room}: {event.seq} is two posts, {known} and {event.key}"


def judge(stories: Sequence[Story]) -> Iterator[str]:
    """Compare what was acknowledged with what arrived, everywhere. Yields each broken promise as a sentence."""
    acked = dict(chain.from_iterable(story.acked.items() for story in stories))
    for story in stories:
        yield from _once(story.keys)
        for room in {seat.room for seat in story.seats}:
            seats = [seat for seat in story.seats if seat.room == room]
            posts = {seq: key for key, (where, seq) in acked.items() if where == room}
            yield from _all(room, posts, story.keys.get(room, {}), seats)


def _once(keys: Mapping[int, Mapping[int, str]]) -> Iterator[str]:
    for room, posts in keys.items():
        places: dict[str, int] = {}
        for seq, key in posts.items():
            if places.setdefault(key, seq) != seq:
                yield f"room {room}: {key} stands at {places[key]} and at {seq}: doubled"


def _all(room: int, posts: Mapping[int, str], seen: Mapping[int, str], seats: Sequence[Seat]) -> Iterator[str]:
    """Every post that was acknowledged in a room, at every socket of one process."""
    first, last = min(seat.after for seat in seats), max(seat.upto for seat in seats)
    holes = {seq for seat in seats for seq in seat.holes}
    for seq, key in posts.items():
        found = seen.get(seq)
        if first < seq <= last and found != key and (found or seq not in holes):
            yield f"room {room}: {key} was acknowledged as {seq}, where sockets saw {found or 'no post of ours'}"
    highest = max(posts, default=0)
    for seat in seats:
        if seat.open and seat.upto < highest:
            missed = sum(1 for seq in posts if seq > max(seat.upto, seat.after))
            yield f"{seat.name}, room {room}: {missed} acknowledged posts after {seat.upto} never came"
        for seq in seat.holes:
            if seq in posts:
                yield f"{seat.name}, room {room}: {posts[seq]}, acknowledged as {seq}, never came"
