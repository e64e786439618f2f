"""`--only posts`: how many posts a second are durable, with group commit and without."""

import sys
import tempfile
from pathlib import Path

import uvloop

from bench.dialects import Parley
from bench.room import Load, Room
from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.server import PROGRAM, Server
from bench.sides import PEOPLE, US

SOCKETS = 10
WINDOW = 64  # posts in flight
LEAST = 3000  # a second
TIMES = 10  # as many as without
ALONE = "without group commit"
PROGRAMS = {US: PROGRAM, ALONE: (sys.executable, "-m", "bench.ungrouped")}


def measure(options: Options) -> Samples:
    """Both in turn, in each round on a server that has just started."""
    samples = Samples()
    for number in range(options.rounds):
        for side, program in PROGRAMS.items():
            load = uvloop.run(_talk(program, options.seconds))
            samples.append(Sample(side, WINDOW, load.figures()))
            options.progress(f"{number + 1}/{options.rounds} {side}: {load.posts / load.seconds:,.0f} posts/s")
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


def _gain(samples: Samples) -> tuple[str, bool]:
    ours, alone = (samples.median(side, WINDOW, "posts") for side in PROGRAMS)
    return f"{ours / alone:.1f} × ({ours:,.0f} to {alone:,.0f})", ours >= alone * TIMES


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
    said = (
        f"Each post is rendered, stored with an fsync, acknowledged and delivered to all {SOCKETS} sockets. Without "
        "group commit it is the same server, but that each post has a transaction of its own "
        "([ungrouped.py](../bench/ungrouped.py))."
    )
    return table(["", "durable posts/s", "CPU a post, with its deliveries"], rows) + "\n\n" + said


POSTS = Scenario(
    "posts",
    f"Durable posts, {SOCKETS} sockets and {WINDOW} in flight",
    measure,
    [
        Target(f"durable posts/s, {SOCKETS} sockets, {WINDOW} in flight", f"≥ {LEAST:,}", _rate),
        Target("the same beside the same server without group commit", f"≥ {TIMES} ×", _gain),
    ],
    show,
)
