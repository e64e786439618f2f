"""What one measurement is made of: samples, what is asked of them, and how they are shown."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MICRO = 1e6


@dataclass(frozen=True)
class Sample:
    """What one round found of one side in one setting (posts in flight, people, …)."""

    side: str
    setting: int
    figures: dict[str, float]


class Samples(list[Sample]):
    """All that a measurement found."""

    def median(self, side: str, setting: int, figure: str) -> float:
        """The middle of the rounds. Raises KeyError when none of them measured it."""
        found = [each.figures[figure] for each in self if (each.side, each.setting) == (side, setting)]
        if not found:
            raise KeyError(f"{figure} of {side} at {setting}")
        return statistics.median(found)

    def rounds(self) -> str:
        """How often each figure was measured, in words."""
        count = len(self) // max(1, len({(each.side, each.setting) for each in self}))
        return f"medians of {count} rounds" if count > 1 else "measured once"

    def sides(self) -> list[str]:
        """Who was measured, in order."""
        return list(dict.fromkeys(each.side for each in self))

    def settings(self) -> list[int]:
        """In which settings, in order."""
        return list(dict.fromkeys(each.setting for each in self))


@dataclass(frozen=True)
class Target:
    """A row of the table of targets: `reached` says how far we came, and whether that is enough."""

    figure: str
    goal: str
    reached: Callable[[Samples], tuple[str, bool]]


@dataclass(frozen=True)
class Options:
    """How long to measure; `progress` is told what has just been found."""

    rounds: int
    seconds: float
    progress: Callable[[str], None] = field(default=lambda _: None)


@dataclass(frozen=True)
class Scenario:
    """A measurement by name. `show` makes Markdown of the samples, `plots` SVG by file name."""

    name: str
    title: str
    measure: Callable[[Options], Samples]
    targets: Sequence[Target]
    show: Callable[[Samples], str]
    plots: Callable[[Samples], dict[str, str]] = field(default=lambda _: {})


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
