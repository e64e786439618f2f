"""`--only floor`: what the system calls of fan-out alone cost here, by how many deliveries a write carries."""

import asyncio
import sys
from collections.abc import Iterator

import uvloop

from bench.dialects import Dialect
from bench.room import Room
from bench.scenario import Options, Sample, Samples, Scenario, table
from bench.server import Process
from bench.sides import PEERS

PEOPLE = 1000  # sockets in the room
TOGETHER = (1, 4, 16, 64)  # deliveries in a write
SIZE = 454  # bytes of a delivery, as Parley's in the fan-out
SIDE = "a loop of os.write"


class Bytes(Dialect):
    """What peers/floor.py speaks. A round of any size counts as one delivery."""

    delivery = b"end\n"
    ack = b"ack\n"
    ping = b"ping"
    rare = b"p"

    def entry(self) -> list[tuple[bytes, bytes]]:
        """Say hello."""
        return [(b"", b"hello\n"), (b"welcome\n", b"")]

    def post(self, number: int) -> bytes:
        """Ask for a round."""
        return b"post %d\n" % number


def measure(options: Options) -> Samples:
    """Each size in turn, in each round by a program that has just started."""
    samples = Samples()
    for number in range(options.rounds):
        for together, size in _sizes():
            with Process([sys.executable, str(PEERS / "floor.py"), str(size)]) as process:
                room, port = Room(), int(process.said.split()[2])
                cost = uvloop.run(_rounds(room, Bytes(port), process, options.seconds)) / together
                samples.append(Sample(SIDE, together, {"cpu": cost}))
                options.progress(f"{number + 1}/{options.rounds} {together} together: {cost:.2f} µs CPU a delivery")
    return samples


def _sizes() -> Iterator[tuple[int, int]]:
    return ((together, together * SIZE) for together in TOGETHER)


async def _rounds(room: Room, dialect: Dialect, process: Process, seconds: float) -> float:
    """Microseconds of CPU a write."""
    await room.enter(dialect, PEOPLE)
    await asyncio.sleep(0.5)
    load = await room.talk(1, seconds, process.cpu)
    room.leave()
    return load.figures()["cpu"]


def show(samples: Samples) -> str:
    """Costs by size."""
    rows = [[f"{each}", f"{samples.median(SIDE, each, 'cpu'):.2f} µs"] for each in samples.settings()]
    said = (
        f"A program that does nothing but write the same bytes to {PEOPLE:,} sockets, {SIZE} for each delivery "
        "([floor.py](../bench/peers/floor.py)). Nearly all of it is the kernel: whoever writes to a socket of the same "
        "machine pays for the way through its network as well, up to waking the reader."
    )
    return table(["deliveries in a write", "CPU a delivery"], rows) + "\n\n" + said


FLOOR = Scenario("floor", "The floor: system calls alone", measure, [], show)
