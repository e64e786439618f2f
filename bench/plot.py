"""Plots as SVG that reads in a light and in a dark page, without a library. Pure."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, RIGHT, TOP = 760, 80, 48  # RIGHT is for values behind the longest bar
LETTER = 7.6  # pixels that a letter takes, and rather more
LINE, GAP = 20, 12
COLOURS = ("#3b7ddd", "#d9822b", "#5b9a3c", "#c2557f", "#8a7fd6", "#3fa3a3", "#9a8f2e", "#8c959f")
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:16px}.group{font-weight:600}"
    ".value{paint-order:stroke;stroke:#fff;stroke-width:4px}.ground{fill:#fff}.grid{stroke:#8c959f;stroke-opacity:.35}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.value{stroke:#0d1117}.ground{fill:#0d1117}}"
)


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """For each label a group with a bar for each of the series, and its value behind it."""
    most = max((value for values in series.values() for value in values), default=0) or 1
    left = 24 + LETTER * max((len(name) for name in series), default=0)
    parts, y = [], TOP
    for place, label in enumerate(labels):
        parts.append(text(8, y + 14, label, "group"))
        for number, (name, values) in enumerate(series.items()):
            y += LINE
            width = max(values[place] / most * (WIDTH - left - RIGHT), 1)
            colour = COLOURS[number % len(COLOURS)]
            parts.append(text(left - 8, y + 14, name, anchor="end"))
            parts.append(f'<rect x="{left:.1f}" y="{y}" width="{width:.1f}" height="{LINE - 3}" fill="{colour}"/>')
            parts.append(text(left + width + 6, y + 14, short(values[place])))
        y += LINE + GAP
    return document(title, y, parts)


def document(title: str, height: float, parts: Sequence[str]) -> str:
    """The whole picture. It has a ground of its own: a page may be dark where the system is light."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{escape(title)}"><style>{STYLE}</style><rect class="ground" width="100%" height="100%"/>'
        + "\n".join(["", text(8, 24, title, "title"), *parts, "</svg>", ""])
    )


def short(value: float) -> str:
    """A figure as people say it: 1.8 M, 96.2 k, 512, 3.14."""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def text(x: float, y: float, content: str, style: str = "", anchor: str = "start") -> str:
    """A line of text, whose base is at y."""
    kind = f' class="{style}"' if style else ""
    place = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{place}{kind}>{escape(content)}</text>'
