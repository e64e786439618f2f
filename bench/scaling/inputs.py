"""What the model is fed with: costs that were measured, assumptions that are knobs, and machines that are bought."""

import argparse
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from bench import measured
from bench.measured import MEASURED

MICRO = 1e-6


def knob(default: float, about: str) -> Any:
    """A field with its meaning, which `--help` and the page show."""
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True)
class Assumptions:
    """What people do. Nobody can measure that before they come; say yours."""

    posts: float = knob(2.0, "posts an hour of somebody who is online")
    sessions: float = knob(1.0, "times an hour that somebody comes, and as often goes")
    seats: float = knob(10.0, "rooms that somebody is in")
    per_room: float = knob(2.0, "people for each room that there is")
    zipf: float = knob(1.0, "how fast rooms get smaller by rank: size = rank ** -this")
    largest: float = knob(100_000.0, "people online in the largest room, at most")
    quiet: float = knob(0.5, "in a room n times as large each person posts n ** -this times as much")
    message: float = knob(465.0, "bytes of a message on the wire, of 64 characters and their HTML")
    spare: float = knob(0.5, "share of any part that is used; the rest is for the minute when all come back")
    day: float = knob(0.5, "load of a whole day beside that of its busiest hour")
    keep: float = knob(365.0, "days that messages are kept")


@dataclass(frozen=True)
class Hardware:
    """What is bought, and what the system allows."""

    cores: float = knob(8.0, "cores of a machine; a node each, but for one")
    memory: float = knob(32.0, "GB of memory of a machine")
    network: float = knob(10.0, "Gbit/s of a machine")
    kernel: float = knob(16_384.0, "bytes that the kernel takes for a quiet socket, with the balancer's")
    ports: float = knob(28_232.0, "sockets from one balancer's address to a node (deploying.md)")
    connections: float = knob(500.0, "connections to one PostgreSQL")
    database_cores: float = knob(16.0, "cores of PostgreSQL's machine")
    database_disk: float = knob(8.0, "TB of PostgreSQL's disks")


@dataclass(frozen=True)
class Layout:
    """How a server is built: as Parley was, as it is, and the rungs that do not exist yet."""

    name: str
    watched: float = 0.0  # people whom a socket watches, and is told of when they come and go; 0: everybody
    known: bool = True  # each node knows everybody who is online anywhere
    homes: bool = False  # each room has one home: it sweeps and writes for it, in one of many databases


WATCHED = 200  # as many as a client may watch: parley.wire
TODAY = Layout("today", WATCHED)
LADDER = (
    Layout("everybody is told"),
    TODAY,
    Layout("nodes know their own", WATCHED, known=False),
    Layout("and rooms with homes", WATCHED, known=False, homes=True),
)


@dataclass(frozen=True)
class Costs:
    """CPU in seconds, sizes in bytes. Each was measured; `bench/measured.json` says when and how."""

    socket: float  # bytes
    node: float  # bytes, without anybody
    idle: float  # of a socket, each second
    write: float  # to a socket
    event: float  # more for each event in it
    post: float
    hear: float  # a ring
    look: float  # who is online: each person, twice a second, at each node
    presence: float  # bytes of *somebody came*
    commit: float  # CPU of PostgreSQL for a transaction
    row: float  # and for each post in it
    head: float  # CPU of PostgreSQL for the head of a room
    disk: float  # bytes of a stored post with its indexes
    log: float  # bytes of the write-ahead log for it
    publish: float  # CPU of Valkey for a ring
    copy: float  # and for each node that hears it
    commit_seconds: float  # how long a transaction takes
    row_seconds: float  # and longer for each post in it


def read(path: Path = MEASURED) -> Costs:
    """The costs in a file of measurements, those of several nodes where both were measured."""
    found = measured.read(path)
    capacity = found["capacity"]["setups"]["two nodes, PostgreSQL and Valkey"]
    weights = found["weights"]["figures"]
    commit, row = line(1, weights["database_post_us_1"], 64, weights["database_post_us_64"] * 64)
    commit_seconds, row_seconds = line(1, weights["commit_ms_1"], 64, weights["commit_ms_64"])
    post, write, event = delivery(capacity, found["capacity"]["setups"]["one node, SQLite"])
    return Costs(
        socket=capacity["memory"],
        node=capacity["node"],
        idle=capacity["idle"] / 3600,
        write=write * MICRO,
        event=event * MICRO,
        post=post * MICRO,
        hear=weights["hear_us"] * MICRO,
        look=weights["presence_look_us"] * MICRO,
        presence=weights["presence_bytes"],
        commit=commit * MICRO,
        row=row * MICRO,
        head=weights["head_us"] * MICRO,
        disk=weights["disk_bytes"],
        log=weights["wal_bytes"],
        publish=weights["bus_publish_us"] * MICRO,
        copy=weights["bus_copy_us"] * MICRO,
        commit_seconds=commit_seconds / 1000,
        row_seconds=row_seconds / 1000,
    )


def line(x1: float, y1: float, x2: float, y2: float) -> tuple[float, float]:
    """What is paid once, and what for each: y = once + each * x through both points, neither below 0."""
    each = max(0.0, (y2 - y1) / (x2 - x1))
    return max(0.0, y1 - each * x1), each


def delivery(several: dict[str, float], one: dict[str, float]) -> tuple[float, float, float]:
    """(a post, a write, an event more in a write) in µs, from the rows of `make capacity`.

    With so many posts in flight about half of them wait in the committer and half leave in one write; a delivery to
    one of 1,000 sockets holds a thousandth of a post, and a post to ten holds ten deliveries. What an event adds is
    seen in groups only, and best on one node, where nothing else varies.
    """
    post = several["post"] - 10 * several["crowd"]
    write = several["alone"] - post / 1000
    _, each = line(8, one["group"] * 8, 32, one["crowd"] * 32)
    alone = (one["post"] - 10 * one["crowd"]) / 1000
    return post, write, max(0.0, each - alone)


def add_options(parser: argparse._ArgumentGroup, kind: type[Assumptions] | type[Hardware]) -> None:
    """An option for each field."""
    for each in fields(kind):
        name = "--" + each.name.replace("_", "-")
        parser.add_argument(
            name, type=float, default=each.default, metavar="N", help=f"{each.metadata['about']} (%(default)g)"
        )


def from_options(options: argparse.Namespace, kind: type[Any]) -> Any:
    """What was said on the command line."""
    return kind(**{each.name: getattr(options, each.name) for each in fields(kind)})
