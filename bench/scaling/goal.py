"""The hot room at the measured costs: which rooms are looked at, and how far the simulation is from what was seen."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from bench.hot_room import simulate
from bench.measured import MEASURED, read
from bench.scaling.inputs import MICRO, Assumptions, Costs, Hardware, delivery
from bench.scaling.party import Outcome, Party, Place

BUS = 0.002  # seconds until another node hears
SECONDS = 4.0  # of shouting
RATES = (1, 3, 10, 30, 100, 300, 1000)  # posts a second
CURVES = (
    (1_000, 1),
    (1_000, 4),
    (10_000, 1),
    (10_000, 4),
    (10_000, 16),
    (100_000, 16),
    (100_000, 64),
)  # sockets, nodes
LATE = 1.0  # seconds at p99, from which on a room has tipped over
GOAL = Party(100_000, 32, 1000, SECONDS)  # a tenth of them in ten seconds
SLOW_DISK = 0.013  # seconds of a transaction: this machine's on a busy day, when it was first measured
REMEDIES = {
    "as it is": GOAL,
    "four times the nodes": replace(GOAL, nodes=128),
    "posts taken by 4 of the nodes": replace(GOAL, taking=4),
    "slow mode: one post each in 10 min": replace(GOAL, slow=600),
    "5 posts a second to each reader": replace(GOAL, sample=5),
    "both: posts taken by 4, 5 a second to each reader": replace(GOAL, taking=4, sample=5),
}


def place(costs: Costs, assume: Assumptions, hardware: Hardware) -> Place:
    """What things cost at a node that has a core and its share of the network for itself."""
    return Place(
        write=costs.write,
        event=costs.event,
        post=costs.post,
        hear=costs.hear,
        commit=costs.commit_seconds,
        row=costs.row_seconds,
        bus=BUS,
        frame=assume.message,
        bandwidth=hardware.network * 1e9 / 8 / (hardware.cores - 1),
    )


def curves(at: Place) -> Iterator[tuple[Party, Outcome]]:
    """Each room at each rate."""
    for sockets, nodes in CURVES:
        for rate in RATES:
            party = Party(sockets, nodes, rate, SECONDS)
            yield party, simulate(party, at)


class Check(NamedTuple):
    """A room that was watched, and what the simulation says of it: (measured, predicted), in ms and cores."""

    setup: str
    sockets: int
    rate: float
    p50: tuple[float, float]
    p90: tuple[float, float]
    cpu: tuple[float, float]


def checks(costs: Costs, path: Path = MEASURED) -> list[Check]:
    """Each room that was watched. A commit takes what it took then: the disk is not what is checked."""
    found = read(path)
    setups: dict[str, dict[str, float]] = found["capacity"]["setups"]
    one = setups["one node, SQLite"]
    return [_check(row, delivery(setups[row["setup"]], one), costs) for row in found["watched"]["rows"]]


def _check(row: dict[str, Any], paid: tuple[float, float, float], costs: Costs) -> Check:
    post, write, event = (each * MICRO for each in paid)
    took = row["commits_ms"]
    at = Place(
        write=write,
        event=event,
        post=post,
        hear=costs.hear,
        commit=row["commit_ms"] / 1000,
        row=0.0,  # it is in the times of the commits
        bus=BUS,
        frame=0.0,  # loopback
        bandwidth=1.0,
        spread=tuple(each * len(took) / sum(took) for each in took),
    )
    said = simulate(Party(row["sockets"], row["nodes"], row["rate"], SECONDS), at)
    return Check(
        row["setup"],
        row["sockets"],
        row["rate"],
        (row["p50_ms"], said.quantile(0.5) * 1000),
        (row["p90_ms"], said.quantile(0.9) * 1000),
        (row["cpu"], said.busy / SECONDS),
    )
