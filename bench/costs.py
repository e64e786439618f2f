"""What `make capacity` finds, and what it says in docs/deploying.md: a table, and how many people that is. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bench.room import WRITERS
from bench.run import Run
from bench.scenario import MICRO, table

ROOM = 1000  # sockets in one room, for deliveries
DIGITS = 4  # that are kept of a figure
MB = 1e-6

ROWS = {
    "node": ("memory of a node without anybody", MB, "{:,.0f} MB"),
    "memory": ("memory of an idle, signed-in socket", 1, "{:,.0f} bytes"),
    "idle": ("CPU of an idle socket (heartbeats)", 1, "{:.3f} s an hour"),
    "alone": (f"CPU of a delivery to one of {ROOM:,} sockets, posts one by one", 1, "{:.2f} µs"),
    "group": ("the same, 16 posts in flight", 1, "{:.2f} µs"),
    "crowd": ("the same, 64 posts in flight", 1, "{:.2f} µs"),
    "rate": ("deliveries a second, 16 posts in flight", 1, "{:,.0f}"),
    "posts": (f"durable posts a second, {WRITERS} sockets, 64 in flight", 1, "{:,.0f}"),
    "post": (f"CPU of such a post, with its {WRITERS} deliveries", 1, "{:.0f} µs"),
}

CROWDS = [(100, 1), (500, 2), (1000, 5), (2000, 5), (5000, 15), (10000, 60)]  # people, minutes between their posts


@dataclass(frozen=True)
class Costs:
    """What one round found of one setup: the rows of the table."""

    node: float  # bytes
    memory: float  # bytes
    idle: float  # seconds an hour
    alone: float  # µs
    group: float
    crowd: float
    rate: float
    posts: float
    post: float  # µs

    def said(self, row: str) -> str:
        """A figure with its unit."""
        _, scale, shape = ROWS[row]
        return shape.format(asdict(self)[row] * scale)


Setups = Mapping[str, Costs]  # by their names


def middle(rounds: Sequence[Costs]) -> Costs:
    """The median of each figure."""
    found = {row: statistics.median(asdict(costs)[row] for costs in rounds) for row in ROWS}
    return Costs(**{row: float(f"{value:.{DIGITS}g}") for row, value in found.items()})


def report(setups: Setups, run: Run, rounds: int) -> dict[str, str]:
    """What was measured, and what follows from the first setup's figures."""
    rows = [[title, *(costs.said(row) for costs in setups.values())] for row, (title, *_) in ROWS.items()]
    measured = table(["what", *setups], rows)
    often = f"medians of {rounds} rounds" if rounds > 1 else "measured once"
    return {"costs": f"{run.said()}; {often}.\n\n{measured}", "crowds": crowds(next(iter(setups.values())))}


def crowds(costs: Costs) -> str:
    """The formula for people who are all in one room, and what it says of some crowds."""
    formula = (
        f"    share of a core = people × {costs.said('idle').split()[0]} s / 3,600 s"
        f" + people × posts a second × {costs.said('alone')}\n"
        f"    memory          = {costs.said('node')} + people × {costs.said('memory')}"
    )
    head = ["people online, in one room", "each posts every", "deliveries a second", "share of a core"]
    return formula + "\n\n" + table([*head, "memory of sockets"], [crowd(costs, *each) for each in CROWDS])


def crowd(costs: Costs, people: int, minutes: float) -> list[str]:
    """What a crowd needs: `people × idle + posts × people × alone`, and `people × memory`."""
    posts = people / minutes / 60  # a second
    core = people * costs.idle / 3600 + posts * people * costs.alone / MICRO
    deliveries, memory = posts * people, people * costs.memory * MB
    return [f"{people:,}", f"{minutes:g} min", f"{deliveries:,.0f}", f"{core:.1%}", f"{memory:,.0f} MB"]
