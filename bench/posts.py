"""`--only posts`: how many posts a second are durable, with group commit and without."""

import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import uvloop

from bench.dialects import Parley
from bench.room import Load, Room
from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.server import PROGRAM, Process, Server
from bench.sides import PEOPLE, US
from parley.store.committer import GROUP

SOCKETS = 10
WINDOW = 64  # posts in flight
ROWS = 6000  # posts to the store alone
LEAST = 3000  # a second
TIMES = 10  # as many as without
ALONE = "without group commit"
STORES = {"the store alone": GROUP, "the store alone, a transaction each": 1}
PROGRAMS = {US: PROGRAM, ALONE: (sys.executable, "-m", "bench.ungrouped")}


def measure(options: Options) -> Samples:
    """Both in turn, in each round on a server that has just started."""
    samples = Samples()
    for number in range(options.rounds):
        for side, program in PROGRAMS.items():
            load = uvloop.run(_talk(program, options.seconds))
            samples.append(Sample(side, WINDOW, load.figures()))
            options.progress(f"{number + 1}/{options.rounds} {side}: {load.posts / load.seconds:,.0f} posts/s")
        for side, group in STORES.items():
            with Process([sys.executable, "-m", "bench.rows", str(group), str(ROWS)]) as process:
                samples.append(Sample(side, WINDOW, {"posts": float(process.said)}))
            options.progress(f"{number + 1}/{options.rounds} {side}: {process.said.strip()} posts/s")
    return samples


async def _talk(program: tuple[str, ...], seconds: float) -> Load:
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, Server(Path(folder), program) as server:
        room = Room()
        await room.enter(Parley(server.port, server.tokens(PEOPLE)), SOCKETS)
        load = await room.talk(WINDOW, seconds, server.cpu)
        room.leave()
        return load


def _rate(samples: Samples) -> tuple[str, bool]:
    rate = samples.median(US, WINDOW, "posts")
    return f"{rate:,.0f}", rate >= LEAST


def _gain(sides: Iterable[str]) -> Callable[[Samples], tuple[str, bool]]:
    def reached(samples: Samples) -> tuple[str, bool]:
        ours, alone = (samples.median(side, WINDOW, "posts") for side in sides)
        return f"{ours / alone:.1f} × ({ours:,.0f} to {alone:,.0f})", ours >= alone * TIMES

    return reached


def show(samples: Samples) -> str:
    """Rates and costs, and what a post is."""
    rows = [
        [
            side,
            f"{samples.median(side, WINDOW, 'posts'):,.0f}",
            f"{samples.median(side, WINDOW, 'cpu') * SOCKETS:.0f} µs",
        ]
        for side in PROGRAMS
    ]
    rows += [[side, f"{samples.median(side, WINDOW, 'posts'):,.0f}", "–"] for side in STORES]
    said = (
        f"Each post is rendered, stored with an fsync, acknowledged and delivered to all {SOCKETS} sockets. Without "
        "group commit it is the same server, but that each post has a transaction of its own "
        "([ungrouped.py](../bench/ungrouped.py)). The store alone gets posts that are rendered already and has nobody "
        "to tell ([rows.py](../bench/rows.py))."
    )
    return table(["", "durable posts/s", "CPU a post, with its deliveries"], rows) + "\n\n" + said


POSTS = Scenario(
    "posts",
    f"Durable posts, {SOCKETS} sockets and {WINDOW} in flight",
    measure,
    [
        Target(f"durable posts/s, {SOCKETS} sockets, {WINDOW} in flight", f"≥ {LEAST:,}", _rate),
        Target("the store alone beside itself without group commit", f"≥ {TIMES} ×", _gain(STORES)),
        Target("the whole server beside itself without group commit", f"≥ {TIMES} ×", _gain(PROGRAMS)),
    ],
    show,
)
