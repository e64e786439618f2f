"""`--only reconnect`: everybody comes back at once, each some messages behind."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import uvloop
from websockets.sync.client import connect

from bench.dialects import Entry, Parley, text, upgrade
from bench.people import arrive
from bench.room import Room
from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.server import Server
from bench.sides import PEOPLE, US
from bench.town import GENERAL, settle

CLIENTS = 5000
BEHIND = 200  # messages
HISTORY = 1000  # messages that are there
SECONDS = 10  # until all have caught up, at most
PATIENCE = 120.0  # seconds


class Returning(Parley):
    """Somebody with a cursor. In the room as soon as hello was said: what is missed comes as deliveries."""

    def __init__(self, port: int, tokens: Sequence[str], epoch: str) -> None:
        super().__init__(port, tokens)
        self._hello = text({"type": "hello", "epoch": epoch, "cursors": {str(GENERAL): HISTORY - BEHIND}})

    def entry(self) -> Entry:
        """Sign in by token, say hello."""
        return [(b"", upgrade("/ws", f"Authorization: Bearer {self.token()}\r\n")), (b" 101 ", self._hello)]


def measure(options: Options) -> Samples:
    """In each round at a server that has just started."""
    samples = Samples()
    for number in range(options.rounds):
        figures = uvloop.run(_come_back())
        samples.append(Sample(US, CLIENTS, figures))
        options.progress(f"{number + 1}/{options.rounds} all caught up after {figures['seconds']:.1f} s")
    return samples


async def _come_back() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        tokens = settle(Path(folder), people=PEOPLE, messages=HISTORY)
        with Server(Path(folder)) as server:
            dialect = Returning(server.port, tokens, _epoch(server.port, tokens[0]))
            room, work, started = Room(), server.cpu(), perf_counter()
            room.sockets += await arrive(dialect, room, CLIENTS, at_once=CLIENTS)
            inside = perf_counter() - started
            async with asyncio.timeout(PATIENCE):
                while room.deliveries < CLIENTS * BEHIND:  # noqa: ASYNC110 - nothing tells of the last
                    await asyncio.sleep(0.01)
            took = perf_counter() - started
            if room.deliveries != CLIENTS * BEHIND:
                raise RuntimeError(f"{room.deliveries} messages instead of {CLIENTS * BEHIND}")
            found = {"seconds": took, "inside": inside, "cpu": server.cpu() - work, "memory": server.memory()}
            room.leave()
            return found


def _epoch(port: int, token: str) -> str:
    with connect(f"ws://127.0.0.1:{port}/ws", additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        socket.send('{"type":"hello"}')
        return str(json.loads(socket.recv())["epoch"])


def _seconds(samples: Samples) -> tuple[str, bool]:
    seconds = samples.median(US, CLIENTS, "seconds")
    return f"{seconds:.1f} s", seconds <= SECONDS


def show(samples: Samples) -> str:
    """How long it took, and of whom."""
    inside, seconds, cpu, memory = (
        samples.median(US, CLIENTS, each) for each in ("inside", "seconds", "cpu", "memory")
    )
    rows = [[f"{CLIENTS:,}", f"{inside:.1f} s", f"{seconds:.1f} s", f"{cpu:.1f} s", f"{memory / 2**20:.0f} MB"]]
    head = ["clients", "all signed in", f"all have their {BEHIND} messages", "CPU of the server", "its memory then"]
    return table(head, rows)


RECONNECT = Scenario(
    "reconnect",
    f"{CLIENTS:,} clients come back at once",
    measure,
    [
        Target(
            f"{CLIENTS:,} clients reconnect at once, each {BEHIND} messages behind: all caught up",
            f"≤ {SECONDS} s",
            _seconds,
        )
    ],
    show,
)
