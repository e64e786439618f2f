"""Rounds of one fault on one cluster: load, break, mend, wait until all is quiet, look."""

import asyncio
import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.cluster import Cluster
from tests.faults.faults import FAULTS
from tests.faults.invariants import Findings, check
from tests.faults.people import Crowd
from tests.mirror import load

HEARTBEAT = 20.0  # seconds after which everybody must have everything again
NEVER = 60.0  # seconds after which nobody waits any more
LOADED = 15.0  # seconds for every writer to get something acknowledged

Tell = Callable[[str], None]


@dataclass
class Result:
    """What came of all rounds of a fault."""

    fault: str
    rounds: int = 0
    acknowledged: int = 0
    converged: list[float] = field(default_factory=list)  # seconds after mending, for each round
    findings: Findings = field(default_factory=Findings)


async def run(result: Result, rounds: int, seconds: float, seed: int, tell: Tell) -> None:
    """`rounds` rounds of the fault of `result`, in each of which something is broken for up to `seconds`."""
    fault = result.fault
    chance = random.Random(f"{seed}/{fault}")
    async with FAULTS[fault].cluster() as cluster:
        crowd = await Crowd.gather(cluster, chance)
        people = [asyncio.create_task(client.run()) for client in crowd.clients]
        try:
            for number in range(1, rounds + 1):
                await _round(result, cluster, crowd, chance, seconds)
                result.rounds, result.acknowledged = number, crowd.acknowledged
                said = "as promised" if result.findings.clean else "PROMISES BROKEN"
                took = f"{result.converged[-1]:.1f} s" if len(result.converged) == number else "never"
                tell(f"{fault} {number}/{rounds}: {result.acknowledged} posts, converged: {took}, {said}")
                if took == "never":
                    return
        finally:
            for task in people:
                task.cancel()
            await asyncio.gather(*people, return_exceptions=True)


async def _round(result: Result, cluster: Cluster, crowd: Crowd, chance: random.Random, seconds: float) -> None:
    findings = result.findings
    before = [len(client.ledger.posts) for client in crowd.clients]
    crowd.write(True)
    if not await _comes(lambda: _all_posted(crowd, before), LOADED):
        findings.other.append("a writer got nothing acknowledged although nothing was broken")
    try:
        async with FAULTS[result.fault](cluster, chance):
            await asyncio.sleep(chance.uniform(0.3, 1) * seconds)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        findings.other.append(str(error))
    mended = time.monotonic()
    crowd.write(False)
    quiet = await _comes(lambda: crowd.quiet, NEVER)
    took = time.monotonic() - mended
    if quiet:
        result.converged.append(took)
    else:
        waits = [client.name for client in crowd.clients if not client.settled]
        findings.other.append(f"not quiet after {NEVER:.0f} s; without an answer: {', '.join(waits) or 'nobody'}")
    if took > HEARTBEAT:
        findings.other.append(f"it took {took:.1f} s to converge")
    findings.add(await _look(cluster, crowd))


def _all_posted(crowd: Crowd, before: list[int]) -> bool:
    return all(
        len(client.ledger.posts) > count for client, count in zip(crowd.clients, before, strict=True) if client.writes
    )


async def _look(cluster: Cluster, crowd: Crowd) -> Findings:
    found = Findings(other=await cluster.verify())
    for number, node in enumerate(cluster.nodes):
        found.other += [f"node {number} logged: {line}" for line in node.defects()]
    one = crowd.clients[0].person
    loads = [await asyncio.to_thread(load, node.sign(one)) for node in cluster.nodes]
    found.other += [f"node {number} loads another log" for number, each in enumerate(loads) if each != loads[0]]
    found.add(
        check(
            loads[0],
            [client.ledger for client in crowd.clients],
            {client.name: client.mirror.messages for client in crowd.clients},
        )
    )
    return found


async def _comes(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True
