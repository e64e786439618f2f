"""`--only slow-readers`: a tenth of a room stops reading; what the others lose, and what the server keeps for them."""

import asyncio
import tempfile
from pathlib import Path

import uvloop

from bench.room import Room
from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.sides import US, parley

READERS, STOPPED = 900, 100
WINDOW = 16  # posts in flight
SETTLE = 1.0  # seconds until what coming in has caused is over
LOSS = 0.1  # of the readers' rate, at most
BOUND = 2**20  # bytes a stopped socket at most: SOCKET_BUFFER, and what one round may add


def measure(options: Options) -> Samples:
    """In each round first with all reading, then with some stopped; `setting` is how many are."""
    samples = Samples()
    for number in range(options.rounds):
        for stopped, figures in uvloop.run(_talk(options.seconds)).items():
            samples.append(Sample(US, stopped, figures))
            rate = f"{figures['deliveries']:,.0f} deliveries/s to the others"
            options.progress(f"{number + 1}/{options.rounds} {stopped} stopped: {rate}")
    return samples


async def _talk(seconds: float) -> dict[int, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, parley(Path(folder)) as (server, dialect):
        readers, others = Room(), Room()
        await readers.enter(dialect, READERS)
        await others.enter(dialect, STOPPED)
        await asyncio.sleep(SETTLE)
        before = await readers.talk(WINDOW, seconds, server.cpu)
        memory = server.memory()
        for each in others.sockets:
            each.stop_reading()
        after = await readers.talk(WINDOW, seconds, server.cpu)
        grown = server.memory() - memory
        readers.leave()
        return {0: before.figures() | {"grown": 0.0}, STOPPED: after.figures() | {"grown": float(grown)}}


def _rate(samples: Samples) -> tuple[str, bool]:
    before, after = (samples.median(US, stopped, "deliveries") for stopped in (0, STOPPED))
    return f"{after / before - 1:+.1%} ({before:,.0f} to {after:,.0f} a second)", after >= before * (1 - LOSS)


def _memory(samples: Samples) -> tuple[str, bool]:
    grown = samples.median(US, STOPPED, "grown") / STOPPED
    return f"{grown / 1024:,.0f} KB a stopped socket", grown <= BOUND


def show(samples: Samples) -> str:
    """Rates of those who read."""
    rows = [
        [
            f"{stopped} of {READERS + STOPPED:,}",
            f"{samples.median(US, stopped, 'deliveries'):,.0f}",
            f"{samples.median(US, stopped, 'cpu'):.2f} µs",
            f"{samples.median(US, stopped, 'grown') / 2**20:.1f} MB",
        ]
        for stopped in (0, STOPPED)
    ]
    return table(["stopped", f"deliveries/s to the {READERS} others", "CPU a delivery", "memory grew by"], rows)


SLOW_READERS = Scenario(
    "slow-readers",
    f"{STOPPED} of {READERS + STOPPED:,} sockets stop reading",
    measure,
    [
        Target(
            f"slow readers: {STOPPED} of {READERS + STOPPED:,} stop reading, rate of the other {READERS}",
            f"loses at most {LOSS:.0%}",
            _rate,
        ),
        Target("the same: memory", f"bounded: ≤ {BOUND // 1024:,} KB each", _memory),
    ],
    show,
)
