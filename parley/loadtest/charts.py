"""Charts as inline SVG. Colours come from the page by class names, so that one drawing serves light and dark.

They are drawn for a phone's width; on wider screens all of it grows, letters too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

from parley.loadtest.histogram import Histogram
from parley.loadtest.scale import Format, Scale, linear, logarithmic, milliseconds, number, span

WIDTH, HEIGHT = 400, 210
LEFT, RIGHT, TOP, BOTTOM = 48, 392, 10, 186
EDGE = 16  # pixels from the right edge, where a label would not fit in the middle of its line
BINS = 12  # of a distribution, for each power of ten
COLUMNS = 200  # that can be pointed at; more would be thinner than a finger


@dataclass(frozen=True)
class Series:
    """A curve. `tone` is its class in the style sheet; None in `values` is a gap."""

    name: str
    tone: str
    values: Sequence[float | None]
    area: bool = False


def over_time(series: Sequence[Series], write: Format = number, *, log: bool = False) -> str:
    """Curves of one value a second."""
    length = max((len(each.values) for each in series), default=0)
    known = [value for each in series for value in each.values if value is not None]
    x = span(max(1, length), LEFT, RIGHT)
    if log and known and min(known) > 0:
        y = logarithmic(min(known), max(known), BOTTOM, TOP)
    else:
        y = linear(max(known, default=0.0) or 1.0, BOTTOM, TOP, whole=write is number)
    marks = [_grid(x, y, lambda second: f"{second:.0f} s", write)]
    for each in series:
        points = [(second + 0.5, value) for second, value in enumerate(each.values)]
        marks.append(_curve(points, x, y, each))
    marks.append(_columns(series, x, write))
    return _svg(marks, ", ".join(each.name for each in series) + " over time")


def distribution(histograms: Mapping[str, tuple[str, Histogram]]) -> str:
    """How often which latency occurred, in bins of equal width on a logarithmic axis. Name → tone, counts."""
    shares = {name: _bins(histogram) for name, (_, histogram) in histograms.items()}
    bins = [number for counted in shares.values() for number in counted]
    if not bins:
        return ""
    low, high = 10 ** (min(bins) / BINS), 10 ** ((max(bins) + 1) / BINS)
    x = logarithmic(low, high, LEFT, RIGHT)
    y = linear(max(share for counted in shares.values() for share in counted.values()), BOTTOM, TOP)
    marks = [_grid(x, y, milliseconds, lambda share: f"{share:.0%}")]
    for name, (tone, _) in histograms.items():
        steps: list[tuple[float, float | None]] = []
        for bin_ in range(min(bins) - 1, max(bins) + 2):
            share = shares[name].get(bin_, 0.0)
            steps += [(10 ** (bin_ / BINS), share), (10 ** ((bin_ + 1) / BINS), share)]
        marks.append(_curve(steps, x, y, Series(name, tone, (), area=True)))
    return _svg(marks, "Distribution of latencies")


def by_percentile(histograms: Mapping[str, tuple[str, Histogram]]) -> str:
    """Which latency was not exceeded by which share; each step is ten times rarer. Name → tone, counts."""
    counted = {name: (tone, each) for name, (tone, each) in histograms.items() if each.count}
    if not counted:
        return ""
    nines = max(1.0, log10(max(each.count for _, each in counted.values())))
    grid = [place / 20 for place in range(int(nines * 20) + 1)]
    curves: dict[str, list[tuple[float, float | None]]] = {
        name: [(place, (each.quantile(1 - 10**-place) or 0.0) * 1000) for place in grid if 10**-place * each.count >= 1]
        for name, (_, each) in counted.items()
    }
    values = [value for points in curves.values() for _, value in points if value is not None]
    x = Scale(0.0, nines, LEFT, RIGHT, tuple(float(each) for each in range(int(nines) + 1)))
    y = logarithmic(max(min(values), 1e-3), max(values), BOTTOM, TOP)
    marks = [_grid(x, y, lambda place: f"{100 - 100 * 10**-place:.6g} %", milliseconds)]
    for name, (tone, _) in counted.items():
        marks.append(_curve(curves[name], x, y, Series(name, tone, ())))
    return _svg(marks, "Latency by percentile")


def _bins(histogram: Histogram) -> dict[int, float]:
    """Bin (of the logarithm of milliseconds) → share of all."""
    found: dict[int, float] = {}
    for microseconds, count in histogram.buckets.items():
        bin_ = int(log10(max(microseconds, 10) / 1000) * BINS // 1)
        found[bin_] = found.get(bin_, 0.0) + count / histogram.count
    return found


def _svg(marks: Sequence[str], title: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(marks)}</svg>'


def _grid(x: Scale, y: Scale, write_x: Format, write_y: Format) -> str:
    rows = "".join(
        f'<path class="line" d="M{LEFT} {y(tick)}H{RIGHT}"/>'
        f'<text class="y" x="{LEFT - 6}" y="{y(tick) + 3.5}">{escape(write_y(tick))}</text>'
        for tick in y.ticks
    )
    columns = "".join(
        f'<text class="{"x end" if x(tick) > RIGHT - EDGE else "x"}" x="{x(tick)}" y="{BOTTOM + 17}">'
        f"{escape(write_x(tick))}</text>"
        for tick in x.ticks
    )
    return rows + columns


def _curve(points: Sequence[tuple[float, float | None]], x: Scale, y: Scale, series: Series) -> str:
    drawn = ""
    for piece in _pieces(points):
        path = "L".join(f"{x(place)} {y(value)}" for place, value in piece)
        if series.area:
            drawn += (
                f'<path class="area {series.tone}" d="M{x(piece[0][0])} {BOTTOM}L{path}L{x(piece[-1][0])} {BOTTOM}Z"/>'
            )
        # A line of no length has round ends, and is a dot.
        drawn += f'<path class="curve {series.tone}" d="M{path}{"h0" if len(piece) == 1 else ""}"/>'
    return drawn


def _pieces(points: Sequence[tuple[float, float | None]]) -> Iterator[list[tuple[float, float]]]:
    """The runs between gaps."""
    piece: list[tuple[float, float]] = []
    for place, value in points:
        if value is not None:
            piece.append((place, value))
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _columns(series: Sequence[Series], x: Scale, write: Format) -> str:
    """Invisible columns that say their values when they are pointed at."""
    length = max((len(each.values) for each in series), default=0)
    if length > COLUMNS:
        return ""
    found = ""
    for second in range(length):
        told = [
            f"{each.name}: {write(value)}"
            for each in series
            if second < len(each.values) and (value := each.values[second]) is not None
        ]
        left, right = x(second), x(second + 1)
        found += (
            f'<rect class="hit" x="{left}" y="{TOP}" width="{round(right - left, 1)}" height="{BOTTOM - TOP}">'
            f"<title>{escape(chr(10).join([f'second {second + 1}', *told]))}</title></rect>"
        )
    return found
