"""`make capacity`: what a socket, a delivery and a post cost, and how many people a machine holds by that.

The servers have one core, the people and everything else the others. Prints Markdown; progress goes to stderr.
"""

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bench.people import Socket, arrive, converse
from bench.server import Server, open_many_files
from bench.setups import CORE, SETUPS

PEOPLE = 20  # who share the sockets: registering somebody costs far more than what is measured
ROOM = 1000  # sockets in one room, for deliveries
WRITERS = 10  # sockets, for posts
SETTLE = 3.0  # seconds until what was just done has passed
MICRO = 1e6

ROWS = {
    "memory": ("memory of an idle, signed-in socket", "{:,.0f} bytes"),
    "idle": ("CPU of an idle socket (heartbeats)", "{:.3f} s an hour"),
    "alone": (f"CPU of a delivery to one of {ROOM:,} sockets, posts one by one", "{:.1f} µs"),
    "group": ("the same, 16 posts in flight", "{:.2f} µs"),
    "crowd": ("the same, 64 posts in flight", "{:.2f} µs"),
    "rate": ("deliveries a second, 16 posts in flight", "{:,.0f}"),
    "posts": (f"durable posts a second, {WRITERS} sockets, 64 in flight", "{:,.0f}"),
    "post": (f"CPU of such a post, with its {WRITERS} deliveries", "{:.0f} µs"),
}


@dataclass(frozen=True)
class Costs:
    """What one round found: the rows of the table."""

    memory: float
    idle: float
    alone: float
    group: float
    crowd: float
    rate: float
    posts: float
    post: float


@dataclass(frozen=True)
class Load:
    """What happened while people talked."""

    seconds: float
    cpu: float  # seconds, of all servers
    deliveries: int
    posts: int


def main() -> None:
    """Measure each setup in turn, several times, and print the medians."""
    parser = argparse.ArgumentParser(prog="make capacity", description="Measure what people cost a server.")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    parser.add_argument("--sockets", type=int, default=4000, help="idle ones")
    parser.add_argument("--idle", type=float, default=40, help="seconds of idleness: two heartbeats")
    parser.add_argument("--seconds", type=float, default=6, help="of talking, for each figure")
    options = parser.parse_args()
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {CORE} or {CORE})
    if open_many_files() < options.sockets + 1000:
        sys.exit(f"Too few open files are allowed: ulimit -n {options.sockets + 1000}")
    found: dict[str, list[Costs]] = {name: [] for name in SETUPS}
    for number in range(options.rounds):
        for name, setup in SETUPS.items():
            with tempfile.TemporaryDirectory(prefix="parley-capacity-") as folder, setup(Path(folder)) as servers:
                costs = uvloop.run(measure(servers, options.sockets, options.idle, options.seconds))
            print(f"{number + 1}/{options.rounds} {name}: {costs}", file=sys.stderr)
            found[name].append(costs)
    print(report({name: middle(costs) for name, costs in found.items()}, options.rounds))


async def measure(servers: Sequence[Server], idle_sockets: int, idle_seconds: float, seconds: float) -> Costs:
    """One round, on servers that have just started."""
    tokens = servers[0].tokens(PEOPLE)
    writers = await gather(servers, tokens, WRITERS)
    posting = await talk(servers, writers, writers, 64, seconds)
    await asyncio.sleep(SETTLE)

    memory = sum(server.memory() for server in servers)
    crowd = await gather(servers, tokens, idle_sockets)
    await asyncio.sleep(SETTLE)
    memory = sum(server.memory() for server in servers) - memory
    before = cpu(servers)
    await asyncio.sleep(idle_seconds)
    idle = cpu(servers) - before
    await leave(crowd)

    room = writers + await gather(servers, tokens, ROOM - WRITERS)
    loads = [await talk(servers, room, writers[:1], in_flight, seconds) for in_flight in (1, 16, 64)]
    alone, group, crowded = (load.cpu / load.deliveries * MICRO for load in loads)
    return Costs(
        memory=memory / idle_sockets,
        idle=idle / idle_sockets / idle_seconds * 3600,
        alone=alone,
        group=group,
        crowd=crowded,
        rate=loads[1].deliveries / loads[1].seconds,
        posts=posting.posts / posting.seconds,
        post=posting.cpu / posting.posts * MICRO,
    )


async def gather(servers: Sequence[Server], tokens: Sequence[str], count: int) -> list[Socket]:
    """So many sockets, as many at each server."""
    share = count // len(servers)
    return [each for server in servers for each in await arrive(server.port, tokens, share)]


async def leave(sockets: Sequence[Socket]) -> None:
    """Close them, and wait until the servers have noticed."""
    if any(each.lost for each in sockets):
        raise RuntimeError("sockets were lost while they were idle: nothing was measured")
    for each in sockets:
        each.close()
    await asyncio.sleep(SETTLE)


async def talk(
    servers: Sequence[Server], room: Sequence[Socket], writers: Sequence[Socket], in_flight: int, seconds: float
) -> Load:
    """Let the writers post, and look what that took."""
    loop = asyncio.get_running_loop()
    before = cpu(servers), sum(each.messages for each in room), sum(each.acks for each in room), loop.time()
    await converse(writers, in_flight, seconds)
    return Load(
        seconds=loop.time() - before[3],
        cpu=cpu(servers) - before[0],
        deliveries=sum(each.messages for each in room) - before[1],
        posts=sum(each.acks for each in room) - before[2],
    )


def cpu(servers: Sequence[Server]) -> float:
    """CPU seconds of all servers so far."""
    return sum(server.cpu() for server in servers)


def middle(rounds: Sequence[Costs]) -> Costs:
    """The median of each figure."""
    return Costs(**{row: statistics.median(asdict(costs)[row] for costs in rounds) for row in ROWS})


# ── the report ──────────────────────────────────────────────────────────────────────────────────────


def report(found: dict[str, Costs], rounds: int) -> str:
    """Two tables: what was measured, and what follows from the first setup's figures."""
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with `make capacity`, medians of {rounds}: {machine()}.",
        "",
        "| what | " + " | ".join(found) + " |",
        "| --- |" + " --- |" * len(found),
        *(
            f"| {title} | " + " | ".join(shape.format(asdict(costs)[row]) for costs in found.values()) + " |"
            for row, (title, shape) in ROWS.items()
        ),
        "",
        "| people online, in one room | each posts every | deliveries a second | share of a core | memory of sockets |",
        "| --- | --- | --- | --- | --- |",
        *(row(next(iter(found.values())), people, minutes) for people, minutes in CROWDS),
    ]
    return "\n".join(lines)


CROWDS = [(100, 1), (500, 2), (1000, 5), (2000, 5), (5000, 15), (10000, 60)]  # people, minutes between their posts


def row(costs: Costs, people: int, minutes: float) -> str:
    """What a crowd needs: `people × idle + posts × people × alone`, and `people × memory`."""
    posts = people / minutes / 60  # a second
    core = people * costs.idle / 3600 + posts * people * costs.alone / MICRO
    return (
        f"| {people:,} | {minutes} min | {posts * people:,.0f} | {core:.1%} | {people * costs.memory / 2**20:,.0f} MB |"
    )


def machine() -> str:
    """The processor, how many cores there are, and the system."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    name = names[0].partition(":")[2].strip() if names else platform.machine()
    return f"{os.cpu_count()} cores of {name}, Linux {platform.release()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
