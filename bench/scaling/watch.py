"""The hot room for real, small: what a few hundred sockets of the product see, beside what the simulation says.

`python -m bench.scaling.watch` starts it as `make capacity` does, lets posts come by chance at a few rates, and prints
JSON; with --write it is kept. Half a minute of two cores.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import httpx
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.dialects import SOURCE
from bench.measured import keep
from bench.run import begin
from bench.server import Server, leave_the_core
from bench.setups import SETUPS

READERS = 2  # at each server, who decode what they get
WRITERS = 2  # at each server, who post by turns; everybody else gets it and looks at nothing
RATES = (50, 200, 800)  # posts a second
PATIENCE = 30.0
BUCKET = "parley_commit_seconds_bucket{"
HELLO = b'\x81\x90\0\0\0\0{"type":"hello"}'  # a masked text frame (RFC 6455)


def main() -> None:
    """Watch each setup at each rate."""
    parser = argparse.ArgumentParser(description="Measure what the simulation of the hot room predicts.")
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=4, help="for each rate")
    parser.add_argument("--write", action="store_true", help="keep it in bench/measured.json")
    options = parser.parse_args()
    leave_the_core()
    run = begin("python -m bench.scaling.watch")
    found = []
    for name, setup in SETUPS.items():
        with tempfile.TemporaryDirectory(prefix="parley-watch-") as folder, setup(Path(folder)) as servers:
            for each in uvloop.run(watch(servers, options.sockets, options.seconds)):
                found.append({"setup": name, "nodes": len(servers), "sockets": options.sockets, **each})
    print(json.dumps(found, indent=2))
    if options.write:
        keep("watched", run, {"rows": found})


async def watch(servers: Sequence[Server], sockets: int, seconds: float) -> list[dict[str, Any]]:
    """Latencies and commits in milliseconds, CPU as a share of a core, of all servers, for each rate."""
    tokens = servers[0].tokens(4)
    readers = [await _open(server, tokens[0]) for server in servers for _ in range(READERS)]
    writers = [await _open(server, tokens[1]) for server in servers for _ in range(WRITERS)]
    others = sockets // len(servers) - READERS - WRITERS
    crowd = [await _crowd(server, tokens[number % 4]) for server in servers for number in range(others)]
    deaf = [asyncio.create_task(_forget(each)) for each in writers]
    found = []
    for rate in RATES:
        before = await _metrics(servers)
        latencies = sorted(await _party(writers, readers, rate, seconds))
        after = await _metrics(servers)
        commits = after.commits - before.commits
        buckets = {edge: count - before.buckets[edge] for edge, count in after.buckets.items()}
        found.append(
            {
                "rate": rate,
                "p50_ms": round(latencies[len(latencies) // 2] * 1000, 1),
                "p90_ms": round(latencies[len(latencies) * 9 // 10] * 1000, 1),
                "cpu": round((after.cpu - before.cpu) / seconds, 3),
                "group": round((after.changes - before.changes) / commits, 2),
                "commit_ms": round((after.held - before.held) / commits * 1000, 2),
                "commits_ms": [round(each * 1000, 2) for each in spread(buckets)],
            }
        )
        print(found[-1], file=sys.stderr)
    for task in deaf:
        task.cancel()
    for each in (*readers, *writers):
        await each.close()
    for transport in crowd:
        transport.abort()
    return found


async def _party(
    writers: Sequence[ClientConnection], readers: Sequence[ClientConnection], rate: float, seconds: float
) -> list[float]:
    """Seconds from each post to each reader. Posts come by chance, as in the simulation."""
    chance, loop = random.Random(1), asyncio.get_running_loop()
    said: dict[str, float] = {}
    latencies: list[float] = []
    begin = due = loop.time()
    posts = []
    while (due := due + chance.expovariate(rate)) < begin + seconds:
        posts.append(due)

    async def read(reader: ClientConnection) -> None:
        left = {f"{rate}-{number}" for number in range(len(posts))}
        while left:
            frame = json.loads(await reader.recv())
            for message in frame.get("messages", [frame.get("message", {})]):
                if (key := message.get("key")) in left:
                    left.remove(key)
                    latencies.append(loop.time() - said[key])

    async with asyncio.timeout(seconds + PATIENCE), asyncio.TaskGroup() as group:
        for reader in readers:
            group.create_task(read(reader))
        for number, due in enumerate(posts):
            if (pause := due - loop.time()) > 0:
                await asyncio.sleep(pause)
            said[f"{rate}-{number}"] = loop.time()
            post = {"type": "post", "key": f"{rate}-{number}", "room": 1, "source": SOURCE}
            await chance.choice(writers).send(json.dumps(post))
    return latencies


async def _open(server: Server, token: str) -> ClientConnection:
    """Somebody who has said hello and got the newest page."""
    headers = {"Authorization": f"Bearer {token}"}
    socket = await connect(f"ws://127.0.0.1:{server.port}/ws", additional_headers=headers, compression=None)
    await socket.send('{"type":"hello"}')
    while json.loads(await socket.recv())["type"] != "log":
        pass
    return socket


async def _forget(socket: ClientConnection) -> None:
    async for _ in socket:
        pass


class Ear(asyncio.Protocol):
    """Somebody who gets everything and looks at nothing."""

    def __init__(self) -> None:
        self.first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Note that the door has opened."""
        if not self.first.done():
            self.first.set_result(data)


async def _crowd(server: Server, token: str) -> asyncio.Transport:
    transport, ear = await asyncio.get_running_loop().create_connection(Ear, "127.0.0.1", server.port)
    transport.write(
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    if b" 101 " not in await ear.first:
        raise RuntimeError("a socket was refused")
    transport.write(HELLO)
    return transport


@dataclass(frozen=True)
class Metrics:
    """So far, of all servers: seconds of CPU, changes stored, transactions, seconds in them, how long they took."""

    cpu: float
    changes: float
    commits: float
    held: float
    buckets: dict[float, float]  # transactions that took at most so many seconds


async def _metrics(servers: Sequence[Server]) -> Metrics:
    said: dict[str, float] = {}
    for server in servers:
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"{server.url}/metrics")).text
        for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")):
            said[name] = said.get(name, 0.0) + float(value)
    return Metrics(
        cpu=sum(server.cpu() for server in servers),
        changes=said["parley_changes_total"],
        commits=said["parley_commit_seconds_count"],
        held=said["parley_commit_seconds_sum"],
        buckets={float(name.split('"')[1]): count for name, count in said.items() if name.startswith(BUCKET)},
    )


def spread(buckets: dict[float, float], parts: int = 20) -> list[float]:
    """So many times that are equally likely, in seconds, from a histogram that counts those of at most so much."""
    edges = sorted(buckets)
    total = buckets[edges[-1]]
    found = []
    for part in range(parts):
        rank = (part + 0.5) / parts * total
        place = next(number for number, edge in enumerate(edges) if buckets[edge] >= rank)
        low, below = (edges[place - 1], buckets[edges[place - 1]]) if place else (0.0, 0.0)
        high = edges[place] if edges[place] != inf else low * 2
        found.append(low + (high - low) * (rank - below) / (buckets[edges[place]] - below))
    return found


if __name__ == "__main__":
    main()
