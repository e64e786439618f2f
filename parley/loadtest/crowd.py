"""The people of one process: they arrive over the ramp, post when it is due, and stay until everything has arrived."""

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine
from typing import Any

from parley.loadtest import frames
from parley.loadtest.checks import Ledger
from parley.loadtest.client import Client
from parley.loadtest.frames import Event, Frame, Reader
from parley.loadtest.meter import Meter
from parley.loadtest.pipe import Begin, Refusal, Report, Settle, Story, Written
from parley.loadtest.schedule import even_pace, thinking
from parley.wire import Ack, Post, Welcome, encode

PATIENCE = 10.0  # seconds for the last answers, and again for the last deliveries
LOOK = 0.02  # seconds between looks whether all of them have come


class Crowd:
    """`say` takes what the parent is to know."""

    def __init__(self, begin: Begin, say: Callable[[Report], None]) -> None:
        self._plan = plan = begin.plan
        self._begin = begin
        self._say = say
        self.url = plan.socket_url
        self.leaving = False
        self.meter = Meter()
        self._ledger = Ledger()
        self.read: Callable[[bytes], Frame | None] = Reader(plan.run, self._seen).read
        self._acked: dict[str, tuple[int, int]] = {}
        self._rooms: list[int] = []
        self._numbers = itertools.count()
        self._stopped = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.clients: list[Client] = []
        self._writers: list[Client] = []
        for number, account in begin.people:
            mine = [Client(self, account, f"{account.name}/{device + 1}") for device in range(plan.devices)]
            self.clients += mine
            if number < plan.writers:
                self._writers.append(mine[0])

    # ── what happens, in order ──────────────────────────────────────────────────────────────────────

    async def talk(self) -> None:
        """Arrive, post for as long as planned or until `stop`, and wait for the last answers."""
        plan, start = self._plan, self._begin.start
        self._spawn(self._count_seconds())
        self._spawn(self._arrive())
        await self._until(start + plan.ramp)
        end = start + plan.ramp + plan.duration
        if self._writers and not self._stopped.is_set():
            if plan.rate is not None:
                await self._post_evenly(plan.rate, end)
            else:
                self._begin_thinking()
        await self._until(end)
        self.stop()
        await _hold(lambda: not any(client.waiting for client in self.clients))
        heads: dict[int, int] = {}
        for room, seq in self._acked.values():
            heads[room] = max(seq, heads.get(room, 0))
        self._say(Written(heads))

    def stop(self) -> None:
        """Post no more."""
        self._stopped.set()

    async def settle(self, wanted: Settle) -> None:
        """Wait until every open socket has everything, tell all, and leave."""
        await _hold(
            lambda: all(
                client.view.cursors.get(room, 0) >= seq
                for client in self.clients
                if client.open
                for room, seq in wanted.heads.items()
            )
        )
        self._say(self.meter.take(sum(client.open for client in self.clients)))
        seats = [seat for each in self.clients for seat in each.view.seats(still_open=each.open)]
        unanswered = sum(len(client.waiting) for client in self.clients)
        self._say(Story(self._acked, self._ledger.keys, seats, unanswered))
        self.leaving = True
        for client in self.clients:
            client.leave()
        for task in self._tasks:
            task.cancel()

    async def _arrive(self) -> None:
        plan, start = self._plan, self._begin.start
        for number, client in enumerate(self.clients):
            await asyncio.sleep(start + plan.ramp * number / len(self.clients) - time.monotonic())
            if self._stopped.is_set():
                return
            self._spawn(client.live())

    async def _count_seconds(self) -> None:
        for second in itertools.count(1):
            await asyncio.sleep(self._begin.start + second - time.monotonic())
            self._say(self.meter.take(sum(client.open for client in self.clients)))

    async def _until(self, moment: float) -> None:
        try:
            async with asyncio.timeout(moment - time.monotonic()):
                await self._stopped.wait()
        except TimeoutError:
            pass

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.give_up(f"The load test itself has failed: {type(error).__name__}: {error}.")

    # ── posting ─────────────────────────────────────────────────────────────────────────────────────

    async def _post_evenly(self, rate: float, end: float) -> None:
        begin = self._begin.start + self._plan.ramp
        turns = itertools.cycle(self._writers)
        for due in even_pace(rate, begin, end, self._begin.number, self._plan.processes):
            if (wait := due - time.monotonic()) > 0:
                await self._until(due)
            if self._stopped.is_set():
                return
            self.meter.late = max(self.meter.late, -wait)
            self._post(next(turns), due)

    def _begin_thinking(self) -> None:
        for client in self._writers:
            self._think(client)

    def _think(self, client: Client) -> None:
        if self._plan.think is not None and not self._stopped.is_set():
            wait = thinking(self._plan.think)
            asyncio.get_running_loop().call_later(wait, self._post_now, client, time.monotonic() + wait)

    def _post_now(self, client: Client, due: float) -> None:
        if not self._stopped.is_set():
            self._post(client, due)

    def _post(self, client: Client, due: float) -> None:
        number = next(self._numbers)
        key = frames.key(self._plan.run, self._begin.number, number, due)
        room = self._rooms[number % len(self._rooms)] if self._rooms else 1
        self.meter.posted += 1
        client.post(key, encode(Post(key=key, room=room, source=self._plan.source)), due)

    # ── what the clients tell ───────────────────────────────────────────────────────────────────────

    def _seen(self, event: Event) -> None:
        if (fault := self._ledger.enter(event)) is not None:
            self.fault(fault)

    def delivered(self, event: Event) -> None:
        """A change arrived at a socket."""
        self.meter.delivered += 1
        if event.due is not None:
            self.meter.delivery.append(time.monotonic() - event.due)

    def acked(self, client: Client, ack: Ack, due: float) -> None:
        """A post has its answer."""
        self.meter.acks.append(time.monotonic() - due)
        if self._acked.setdefault(ack.key, (ack.room, ack.seq)) != (ack.room, ack.seq):
            self.fault(f"room {ack.room}: {ack.key} was acknowledged twice, as {self._acked[ack.key][1]} and {ack.seq}")
        self._think(client)

    def dropped(self, client: Client) -> None:
        """A post was refused for good."""
        self._think(client)

    def welcomed(self, client: Client, welcome: Welcome) -> None:
        """A socket is open, for the first time or again."""
        self.meter.reconnects += client.lives > 1
        if not self._rooms:
            self._rooms = sorted(room.id for room in welcome.rooms)[: self._plan.rooms]
            if len(self._rooms) < self._plan.rooms:
                self.give_up(
                    f"This server lets a new person into {len(self._rooms)} room, and --rooms {self._plan.rooms} asks "
                    "for more: give --rooms 1."
                )

    def error(self, what: str) -> None:
        """Something that people would notice."""
        self.meter.errors[what] = self.meter.errors.get(what, 0) + 1

    def fault(self, sentence: str) -> None:
        """A broken promise."""
        self.meter.faults.append(sentence)

    def give_up(self, sentence: str) -> None:
        """The test cannot go on."""
        self._say(Refusal(sentence))


async def _hold(done: Callable[[], bool]) -> None:
    """Wait until it is done, but not forever."""
    deadline = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < deadline:  # noqa: ASYNC110 - every frame may change it
        await asyncio.sleep(LOOK)
