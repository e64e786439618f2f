"""`make capacity`: what a socket, a delivery and a post cost, and how many people a machine holds by that.

The servers have one core, the people and everything else the others. Prints Markdown; progress goes to stderr.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import uvloop

from bench.dialects import Dialect, Parley
from bench.machine import machine
from bench.room import WRITERS, Room
from bench.scenario import MICRO
from bench.server import Server, leave_the_core, open_many_files
from bench.setups import SETUPS
from bench.sides import PEOPLE

ROOM = 1000  # sockets in one room, for deliveries
SETTLE = 3.0  # seconds until what was just done has passed

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


def main() -> None:
    """Measure each setup in turn, several times, and print the medians."""
    parser = argparse.ArgumentParser(prog="make capacity", description="Measure what people cost a server.")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    parser.add_argument("--sockets", type=int, default=4000, help="idle ones")
    parser.add_argument("--idle", type=float, default=40, help="seconds of idleness: two heartbeats")
    parser.add_argument("--seconds", type=float, default=6, help="of talking, for each figure")
    options = parser.parse_args()
    leave_the_core()
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
    doors = [Parley(server.port, tokens) for server in servers]
    used = partial(cpu, servers)
    writers = await gather(doors, WRITERS)
    posting = await writers.talk(64, seconds, used)
    writers.leave()
    await asyncio.sleep(SETTLE)

    memory = sum(server.memory() for server in servers)
    crowd = await gather(doors, idle_sockets)
    await asyncio.sleep(SETTLE)
    memory = sum(server.memory() for server in servers) - memory
    before = used()
    await asyncio.sleep(idle_seconds)
    idle = used() - before
    crowd.leave()
    await asyncio.sleep(SETTLE)

    room = await gather(doors, ROOM)
    loads = [await room.talk(in_flight, seconds, used) for in_flight in (1, 16, 64)]
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


async def gather(doors: Sequence[Dialect], count: int) -> Room:
    """A room with so many sockets, as many at each server."""
    room = Room()
    for door in doors:
        await room.enter(door, count // len(doors))
    return room


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


if __name__ == "__main__":
    main()
