"""`--only idle`: what people cost who only listen, while nobody speaks."""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

import uvloop

from bench.room import Room
from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.sides import US, parley

SOCKETS = 8000
WATCHED = 40.0  # seconds: two heartbeats of each
SETTLE = 5.0  # seconds until what coming in has caused is over
KILOBYTES = 16  # a socket, at most
SHARE = 0.03  # of a core, at most


def measure(options: Options) -> Samples:
    """On a server that has just started, in each round."""
    samples = Samples()
    for number in range(options.rounds):
        figures = uvloop.run(_listen())
        samples.append(Sample(US, SOCKETS, figures))
        options.progress(
            f"{number + 1}/{options.rounds} {figures['memory']:,.0f} bytes a socket, {figures['share']:.1%} of a core"
        )
    return samples


async def _listen() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, parley(Path(folder)) as (server, dialect):
        empty = server.memory()
        room = Room()
        await room.enter(dialect, SOCKETS)
        await asyncio.sleep(SETTLE)
        full = server.memory()
        work, started = server.cpu(), perf_counter()
        await asyncio.sleep(WATCHED)
        share = (server.cpu() - work) / (perf_counter() - started)
        room.leave()
        return {"memory": (full - empty) / SOCKETS, "share": share, "empty": empty}


def _memory(samples: Samples) -> tuple[str, bool]:
    size = samples.median(US, SOCKETS, "memory") / 1024
    return f"{size:.1f} KB", size <= KILOBYTES


def _share(samples: Samples) -> tuple[str, bool]:
    share = samples.median(US, SOCKETS, "share")
    return f"{share:.1%}", share <= SHARE


def show(samples: Samples) -> str:
    """Memory and CPU."""
    memory, share, empty = (samples.median(US, SOCKETS, each) for each in ("memory", "share", "empty"))
    rows = [[f"{SOCKETS:,}", f"{memory:,.0f} bytes", f"{share:.1%}", f"{empty / 2**20:.0f} MB"]]
    said = f"Watched for {WATCHED:.0f} s: two heartbeats of each. What the kernel keeps for a socket comes on top."
    return table(["sockets", "memory a socket", "share of a core", "a server without anybody"], rows) + "\n\n" + said


IDLE = Scenario(
    "idle",
    f"{SOCKETS:,} sockets that only listen",
    measure,
    [
        Target(f"memory per idle signed-in socket, {SOCKETS:,} sockets", f"≤ {KILOBYTES} KB", _memory),
        Target(f"CPU of {SOCKETS:,} idle sockets (heartbeats, presence)", f"≤ {SHARE:.0%} of a core", _share),
    ],
    show,
)
