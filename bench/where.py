"""`--only where`: where the server's time for a delivery goes: the loop, the kernel beneath it, other threads."""

import asyncio
import tempfile
from pathlib import Path

import uvloop

from bench.dialects import Dialect
from bench.fan_out import PEOPLE, SETTLE, WINDOWS
from bench.plot import bars
from bench.room import Room
from bench.scenario import MICRO, Options, Sample, Samples, Scenario, table
from bench.server import Process
from bench.sides import US, parley

PARTS = {
    "system": "the loop's thread, in the kernel: writing to sockets, and what comes in",
    "loop": "the loop's thread, Python and uvloop: frames in, commands, rounds",
    "others": "other threads, nearly all of it the writer: rendering, SQL, fsync, encoding",
}


def measure(options: Options) -> Samples:
    """In each round on a server that has just started."""
    samples = Samples()
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, parley(Path(folder)) as (server, dialect):
            room = Room()
            found = uvloop.run(_talk(room, dialect, server, options.seconds))
        for window, figures in found.items():
            samples.append(Sample(US, window, figures))
            said = ", ".join(f"{name} {figures[name]:.2f} µs" for name in PARTS)
            options.progress(f"{number + 1}/{options.rounds} {window} in flight: {said}")
    return samples


async def _talk(room: Room, dialect: Dialect, server: Process, seconds: float) -> dict[int, dict[str, float]]:
    await room.enter(dialect, PEOPLE)
    await asyncio.sleep(SETTLE)
    found = {}
    for window in WINDOWS:
        looks: list[dict[str, float]] = []  # one when it begins, one when it is over

        def cpu(looks: list[dict[str, float]] = looks) -> float:
            looks.append(server.parts())
            return sum(looks[-1].values())

        load = await room.talk(window, seconds, cpu)
        before, after = looks
        found[window] = {name: (after[name] - before[name]) / load.deliveries * MICRO for name in PARTS}
    room.leave()
    return found


def show(samples: Samples) -> str:
    """Costs by part."""
    rows = [
        [said, *(f"{samples.median(US, window, name):.2f} µs" for window in samples.settings())]
        for name, said in PARTS.items()
    ]
    return table(["CPU a delivery", *(f"{window} in flight" for window in samples.settings())], rows)


def plots(samples: Samples) -> dict[str, str]:
    """The parts side by side."""
    costs = {name: [samples.median(US, window, name) for window in samples.settings()] for name in PARTS}
    labels = [f"{window} in flight" for window in samples.settings()]
    return {"where.svg": bars(f"µs of CPU for a delivery to one of {PEOPLE:,} sockets", labels, costs)}


WHERE = Scenario("where", "Where a delivery's time goes", measure, [], show, plots)
