"""Rounds of faults on one cluster: load, break, mend, wait until all is quiet, look."""

import asyncio
import random
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager

from tests.faults.cluster import Cluster
from tests.faults.crowd import GENERAL, Crowd
from tests.faults.faults import FAULTS
from tests.faults.invariants import Findings, check_previews
from tests.faults.look import Look
from tests.faults.memory import Memory
from tests.faults.of_readers import OF_READERS, Impatient
from tests.faults.result import Result

HEARTBEAT = 20.0  # seconds after which everybody must have everything again
NEVER = 60.0  # seconds after which nobody waits any more
LOADED = 15.0  # seconds for every writer to get something acknowledged
PREVIEWED = 150.0  # seconds for the last preview: what was lost is asked for again, and by the same node not soon
LEAVE_EVERY = 4  # rounds, in one of which somebody's session is ended
SILENT = ("node-hung", "valkey-hung", "valkey-swallows")
SILENT_EVERY = 5  # rounds, in one of which silence lasts so long that every clock which notices it has run out
SILENT_SECONDS = 12.0

Tell = Callable[[Result], None]
ALL = [*FAULTS, *OF_READERS]


async def run(faults: Sequence[str], seconds: float, seed: int, tell: Tell, *, previews: bool = True) -> list[Result]:
    """One round for each name, on the cluster that the first of them needs; a fault lasts up to `seconds`.

    `tell` gets the result of a fault after each of its rounds. `previews`: wait in the end until all are made, which
    takes a minute when a job was lost. Returns the results, one for each fault.
    """
    chance = random.Random(f"{seed}/{faults[0]}")
    results = {fault: Result(fault, seed) for fault in faults}
    crowded = faults[0] in OF_READERS
    make = Impatient if crowded else FAULTS[faults[0]].cluster
    async with make() as cluster, Crowd(cluster, chance, crowded=crowded) as crowd:
        trial = Trial(cluster, crowd, chance, seconds)
        try:
            for number, fault in enumerate(faults, 1):
                whole = await trial.round(results[fault], leave=number % LEAVE_EVERY == 1)
                if number == len(faults) or not whole:
                    await trial.end(results[fault], previews=previews)
                tell(results[fault])
                if not whole:
                    break
        except Exception:
            results[fault].note(Findings(other=["broke off"]))
            raise
        finally:
            for result in results.values():
                if not result.findings.clean:
                    result.keep_logs({f"node-{n}": node.log for n, node in enumerate(cluster.nodes)})
                    result.keep_logs({f"worker-{n}": worker.log for n, worker in enumerate(cluster.workers)})
                    tell(result)
    return list(results.values())


class Trial:
    """A cluster and its people, on which one fault after another is tried."""

    def __init__(self, cluster: Cluster, crowd: Crowd, chance: random.Random, seconds: float) -> None:
        self._cluster = cluster
        self._crowd = crowd
        self._chance = chance
        self._seconds = seconds
        self._memory = Memory()
        self._look = Look(cluster, crowd, chance)

    async def round(self, result: Result, *, leave: bool) -> bool:
        """One round. False: it was never quiet again, and there is no use in another one."""
        crowd, found = self._crowd, Findings()
        result.rounds += 1
        acknowledged = crowd.acknowledged  # a restore takes some back, later
        crowd.moments.begin()
        found.other += await self._load()
        leaving: asyncio.Task[None] | None = None
        try:
            async with self._breaking(result.fault):
                if leave and result.fault != "backup-restored":  # which ends all sessions
                    leaving = asyncio.create_task(crowd.guest.leave())
                await asyncio.sleep(self._lasts(result))
                found.other += self._memory.look(self._cluster.nodes, len(crowd.clients))
        except (AssertionError, subprocess.SubprocessError) as error:
            found.other.append(str(error))
        mended = time.monotonic()
        crowd.write(False)
        if await _comes(lambda: crowd.quiet, NEVER):
            took = time.monotonic() - mended
            result.converged.append(took)
            if took > HEARTBEAT:
                found.other.append(f"it took {took:.1f} s to converge")
        else:
            found.other.append(f"not quiet after {NEVER:.0f} s: {crowd.describe()}")
        if leaving is not None:
            found.other += await self._see_off(leaving, None if result.fault.startswith("valkey-") else mended)
        judged = await self._look.judge(NEVER)
        found.add(judged or Findings(other=[f"no two looks agreed within {NEVER:.0f} s: {crowd.describe()}"]))
        found.other += crowd.moments.too_late(result.fault)
        result.posts += crowd.acknowledged - acknowledged
        result.waited = max(result.waited, crowd.moments.waited)
        result.delivered = max(result.delivered, crowd.moments.delivered)
        result.put_off += crowd.moments.put_off
        result.note(found)
        return judged is not None

    async def end(self, result: Result, *, previews: bool) -> None:
        """What needs its time: every preview is made, and memory is what it was."""
        found = Findings()
        if previews and not await _comes_slowly(self._look.previewed, PREVIEWED):
            found.other.append(f"previews still wait after {PREVIEWED:.0f} s")
        if previews and (loaded := await self._look.load(GENERAL)) is not None:
            check_previews(loaded.messages, found)
        found.other += self._memory.look(self._cluster.nodes, len(self._crowd.clients))
        result.grown = self._memory.grown
        result.note(found)

    # ── the parts of a round ────────────────────────────────────────────────────────────────────────

    def _lasts(self, result: Result) -> float:
        if result.fault in SILENT and result.rounds % SILENT_EVERY == 2:
            return SILENT_SECONDS
        return self._chance.uniform(0.3, 1) * self._seconds

    def _breaking(self, fault: str) -> AbstractAsyncContextManager[None]:
        if fault in OF_READERS:
            return OF_READERS[fault](self._crowd, self._chance)
        return FAULTS[fault](self._cluster, self._chance)

    async def _load(self) -> list[str]:
        """Let everybody write, and wait until each of them was heard."""
        crowd = self._crowd
        before = {writer: len(writer.ledger.posts) for writer in crowd.writers}
        crowd.write(True)
        if await _comes(lambda: all(len(writer.ledger.posts) > count for writer, count in before.items()), LOADED):
            return []
        return [f"a writer got nothing acknowledged although nothing was broken: {crowd.describe()}"]

    async def _see_off(self, leaving: "asyncio.Task[None]", mended: float | None) -> list[str]:
        """Somebody's session has ended: look what that is worth, and let them in again."""
        guest = self._crowd.guest
        try:
            async with asyncio.timeout(NEVER):
                await leaving
                await guest.is_out(mended)
                await guest.try_old_token(list(self._cluster.nodes))
                await guest.come_back()
        except TimeoutError:
            return ["somebody could not end a session, or not come back"]
        return []


async def _comes(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


async def _comes_slowly(condition: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.5)
    return True
