"""The one thing that arithmetic cannot tell: everybody in one room posts at once, a goal in a match.

A discrete-event simulation: posts come by chance (Poisson) to several nodes, and each node does what `parley` does.
Its committer takes whatever waits, at most GROUP, renders it, waits for the room's head row, which one node at a time
holds until its COMMIT has returned, and rings. Each node writes what it has heard of in rounds, one write a socket;
what comes meanwhile leaves together in the next round. Rounds and rings wait a moment for the group under way, never
for two. Loop and committer share a core; the network keeps the order.

No clock and no global chance: the same party and costs give the same result.
"""

import heapq
import random
from collections import deque
from collections.abc import Callable
from itertools import pairwise

from bench.scaling.party import Outcome, Party, Place

GROUP = 256  # commands in one transaction at most: parley.store.committer
SLICE = 1024  # sockets between two turns of the loop: parley.faces.gateway.rounds
SOCKET_BUFFER = 262_144  # bytes that may wait for a socket: parley.settings
COMPANY = 0.005  # seconds that a round and a ring wait for the next group at most: parley.bus.interface
SWITCH = 0.005  # seconds that Python leaves a thread alone: sys.getswitchinterval()
LOOKS = 64  # slices of a round, of all nodes, whose latencies are noted


Ring = tuple[int, list[float]]  # the number of a group in the room, and its posts


class Company:
    """What begins at once, or waits a moment for what is about to follow, but never for two."""

    def __init__(self, room: "Room", begin: Callable[[], None]) -> None:
        self._room = room
        self._begin = begin
        self._held: object | None = None

    def go(self, *, wait: bool) -> None:
        """Begin, or wait."""
        held = None
        if wait and self._held is None:
            held = object()
            self._room.after(COMPANY, lambda: self._overdue(held))
        self._held = held
        if held is None:
            self._begin()

    def _overdue(self, held: object) -> None:
        if self._held is held:
            self._held = None
            self._begin()


