"""What breaks first: at how many people each part is full of which there is one. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, log

from bench.scaling.fleet import fleet, needs_of
from bench.scaling.inputs import Assumptions, Costs, Hardware, Layout


@dataclass(frozen=True)
class Limit:
    """Where a part is full: people online."""

    part: str
    people: float


def limits(assume: Assumptions, costs: Costs, hardware: Hardware, layout: Layout) -> list[Limit]:
    """Each part of which there can only be one, or one node, in the order in which they are full."""

    def full(part: str, people: int) -> bool:
        one = fleet(people, assume, costs, hardware, layout)
        needs = needs_of(one.load, 1.0, assume, costs, hardware, layout)
        match part.split(": "):
            case ["one node", name]:
                return needs[name] > 1
            case ["all nodes", _]:
                return one.nodes == inf
            case ["database", name]:
                return one.database[name] > 1
            case ["bus", name]:
                return one.bus[name] > 1
            case _:
                raise ValueError(part)

    parts = [f"one node: {name}" for name in ("CPU", "memory", "ports", "network")]
    parts += [f"database: {name}" for name in ("CPU", "connections", "disk", "network")]
    parts += ["bus: CPU", "bus: network", "all nodes: presence"]
    found = [Limit(part, _first(lambda people, part=part: full(part, people))) for part in parts]  # type: ignore[misc]
    return sorted(found, key=lambda limit: limit.people)


def _first(full: Callable[[int], bool]) -> float:
    """The smallest number of people at which something is full, within a percent; inf when it never is below 10⁹."""
    low, high = 0.0, log(1e9)
    if not full(10**9):
        return inf
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if full(round(exp(middle))) else (middle, high)
    return exp(high)
