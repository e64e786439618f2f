"""How people sit in rooms: a few rooms are large, most are small (Zipf's law). Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log1p

FINE = 1.1  # ratio of the ranks that are counted as one kind of room
SMALLEST = 2.0  # people


@dataclass(frozen=True)
class Kind:
    """So many rooms with so many people online in each."""

    rooms: float
    size: float


@lru_cache(maxsize=256)
def rooms(people: int, seats_each: float, people_per_room: float, exponent: float, largest: int) -> tuple[Kind, ...]:
    """Rooms whose sizes fall with their rank as rank ** -exponent, none above `largest`, which fill the seats.

    Within the smallest and the largest possible room: with few people the seats may not all be taken.
    """
    top = float(min(people, largest))
    count = max(1.0, people / people_per_room)
    ranks = _ranks(count)
    seats = people * seats_each

    def kinds(scale: float) -> tuple[Kind, ...]:
        return tuple(Kind(many, min(top, max(min(SMALLEST, top), scale / rank**exponent))) for rank, many in ranks)

    low, high = 0.0, top * count**exponent
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if taken(kinds(middle)) < seats else (low, middle)
    return kinds(low)


def taken(kinds: tuple[Kind, ...]) -> float:
    """Seats in all."""
    return sum(kind.rooms * kind.size for kind in kinds)


def mean(kinds: tuple[Kind, ...], quiet: float, what: Callable[[float], float]) -> float:
    """The mean of something over posts. In a room n times as large each person posts n ** -quiet times as much."""
    weights = [float(kind.rooms * kind.size ** (1 - quiet)) for kind in kinds]
    return sum(weight * what(kind.size) for weight, kind in zip(weights, kinds, strict=True)) / sum(weights)


def interested(size: float, nodes: float) -> float:
    """At how many nodes a room of this size has somebody, when people come to nodes by chance."""
    return 1.0 if nodes <= 1 else nodes * (1 - exp(size * log1p(-1 / nodes)))


def _ranks(count: float) -> list[tuple[float, float]]:
    """(rank in the middle, how many ranks), from 1 to count."""
    found, start = [], 1.0
    while start <= count:
        end = min(max(start + 1, float(int(start * FINE))), count + 1)
        found.append(((start * max(start, end - 1)) ** 0.5, end - start))
        start = end
    return found
