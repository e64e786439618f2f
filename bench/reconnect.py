"""`--only reconnect`: everybody comes back at once, each some messages behind."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import httpx
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
FEW = 500  # clients, to see what grows with them
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
        for clients in (FEW, CLIENTS):
            figures = uvloop.run(_come_back(clients))
            samples.append(Sample(US, clients, figures))
            options.progress(f"{number + 1}/{options.rounds} {clients:,} caught up after {figures['seconds']:.1f} s")
    return samples


async def _come_back(clients: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        tokens = settle(Path(folder), people=PEOPLE, messages=HISTORY)
        with Server(Path(folder)) as server:
            dialect = Returning(server.port, tokens, _epoch(server.port, tokens[0]))
            room, work, reads, started = Room(), server.cpu(), _reads(server.url), perf_counter()
            room.sockets += await arrive(dialect, room, clients, at_once=clients)
            inside = perf_counter() - started
            async with asyncio.timeout(PATIENCE):
                while room.deliveries < clients * BEHIND:  # noqa: ASYNC110 - nothing tells of the last
                    await asyncio.sleep(0.01)
            took = perf_counter() - started
            if room.deliveries != clients * BEHIND:
                raise RuntimeError(f"{room.deliveries} messages instead of {clients * BEHIND}")
            found = {"seconds": took, "inside": inside, "cpu": server.cpu() - work, "memory": server.memory()}
            found |= {name: count - reads[name] for name, count in _reads(server.url).items()}
            room.leave()
            return found


def _epoch(port: int, token: str) -> str:
    with connect(f"ws://127.0.0.1:{port}/ws", additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        socket.send('{"type":"hello"}')
        return str(json.loads(socket.recv())["epoch"])


def _reads(url: str) -> dict[str, float]:
    """How often the database was read so far: at all, and for pages of the log."""
    text = httpx.get(f"{url}/metrics").raise_for_status().text
    names = {"reads": "parley_database_reads_total", "pages": "parley_log_pages_read_total"}
    return {figure: float(text.partition(f"\n{name} ")[2].split()[0]) for figure, name in names.items()}


def _seconds(samples: Samples) -> tuple[str, bool]:
    seconds = samples.median(US, CLIENTS, "seconds")
    return f"{seconds:.1f} s", seconds <= SECONDS


def _grown(samples: Samples) -> tuple[str, bool]:
    few, many = (samples.median(US, clients, "pages") for clients in (FEW, CLIENTS))
    each = CLIENTS / (samples.median(US, CLIENTS, "reads") - many)
    return f"{few:.0f} with {FEW}, {many:.0f} with {CLIENTS:,}; who and where: one for {each:.0f} clients", many <= few


def show(samples: Samples) -> str:
    """How long it took, and of whom."""
    rows = []
    for clients in (FEW, CLIENTS):
        inside, seconds, cpu, memory, reads, pages = (
            samples.median(US, clients, each) for each in ("inside", "seconds", "cpu", "memory", "reads", "pages")
        )
        rows.append(
            [
                *(f"{clients:,}", f"{inside:.2f} s", f"{seconds:.2f} s", f"{cpu:.2f} s"),
                *(f"{memory / 2**20:.0f} MB", f"{pages:.0f}", f"{reads - pages:.0f}"),
            ]
        )
    head = [
        *("clients", "all signed in", f"all have their {BEHIND} messages"),
        *("CPU of the server", "its memory then", "reads of the log", "other reads of the database"),
    ]
    said = (
        "The messages are read once for all who are as far behind. Who somebody is and where is read for all who ask "
        "while the read before is under way ([together.py](../parley/faces/gateway/together.py)): reads grow with the "
        "time that it takes, not with the people."
    )
    return table(head, rows) + "\n\n" + said


RECONNECT = Scenario(
    "reconnect",
    f"{CLIENTS:,} clients come back at once",
    measure,
    [
        Target(
            f"{CLIENTS:,} clients reconnect at once, each {BEHIND} messages behind: all caught up",
            f"≤ {SECONDS} s",
            _seconds,
        ),
        Target("the same: reads of the log", "do not grow with clients", _grown),
    ],
    show,
)
