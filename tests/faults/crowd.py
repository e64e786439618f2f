"""Everybody who talks to a cluster, and the rooms they are in."""

import asyncio
import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import create_engine, insert

from parley.settings import Settings
from parley.store.tables import rooms
from tests.faults.bots import Bot
from tests.faults.cluster import Cluster
from tests.faults.guest import Guest
from tests.faults.moments import Moments
from tests.faults.people import Client, Door
from tests.faults.readers import Newcomer, Outsider, Slow
from tests.faults.writers import Writer
from tests.running import Person
from tests.stores import take_seat

GENERAL = 1
NAP = 0.05  # seconds between two frames of a slow reader
WINDOWS = 12  # of each of the people who make it crowded; a node lets a person have 20
PEOPLE = 2
FALLEN_BEHIND = re.compile(r"^parley_slow_readers_total (\S+)", re.MULTILINE)


class Crowd:
    """Writers at each node, by the balancer, and one that wanders; readers of every kind.

    Two rooms: the general one, and a private one for some of them. `crowded`: with many slow readers more.
    """

    def __init__(self, cluster: Cluster, chance: random.Random, *, crowded: bool = False) -> None:
        self.moments = Moments()
        self.writers: list[Writer | Bot] = []
        self.slow: list[Slow] = []
        self.clients: list[Client] = []
        self.guest: Guest
        self.private = 0
        self._cluster = cluster
        self._chance = chance
        self._crowded = crowded
        self._newcomer: Newcomer
        self._outsider: Outsider
        self._rewound: Mapping[int, int] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        cluster.on_rewind.append(self._rewind)

    async def __aenter__(self) -> "Crowd":
        await self._gather()
        self._tasks = [asyncio.create_task(client.run(), name=client.name) for client in self.clients]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _gather(self) -> None:
        cluster = self._cluster
        anywhere: list[Door] = [*cluster.nodes]
        writers: dict[str, list[Door]] = {f"writer-{number}": [node] for number, node in enumerate(cluster.nodes)}
        writers |= {"writer-balanced": [cluster.balancer], "writer-wandering": anywhere}
        readers: dict[str, list[Door]] = {"reader-balanced": [cluster.balancer], "reader-wandering": anywhere}
        others = ["bot", "newcomer", "slow", "outsider", "guest"]
        others += [f"crowd-{number}" for number in range(PEOPLE if self._crowded else 0)]
        people = {name: await self._register(name) for name in (*writers, *readers, *others)}
        insiders = ["writer-0", "writer-balanced", "reader-wandering", "slow"]
        self.private = await asyncio.to_thread(_make_private, cluster.settings, [people[name].id for name in insiders])

        def known(name: str, doors: list[Door]) -> tuple[Person, list[Door], random.Random, Moments, list[int], float]:
            mine = [GENERAL, self.private] if name in insiders else [GENERAL]
            return people[name], doors, self._chance, self.moments, mine, cluster.heartbeat

        self.writers = [Writer(*known(name, doors), website=cluster.website) for name, doors in writers.items()]
        self.writers.append(Bot(*known("bot", [cluster.balancer])))
        self.slow = [Slow(*known("slow", anywhere))]
        for name in others:
            if name.startswith("crowd"):
                self.slow += [Slow(*known(name, anywhere)) for _ in range(WINDOWS)]
        self._newcomer = Newcomer(*known("newcomer", anywhere))
        self._outsider = Outsider(*known("outsider", anywhere), room=self.private)
        self.guest = Guest(*known("guest", anywhere))
        self.clients = [*self.writers, *(Client(*known(name, doors)) for name, doors in readers.items())]
        self.clients += [*self.slow, self._newcomer, self._outsider, self.guest]
        for number, reader in enumerate(self.slow):
            reader.name = f"slow-{number}"

    async def _register(self, name: str) -> Person:
        return await asyncio.to_thread(self._cluster.nodes[0].register, name)

    # ── what they do ────────────────────────────────────────────────────────────────────────────────

    def write(self, on: bool) -> None:
        """Begin or end to write. Meanwhile the slow ones are slow and the restless ones restless."""
        for writer in self.writers:
            writer.writing = on
        for reader in self.slow:
            reader.nap = NAP if on else 0.0
        self._newcomer.restless = on
        self._outsider.learn(self.insider.epoch, list(self.insider.mirrors[self.private].messages)[-20:])

    def write_long(self, length: int) -> None:
        """Fill each text up to so many characters."""
        for writer in self.writers:
            writer.length = length

    async def fallen_behind(self) -> int:
        """How often a socket fell behind since the nodes have started, as they count it themselves."""
        answers = [await self.guest.request("GET", "/metrics", node) for node in self._cluster.nodes]
        return sum(int(float(count)) for each in answers if each for count in FALLEN_BEHIND.findall(each.text))

    def _rewind(self, heads: Mapping[int, int]) -> None:
        self._rewound = heads

    def rewind(self) -> None:
        """After the restore of a backup: what was told of what came later does not count. For when all are settled."""
        if self._rewound is not None:
            for client in self.clients:
                client.ledger.rewind(self._rewound, client.epoch)
            self._rewound = None

    # ── how far they are ────────────────────────────────────────────────────────────────────────────

    @property
    def insider(self) -> Client:
        """Somebody who is in every room, and to be asked over HTTP."""
        return self.writers[0]

    @property
    def acknowledged(self) -> int:
        """Posts, so far."""
        return sum(len(writer.ledger.posts) for writer in self.writers)

    def cursors(self, room: int) -> set[int | None]:
        """Where those stand who are in this room, and who are let in."""
        return {client.mirrors[room].cursor for client in self._here if room in client.mirrors}

    @property
    def quiet(self) -> bool:
        """Whether everything is answered, and everybody has what anybody was told of."""
        if not all(client.settled for client in self._here):
            return False
        return all((cursor or 0) >= self._top(room) for room in self._rooms for cursor in self.cursors(room))

    def describe(self) -> str:
        """Who has not got everything, for a finding."""
        waits = [
            client.name
            for client in self._here
            if not client.settled
            or any((mirror.cursor or 0) < self._top(room) for room, mirror in client.mirrors.items())
        ]
        return ", ".join(waits) or "everybody has all that was acknowledged"

    @property
    def _here(self) -> list[Client]:
        return [client for client in self.clients if client is not self.guest or not self.guest.leaving]

    @property
    def _rooms(self) -> tuple[int, int]:
        return GENERAL, self.private

    def _top(self, room: int) -> int:
        return max(writer.tops.get(room, 0) for writer in self.writers)


def _make_private(settings: Settings, people: list[int]) -> int:
    """A room for these people, straight into the tables: nothing stands in its log yet."""
    now = datetime.now(UTC)
    engine = create_engine(settings.database)
    with engine.begin() as connection:
        row = {"name": "private", "name_key": "private", "kind": "private", "head": 0, "created_at": now}
        room = int(connection.execute(insert(rooms).values(row).returning(rooms.c.id)).scalar_one())
        for person in people:
            take_seat(connection, room, person, now)
    engine.dispose()
    return room