class Node:
    """One node: its core, its committer, its rounds and its network."""

    def __init__(self, room: "Room", number: int, sockets: int) -> None:
        self.room = room
        self.number = number
        self.sockets = sockets
        self.waiting: list[float] = []  # when each post came that is not in a group yet
        self.rings: dict[int, list[float]] = {}  # heard, and too early
        self.heard = 0
        self.pending: list[float] = []  # for the next round
        self._round = Company(room, self._start)
        self._rings: list[Ring] = []  # to tell the others
        self._ringing = Company(room, self._ring)
        self._work: deque[tuple[float, Callable[[], None]]] = deque()
        self._busy = self._committing = self._writing = self._more = False
        self.network_free = 0.0
        self._allowed = room.party.sample
        self._allowed_at = 0.0

    def compute(self, seconds: float, then: Callable[[], None]) -> None:
        """Take the core for so long, after those who came before."""
        self._work.append((seconds, then))
        if not self._busy:
            self._turn()

    def _turn(self) -> None:
        self._busy = bool(self._work)
        if self._work:
            seconds, then = self._work.popleft()
            self.room.outcome.busy += seconds

            def done() -> None:
                then()
                self._turn()

            self.room.after(seconds, done)

    # ── the committer ───────────────────────────────────────────────────────────────────────────────

    def post(self) -> None:
        """A post comes."""
        self.waiting.append(self.room.now)
        self._commit()

    def _commit(self) -> None:
        if self._committing or not self.waiting:
            return
        self._committing = True
        group, self.waiting = self.waiting[:GROUP], self.waiting[GROUP:]
        self._prepare(group, len(group) * self.room.place.post)

    def _prepare(self, group: list[float], left: float) -> None:
        if left > SWITCH:
            self.compute(SWITCH, lambda: self._prepare(group, left - SWITCH))
        else:
            self.compute(left, lambda: self.room.take_head(self, group))

    def committed(self, number: int, group: list[float]) -> None:
        """The transaction has ended: ring here and elsewhere."""
        more = bool(self.waiting)
        self.hear([(number, group)], more)
        self._rings.append((number, group))
        self._more = more
        self._ringing.go(wait=more)
        self._committing = False
        self._commit()

    def _ring(self) -> None:
        rings, self._rings = self._rings, []
        self.room.ring(self, rings, self._more)

    # ── the rounds ──────────────────────────────────────────────────────────────────────────────────

    def hear(self, rings: list[Ring], more: bool) -> None:
        """Rings: only the next one is accepted, what comes too early waits. `more`: another is about to follow."""
        self.rings.update(rings)
        while self.heard in self.rings:
            self.pending += self.rings.pop(self.heard)
            self.heard += 1
        self._round.go(wait=more)

    def _start(self) -> None:
        if self._writing or not self.pending or not self.sockets:
            return
        self._writing = True
        wait = self.network_free - self.room.now - SOCKET_BUFFER * self.sockets / self.room.place.bandwidth
        if wait > 0:  # every socket is full: nobody is pushed to, and what comes is in the log
            self.room.after(wait, self._begin)
        else:
            self._begin()

    def _begin(self) -> None:
        batch, self.pending = self.pending, []
        kept = self._sample(batch)
        self.room.outcome.skipped += (len(batch) - len(kept)) * self.sockets
        self._slice(kept, self.sockets, 0)

    def _sample(self, batch: list[float]) -> list[float]:
        sample = self.room.party.sample
        if not sample:
            return batch
        self._allowed = min(sample, self._allowed + sample * (self.room.now - self._allowed_at))
        self._allowed_at = self.room.now
        kept = batch[-int(self._allowed) :] if self._allowed >= 1 else []
        self._allowed -= len(kept)
        return kept

    def _slice(self, batch: list[float], left: int, number: int) -> None:
        if not left or not batch:
            self._writing = False
            self._start()
            return
        count, place = min(SLICE, left), self.room.place

        def written() -> None:
            self.network_free = (
                max(self.network_free, self.room.now) + count * len(batch) * place.frame / place.bandwidth
            )
            noted = (number + self.number) % max(1, self.room.party.sockets // SLICE // LOOKS) == 0
            self.room.note(batch, count, self.network_free, noted)
            self._slice(batch, left - count, number + 1)

        self.compute(count * (place.write + len(batch) * place.event), written)


class Room:
    """The simulation: what happens next, and the head row that one transaction at a time may move."""

    def __init__(self, party: Party, place: Place) -> None:
        self.party = party
        self.place = place
        self.now = 0.0
        self.outcome = Outcome()
        self._chance = random.Random(party.seed)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        self._queue: deque[tuple[Node, list[float]]] = deque()  # for the head row; the first one has it
        share, more = divmod(party.sockets, party.nodes)
        self._nodes = [Node(self, number, share + (number < more)) for number in range(party.nodes)]
        self._taking = self._nodes[: party.taking or party.nodes]

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        """Let something happen later."""
        self._number += 1
        heapq.heappush(self._events, (self.now + seconds, self._number, what))

    def run(self) -> Outcome:
        """Until everything posted is out."""
        self._next_post()
        while self._events:
            self.now, _, what = heapq.heappop(self._events)
            what()
        out = max(self.now, *(node.network_free for node in self._nodes))
        self.outcome.drained = max(0.0, out - self.party.seconds)
        return self.outcome

    def _next_post(self) -> None:
        pause = self._chance.expovariate(self.party.admitted)
        if self.now + pause < self.party.seconds:
            self.after(pause, self._post)

    def _post(self) -> None:
        self.outcome.posts += 1
        self._chance.choice(self._taking).post()
        self._next_post()

    def take_head(self, node: Node, group: list[float]) -> None:
        """Wait for the head row, hold it until COMMIT has returned."""
        self._queue.append((node, group))
        if len(self._queue) == 1:
            self._hold()

    def _hold(self) -> None:
        place = self.place
        self.after(place.commit * self._chance.choice(place.spread) + len(self._queue[0][1]) * place.row, self._release)

    def _release(self) -> None:
        node, group = self._queue.popleft()
        number, self.outcome.groups = self.outcome.groups, self.outcome.groups + 1
        if self._queue:
            self._hold()
        node.committed(number, group)

    def ring(self, node: Node, rings: list[Ring], more: bool) -> None:
        """Tell the other nodes; rings that follow each other are joined."""
        joined = 1 + sum(later[0] != earlier[0] + 1 for earlier, later in pairwise(rings))
        for other in self._nodes:
            if other is not node:
                self.after(self.place.bus, self._heard_by(other, rings, more, joined * self.place.hear))

    def _heard_by(self, node: Node, rings: list[Ring], more: bool, costs: float) -> Callable[[], None]:
        return lambda: node.compute(costs, lambda: node.hear(rings, more))

    def note(self, batch: list[float], sockets: int, at: float, noted: bool) -> None:
        """These posts have left to so many sockets."""
        self.outcome.delivered += len(batch) * sockets
        self.outcome.writes += sockets
        if noted:
            self.outcome.note((at - posted for posted in batch), sockets)


def simulate(party: Party, place: Place) -> Outcome:
    """What comes of this party at this place."""
    return Room(party, place).run()
