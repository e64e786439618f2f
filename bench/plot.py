"""Plots as SVG that reads in a light and in a dark page, without a library."""

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, LEFT, RIGHT, TOP = 760, 210, 80, 40  # LEFT is for names, RIGHT for values behind the longest bar
LINE, GAP = 19, 12
COLOURS = ("#2f6fde", "#d9822b", "#5b9a3c", "#b0486e", "#7a6fc2", "#4a9c9c")
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:15px}.group{font-weight:600}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}}"
)


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """For each label a group with a bar for each of the series, and its value behind it."""
    most = max((value for values in series.values() for value in values), default=0) or 1
    parts, y = [], TOP
    for place, label in enumerate(labels):
        parts.append(_text(8, y + 13, label, "group"))
        for number, (name, values) in enumerate(series.items()):
            y += LINE
            width = max(values[place] / most * (WIDTH - LEFT - RIGHT), 1)
            colour = COLOURS[number % len(COLOURS)]
            parts.append(_text(LEFT - 8, y + 13, name, anchor="end"))
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{LINE - 3}" fill="{colour}"/>')
            parts.append(_text(LEFT + width + 6, y + 13, short(values[place])))
        y += LINE + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img" aria-label="{escape(title)}">'
        f"<style>{STYLE}</style>{_text(8, 22, title, 'title')}{''.join(parts)}</svg>\n"
    )


def short(value: float) -> str:
    """A figure as people say it: 1.8 M, 96.2 k, 512, 3.14."""
    for size, letter in ((1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def _text(x: float, y: float, content: str, style: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}">{escape(content)}</text>'
