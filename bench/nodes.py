"""`--only nodes`: two nodes over PostgreSQL and Valkey beside one over SQLite, per CPU-second."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench.dialects import Parley
from bench.room import Load, Room
from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.server import Server
from bench.setups import SETUPS
from bench.sides import PEOPLE

SOCKETS = 1000
WINDOWS = (16, 64)  # posts in flight
SETTLE = 3.0  # seconds until what coming in has caused is over
LEAST = 0.8  # times as many deliveries per CPU-second


def measure(options: Options) -> Samples:
    """Both setups in turn, in each round started afresh."""
    samples = Samples()
    for number in range(options.rounds):
        for name, setup in SETUPS.items():
            with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, setup(Path(folder)) as servers:
                for window, load in uvloop.run(_talk(servers, options.seconds)).items():
                    samples.append(Sample(name, window, load.figures()))
                    options.progress(f"{number + 1}/{options.rounds} {name}, {window} in flight: {load}")
    return samples


async def _talk(servers: Sequence[Server], seconds: float) -> dict[int, Load]:
    room, tokens = Room(), servers[0].tokens(PEOPLE)
    for server in servers:
        await room.enter(Parley(server.port, tokens), SOCKETS // len(servers))
    await asyncio.sleep(SETTLE)
    found = {
        window: await room.talk(window, seconds, lambda: sum(each.cpu() for each in servers)) for window in WINDOWS
    }
    room.leave()
    return found


def _beside(window: int) -> Target:
    def reached(samples: Samples) -> tuple[str, bool]:
        one, two = (1e6 / samples.median(name, window, "cpu") for name in SETUPS)
        return f"{two / one:.2f} × ({two:,.0f} to {one:,.0f})", two >= one * LEAST

    return Target(
        f"two nodes over Valkey and PostgreSQL, deliveries per CPU-second beside one embedded node, {window} in flight",
        f"≥ {LEAST} ×",
        reached,
    )


def show(samples: Samples) -> str:
    """Costs and rates of both."""
    rows = [
        [
            name,
            *(f"{samples.median(name, window, 'cpu'):.2f} µs" for window in WINDOWS),
            *(f"{samples.median(name, window, 'deliveries'):,.0f}" for window in WINDOWS),
        ]
        for name in SETUPS
    ]
    head = [
        "",
        *(f"CPU a delivery, {window} in flight" for window in WINDOWS),
        *(f"deliveries/s, {window} in flight" for window in WINDOWS),
    ]
    said = (
        f"{SOCKETS:,} sockets in one room, half of them at each node. CPU is that of the nodes, without PostgreSQL "
        "and Valkey, which have the other core together with the load; both nodes share the one core that a "
        "single node has alone."
    )
    return table(head, rows) + "\n\n" + said


NODES = Scenario("nodes", "Two nodes beside one", measure, [_beside(window) for window in WINDOWS], show)
