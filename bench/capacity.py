"""`make capacity`: what a socket, a delivery and a post cost, and how many people a machine holds by that.

The servers have one core, the people and everything else the others. Prints Markdown; progress goes to stderr. With
--write it is kept, for the documentation and for the model of docs/scaling.md.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import uvloop

from bench.costs import ROOM, Costs, middle, report
from bench.dialects import Dialect, Parley
from bench.marked import put
from bench.measured import MEASURED, keep, read
from bench.room import WRITERS, Room
from bench.run import Run, begin
from bench.scenario import MICRO
from bench.server import ROOT, Server, leave_the_core, open_many_files
from bench.setups import SETUPS
from bench.sides import PEOPLE

PAGE = ROOT / "docs" / "deploying.md"
SETTLE = 3.0  # seconds until what was just done has passed


def main() -> None:
    """Measure each setup in turn, several times, and show the medians."""
    parser = argparse.ArgumentParser(prog="make capacity", description="Measure what people cost a server.")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts (3)")
    parser.add_argument("--sockets", type=int, default=4000, help="idle ones (4,000)")
    parser.add_argument("--idle", type=float, default=40, help="seconds of idleness: two heartbeats (40)")
    parser.add_argument("--seconds", type=float, default=6, help="of talking, for each figure (6)")
    parser.add_argument(
        "--write", action="store_true", help="keep it in bench/measured.json and docs/deploying.md; then `make model`"
    )
    parser.add_argument("--page", action="store_true", help="measure nothing: make the page anew from what is kept")
    options = parser.parse_args()
    if not options.page:
        leave_the_core()
        if open_many_files() < options.sockets + 1000:
            sys.exit(f"Too few open files are allowed: ulimit -n {options.sockets + 1000}")
        run, setups = begin("make capacity"), rounds(options)
        print("\n\n".join(report(setups, run, options.rounds).values()))
        if options.write:
            kept = {name: asdict(costs) for name, costs in setups.items()}
            keep("capacity", run, {"rounds": options.rounds, "setups": kept}, MEASURED)
    if options.write or options.page:
        PAGE.write_text(put(PAGE.read_text(), kept_report(MEASURED)))


def kept_report(path: Path = MEASURED) -> dict[str, str]:
    """The parts of the page, of what was kept."""
    found = read(path)["capacity"]
    setups = {name: Costs(**costs) for name, costs in found["setups"].items()}
    return report(setups, Run(**found["run"]), found["rounds"])


def rounds(options: argparse.Namespace) -> dict[str, Costs]:
    """The medians of each setup, each on servers that have just started."""
    found: dict[str, list[Costs]] = {name: [] for name in SETUPS}
    for number in range(options.rounds):
        for name, setup in SETUPS.items():
            with tempfile.TemporaryDirectory(prefix="parley-capacity-") as folder, setup(Path(folder)) as servers:
                costs = uvloop.run(measure(servers, options.sockets, options.idle, options.seconds))
            print(f"{number + 1}/{options.rounds} {name}: {costs}", file=sys.stderr)
            found[name].append(costs)
    return {name: middle(costs) for name, costs in found.items()}


async def measure(servers: Sequence[Server], idle_sockets: int, idle_seconds: float, seconds: float) -> Costs:
    """One round, on servers that have just started."""
    tokens = servers[0].tokens(PEOPLE)
    doors = [Parley(server.port, tokens) for server in servers]
    used = partial(cpu, servers)
    writers = await gather(doors, WRITERS)
    posting = await writers.talk(64, seconds, used)
    writers.leave()
    await asyncio.sleep(SETTLE)

    empty = memory(servers)
    crowd = await gather(doors, idle_sockets)
    await asyncio.sleep(SETTLE)
    full = memory(servers)
    before = used()
    await asyncio.sleep(idle_seconds)
    idle = used() - before
    crowd.leave()
    await asyncio.sleep(SETTLE)

    room = await gather(doors, ROOM)
    loads = [await room.talk(in_flight, seconds, used) for in_flight in (1, 16, 64)]
    alone, group, crowded = (load.cpu / load.deliveries * MICRO for load in loads)
    return Costs(
        node=empty / len(servers),
        memory=(full - empty) / idle_sockets,
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


def memory(servers: Sequence[Server]) -> int:
    """Bytes of all servers."""
    return sum(server.memory() for server in servers)


if __name__ == "__main__":
    main()
