"""Lines over two axes, as SVG that reads in a light and in a dark page, without a library. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite

from bench.plot import COLOURS, LETTER, WIDTH, document, short, text
from parley.loadtest.scale import Scale, linear, logarithmic

LEFT, RIGHT, TOP = 70, 40, 64
HEIGHT = 300  # of what lies between the axes
ROW = 20  # of the legend
MOST_TICKS = 8
INSET = 24  # of the first point from the axis
DOT = 3  # radius of a point

Points = Sequence[tuple[float, float]]
Box = tuple[float, float, float, float]  # left, top, right, bottom


def lines(
    title: str,
    across: str,
    up: str,
    series: Mapping[str, Points],
    *,
    powers: bool = True,
    values: bool = False,
    dashed: Sequence[str] = (),
) -> str:
    """A line for each of the series; a point that is not finite and above zero is left out.

    The axis across counts by powers; the one upwards as well, or from zero. `values` are written at the points, where
    there is room for them.
    """
    kept = {name: [point for point in points if _shown(point)] for name, points in series.items()}
    xs = sorted({x for points in kept.values() for x, _ in points})
    ys = [y for points in kept.values() for _, y in points]
    bottom = TOP + HEIGHT
    wide = _wide(xs)
    high = _few(logarithmic(min(ys), max(ys), bottom, TOP)) if powers else linear(max(ys), bottom, TOP)
    legend = bottom + 58
    parts = [text(8, TOP - 18, up), text((LEFT + WIDTH - RIGHT) / 2, bottom + 38, across, anchor="middle")]
    for tick in wide.ticks:
        parts.append(f'<path class="grid" d="M{wide(tick)},{TOP}V{bottom}"/>')
        parts.append(text(wide(tick), bottom + 18, short(tick), anchor="middle"))
    for tick in high.ticks:
        parts.append(f'<path class="grid" d="M{LEFT},{high(tick)}H{WIDTH - RIGHT}"/>')
        parts.append(text(LEFT - 8, high(tick) + 4, short(tick), anchor="end"))
    for number, (name, points) in enumerate(kept.items()):
        drawn = f'fill="none" stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="2"'
        drawn += ' stroke-dasharray="6 4"' if name in dashed else ""
        parts.append(f'<path d="M{" L".join(f"{wide(x)},{high(y)}" for x, y in points)}" {drawn}/>')
        if values:
            parts += [f'<circle cx="{wide(x)}" cy="{high(y)}" r="{DOT}" {drawn}/>' for x, y in points]
        if len(kept) > 1:
            left, y = 8 + number % 2 * WIDTH // 2, legend + number // 2 * ROW
            parts.append(f'<path d="M{left},{y - 4}h26" {drawn}/>' + text(left + 34, y, name))
    rows = (len(kept) + 1) // 2 if len(kept) > 1 else 0
    return document(title, legend - 8 + rows * ROW, [*parts, *_values(kept, wide, high)] if values else parts)


def _values(series: Mapping[str, Points], wide: Scale, high: Scale) -> list[str]:
    """Above its point, else below it, else not at all: no value covers another one or a point of another line."""
    points = [(wide(x), high(y), short(y)) for points in series.values() for x, y in points]
    dots = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y, _ in points]
    written: list[Box] = []
    found = []
    for number, (x, y, value) in enumerate(points):
        taken = written + dots[:number] + dots[number + 1 :]
        for base in (y - 9, y + 19):
            box = (x - LETTER * 3, base - 11, x + LETTER * 3, base + 3)
            if base < high.start and not any(_meet(box, other) for other in taken):
                found.append(text(x, base, value, "value", "middle"))
                written.append(box)
                break
    return found


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _wide(xs: Sequence[float]) -> Scale:
    """By powers; where there are few points, each of them is written."""
    if len(xs) > MOST_TICKS:
        return _few(logarithmic(xs[0], xs[-1], LEFT, WIDTH - RIGHT))
    return Scale(xs[0], xs[-1], LEFT + INSET, WIDTH - RIGHT, tuple(xs), logarithmic=True)


def _few(scale: Scale) -> Scale:
    if len(scale.ticks) <= MOST_TICKS:
        return scale
    return replace(scale, ticks=tuple(tick for tick in scale.ticks if short(tick).startswith(("1", "0.1", "0.01"))))


def _shown(point: tuple[float, float]) -> bool:
    return all(isfinite(value) and value > 0 for value in point)
