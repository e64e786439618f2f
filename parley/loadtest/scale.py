"""Axes of a chart: where a value stands, and which values are written beside it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, log10

STEPS = (1, 2, 5, 10)
Format = Callable[[float], str]


@dataclass(frozen=True)
class Scale:
    """Maps values to pixels, from `low` at `start` to `high` at `end`; `ticks` are the values to write."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        """Where a value stands; what is beyond the axis stands at its end."""
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = log10(low), log10(high), log10(max(value, low))
        share = (value - low) / (high - low) if high > low else 0.0
        return round(self.start + (self.end - self.start) * min(1.0, max(0.0, share)), 1)


def linear(high: float, start: float, end: float, *, lines: int = 4, whole: bool = False) -> Scale:
    """From zero to a round number that is `high` or a little more. `whole`: what is counted has no halves."""
    step = _round_step(high / lines, whole=whole)
    count = max(1, ceil(high / step - 1e-9))
    ticks = tuple(step * number for number in range(count + 1))
    return Scale(0.0, ticks[-1], start, end, ticks)


def span(high: float, start: float, end: float, *, lines: int = 5) -> Scale:
    """From zero to exactly `high`: for time, which ends when it ends."""
    step = _round_step(high / lines, whole=True)
    ticks = tuple(step * number for number in range(floor(high / step + 1e-9) + 1))
    return Scale(0.0, high, start, end, ticks)


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """From a power of ten, or three times one, below `low` to one above `high`."""
    marks = [factor * 10.0**power for power in range(-4, 9) for factor in (1, 3)]
    first = max([mark for mark in marks if mark <= low], default=marks[0])
    last = min([mark for mark in marks if mark >= high and mark > first], default=marks[-1])
    ticks = tuple(mark for mark in marks if first <= mark <= last)
    return Scale(first, last, start, end, ticks, logarithmic=True)


def _round_step(least: float, *, whole: bool) -> float:
    if least <= 0:
        return 1.0
    power = 10.0 ** floor(log10(least))
    step = next(factor * power for factor in STEPS if factor * power >= least * (1 - 1e-9))
    return max(1.0, step) if whole else step


def number(value: float) -> str:
    """A count, short: 950, 12 k, 1.5 M."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def milliseconds(value: float) -> str:
    """A time that is given in milliseconds, short: 0.3 ms, 12 ms, 1.5 s."""
    return f"{value / 1000:.3g} s" if value >= 1000 else f"{value:.3g} ms"


def percent(value: float) -> str:
    """A share."""
    return f"{value:.0%}"
