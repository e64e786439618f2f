"""`--only fan-out`: one room, everybody hears every post; Parley beside its peers, by turns."""

import asyncio
import tempfile
from pathlib import Path

import uvloop

from bench.dialects import Dialect
from bench.lines import lines
from bench.room import Load, Room
from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.server import Process
from bench.sides import SIDES, US

PEOPLE = 1000  # sockets in the room
WINDOWS = (1, 16, 64)  # posts in flight
SETTLE = 1.0  # seconds until what coming in has caused is over
PEER = "Socket.IO on Node"


def measure(options: Options) -> Samples:
    """Each side in turn, in each round on a server that has just started."""
    samples = Samples()
    for number in range(options.rounds):
        for side in SIDES.values():
            if side.missing:
                options.progress(f"{side.name} is left out; to have it: {side.missing}")
                continue
            with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, side.start(Path(folder)) as started:
                for window, load in uvloop.run(talk(*started, options.seconds, PEOPLE)).items():
                    samples.append(Sample(side.name, window, load.figures()))
                    options.progress(f"{number + 1}/{options.rounds} {side.name}, {window} in flight: {load}")
    return samples


async def talk(process: Process, dialect: Dialect, seconds: float, people: int) -> dict[int, Load]:
    """Fill the room, talk with each window in turn."""
    room = Room()
    await room.enter(dialect, people)
    await asyncio.sleep(SETTLE)
    found = {window: await room.talk(window, seconds, process.cpu) for window in WINDOWS}
    room.leave()
    return found


# ── what it shows ───────────────────────────────────────────────────────────────────────────────────


def beside(window: int, least: float) -> Target:
    """At least so many times the peer's deliveries a second."""

    def reached(samples: Samples) -> tuple[str, bool]:
        ours, theirs = (samples.median(side, window, "deliveries") for side in (US, PEER))
        return f"{ours / theirs:.1f} × ({ours:,.0f} to {theirs:,.0f})", ours / theirs >= least

    return Target(
        f"deliveries/s, {PEOPLE:,} sockets, {window} in flight, beside Socket.IO on Node", f"≥ {least:g} ×", reached
    )


def latency(samples: Samples) -> tuple[str, bool]:
    """With one post in flight, milliseconds of ours and of theirs."""
    ours, theirs = ([samples.median(side, 1, each) for each in ("p50", "p99")] for side in (US, PEER))
    said = f"{ours[0]:.1f} and {ours[1]:.1f} ms to {theirs[0]:.1f} and {theirs[1]:.1f} ms"
    return said, ours[0] <= theirs[0] and ours[1] <= theirs[1]


def show(samples: Samples) -> str:
    """What each side reached, and what it did for it."""
    sides, windows = samples.sides(), samples.settings()
    rates = [
        [
            side,
            *(f"{samples.median(side, window, 'deliveries'):,.0f}" for window in windows),
            *(f"{samples.median(side, window, 'cpu'):.2f} µs" for window in windows),
            f"{samples.median(side, 1, 'p50'):.1f} / {samples.median(side, 1, 'p99'):.1f} ms",
            f"{samples.median(side, 1, 'size'):.0f}",
        ]
        for side in sides
    ]
    head = [
        *("side", *(f"deliveries/s, {window} in flight" for window in windows)),
        *(f"CPU a delivery, {window}" for window in windows),
        *("latency p50 / p99, 1 in flight", "bytes a delivery"),
    ]
    work = table(["side", "what it does for a post"], [[side, SIDES[side].does] for side in sides])
    left = [f"Left out, for it was not installed: {name}." for name in SIDES if name not in sides]
    return "\n\n".join([table(head, rates), work, *left])


def plots(samples: Samples) -> dict[str, str]:
    """Deliveries a second, by side and window."""
    rates = {
        side: [(window, samples.median(side, window, "deliveries")) for window in samples.settings()]
        for side in samples.sides()
    }
    title = f"Deliveries a second to {PEOPLE:,} sockets in one room"
    return {"fan-out.svg": lines(title, "posts in flight", "deliveries a second, by powers of ten", rates, values=True)}


FAN_OUT = Scenario(
    "fan-out",
    f"Fan-out: {PEOPLE:,} sockets in one room",
    measure,
    [
        beside(16, 8),
        beside(64, 15),
        beside(1, 1.2),
        Target("the same with 1 in flight: latency p50 and p99 beside Socket.IO's", "not above", latency),
    ],
    show,
    plots,
)
