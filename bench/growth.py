"""`--only growth`: what a delivery costs the server as the room grows."""

import asyncio
import tempfile
from pathlib import Path

import uvloop

from bench.lines import lines
from bench.room import Load, Room
from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.sides import US, parley

SIZES = (100, 1000, 8000)  # sockets in the room
WINDOW = 16  # posts in flight
MOST = 1.3  # times the cost in the smallest room
SETTLE = 2.0  # seconds until what coming in has caused is over


def measure(options: Options) -> Samples:
    """Each size in turn, in each round on a server that has just started."""
    samples = Samples()
    for number in range(options.rounds):
        for size in SIZES:
            load = uvloop.run(_talk(size, options.seconds))
            samples.append(Sample(US, size, load.figures()))
            options.progress(f"{number + 1}/{options.rounds} {size:,} sockets: {load}")
    return samples


async def _talk(size: int, seconds: float) -> Load:
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, parley(Path(folder)) as (server, dialect):
        room = Room()
        await room.enter(dialect, size)
        await asyncio.sleep(SETTLE)
        load = await room.talk(WINDOW, seconds, server.cpu)
        room.leave()
        return load


def _grown(samples: Samples) -> tuple[str, bool]:
    costs = [samples.median(US, size, "cpu") for size in SIZES]
    return f"{costs[-1] / costs[0]:.2f} × ({costs[0]:.2f} to {costs[-1]:.2f} µs)", costs[-1] <= costs[0] * MOST


def show(samples: Samples) -> str:
    """Costs and rates by size."""
    rows = [
        [
            f"{size:,}",
            f"{samples.median(US, size, 'cpu'):.2f} µs",
            f"{samples.median(US, size, 'deliveries'):,.0f}",
            f"{samples.median(US, size, 'posts'):,.0f}",
        ]
        for size in SIZES
    ]
    said = "A post costs the same however many hear it, so that in a small room its share of a delivery is larger."
    return table(["sockets in the room", "CPU a delivery", "deliveries/s", "posts/s"], rows) + "\n\n" + said


def plots(samples: Samples) -> dict[str, str]:
    """The cost by size."""
    costs = {US: [(size, samples.median(US, size, "cpu")) for size in SIZES]}
    title = f"CPU on the server for a delivery, {WINDOW} posts in flight"
    return {"growth.svg": lines(title, "sockets in the room", "µs", costs, powers=False, values=True)}


GROWTH = Scenario(
    "growth",
    f"One room from {SIZES[0]:,} to {SIZES[-1]:,} sockets",
    measure,
    [
        Target(
            f"CPU on the server per delivery, N = {SIZES[0]:,} → {SIZES[-1]:,}, {WINDOW} in flight",
            f"grows by at most {MOST} ×",
            _grown,
        )
    ],
    show,
    plots,
)
