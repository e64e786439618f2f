"""What the arithmetic says, as tables in Markdown and a plot. Pure."""

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from math import inf, isfinite
from typing import Any

from bench.lines import lines
from bench.plot import short
from bench.scaling.fleet import disk, fleet
from bench.scaling.inputs import LADDER, TODAY, Assumptions, Costs, Hardware, Layout
from bench.scaling.limits import limits
from bench.scenario import table

RUNGS = (10, 1_000, 100_000, 1_000_000, 10_000_000)
CURVE = tuple(round(10 ** (power / 5)) for power in range(5, 36))
SENSITIVE = (100_000, 10_000_000)
COST_NAMES = {
    "socket": ("memory of an idle socket", 1.0, "bytes", "capacity"),
    "node": ("memory of a node without anybody", 1e-6, "MB", "capacity"),
    "idle": ("CPU of an idle socket", 3600, "s an hour", "capacity"),
    "write": ("CPU of a write to a socket", 1e6, "µs", "capacity"),
    "event": ("CPU of each event in it", 1e6, "µs", "capacity"),
    "post": ("CPU of a durable post at its node", 1e6, "µs", "capacity"),
    "hear": ("CPU of a ring at another node", 1e6, "µs", "weigh"),
    "look": ("CPU of a node for each person online, twice a second", 1e6, "µs", "weigh"),
    "presence": ("size of *somebody came*", 1, "bytes", "weigh"),
    "commit": ("CPU of PostgreSQL for a transaction", 1e6, "µs", "weigh"),
    "row": ("CPU of PostgreSQL for each post in it", 1e6, "µs", "weigh"),
    "commit_seconds": ("time of a transaction", 1e3, "ms", "weigh"),
    "row_seconds": ("time of each post in it", 1e3, "ms", "weigh"),
    "head": ("CPU of PostgreSQL for a room's head, in the sweep", 1e6, "µs", "weigh"),
    "disk": ("a stored post with its indexes", 1, "bytes", "weigh"),
    "log": ("write-ahead log of a post", 1, "bytes", "weigh"),
    "publish": ("CPU of Valkey for a ring", 1e6, "µs", "weigh"),
    "copy": ("CPU of Valkey for each node that hears it", 1e6, "µs", "weigh"),
}


def arithmetic(assume: Assumptions, costs: Costs, hardware: Hardware) -> dict[str, str]:
    """The parts that are computed at once."""
    return {
        "costs": _costs(costs),
        "assumptions": _knobs(assume) + "\n\n" + _knobs(hardware),
        "ladder": _ladder(assume, costs, hardware),
        "limits": _limits(assume, costs, hardware),
        "sensitivity": _sensitivity(assume, costs, hardware),
    }


def _costs(costs: Costs) -> str:
    rows = [
        (
            name,
            f"{getattr(costs, field) * scale:,.3g} {unit}" if scale != 1 else f"{getattr(costs, field):,.0f} {unit}",
            "`make capacity`" if where == "capacity" else "`bench.scaling.weigh`",
        )
        for field, (name, scale, unit, where) in COST_NAMES.items()
    ]
    return table(("what", "costs", "measured by"), rows)


def _knobs(given: Assumptions | Hardware) -> str:
    rows = [
        (f"`--{each.name.replace('_', '-')}`", f"{getattr(given, each.name):,g}", each.metadata["about"])
        for each in fields(given)
    ]
    return table(("knob", "here", "meaning"), rows)


def count(number: float) -> str:
    """Whole things; a dash for none, ∞ where no number is enough."""
    if not isfinite(number):
        return "∞"
    return f"{number:,.0f}" if number else "–"


def _ladder(assume: Assumptions, costs: Costs, hardware: Hardware) -> str:
    loads = [fleet(people, assume, costs, hardware, TODAY).load for people in RUNGS]
    asked = [
        (
            f"{each.people:,}",
            short(each.posts),
            short(each.deliveries),
            short(each.heard),
            f"{short(disk(each, assume, costs))}B",
        )
        for each in loads
    ]
    heads = ("people online", "posts a second", "deliveries a second", "a person gets, a minute", "new on disk, a day")
    return table(heads, asked) + "\n\n" + _machines(assume, costs, hardware)


def _machines(assume: Assumptions, costs: Costs, hardware: Hardware) -> str:
    rows: list[tuple[str, ...]] = []
    for people in RUNGS:
        found: dict[tuple[str, ...], list[str]] = {}
        for layout in LADDER:
            one = fleet(people, assume, costs, hardware, layout)
            nodes = f"{count(one.nodes)} ({one.bottleneck})" if one.nodes > 1 else "1"
            row = nodes, count(one.machines), count(one.databases), count(one.buses)
            found.setdefault(row, []).append(layout.name)  # what changes nothing has no row of its own
        for same, names in found.items():
            rows.append((f"{people:,}", ", ".join(names) if len(found) > 1 else "any of them", *same))
    heads = ("people online", "built as", "nodes (what asks for them)", "machines for them", "databases", "buses")
    return table(heads, rows)


def _limits(assume: Assumptions, costs: Costs, hardware: Hardware) -> str:
    found = {
        layout.name: {each.part: each.people for each in limits(assume, costs, hardware, layout)} for layout in LADDER
    }
    first = found[TODAY.name]
    order = sorted(first, key=lambda part: first[part])
    rows = [
        (
            part,
            *(
                f"{short(float(f'{found[layout.name][part]:.2g}'))}" if isfinite(found[layout.name][part]) else "–"
                for layout in LADDER
            ),
        )
        for part in order
    ]
    return table(("is full at so many people online", *(layout.name for layout in LADDER)), rows)


def swing(
    assume: Assumptions, costs: Costs, hardware: Hardware, people: int, layout: Layout
) -> list[tuple[str, float, float]]:
    """(input, nodes when it is halved, nodes when it is doubled), beside 1 for as it is; the largest swing first.

    Ports are left out: they decide until somebody gives the balancer another address.
    """

    def nodes(assume: Assumptions, costs: Costs, hardware: Hardware) -> float:
        one = fleet(people, assume, costs, hardware, layout)
        return inf if one.nodes == inf else max(need for name, need in one.needs.items() if name != "ports")

    base = nodes(assume, costs, hardware)

    def ends(name: str, value: float, put: Callable[[dict[str, Any]], float]) -> tuple[float, float]:
        values = [value * 0.5, min(0.9, value * 2) if name == "spare" else value * 2]
        half, double = (put({name: each}) / base for each in values)
        return half, double

    found = [
        *(
            (
                f"`--{name.replace('_', '-')}`",
                *ends(name, value, lambda new: nodes(replace(assume, **new), costs, hardware)),
            )
            for name, value in asdict(assume).items()
        ),
        *(
            (COST_NAMES[name][0], *ends(name, value, lambda new: nodes(assume, replace(costs, **new), hardware)))
            for name, value in asdict(costs).items()
        ),
        *(
            (
                f"`--{name.replace('_', '-')}`",
                *ends(name, value, lambda new: nodes(assume, costs, replace(hardware, **new))),
            )
            for name, value in asdict(hardware).items()
        ),
    ]
    return sorted(found, key=lambda one: -abs(_size(one[2]) - _size(one[1])))


def _size(ratio: float) -> float:
    return min(ratio, 1e6)


def _sensitivity(assume: Assumptions, costs: Costs, hardware: Hardware) -> str:
    parts = []
    for people, layout in ((SENSITIVE[0], TODAY), (SENSITIVE[1], LADDER[-1])):
        rows = [
            (name, _times(half), _times(double))
            for name, half, double in swing(assume, costs, hardware, people, layout)[:6]
        ]
        parts.append(table((f"{people:,} people, {layout.name}", "halved: nodes", "doubled: nodes"), rows))
    return "\n\n".join(parts)


def _times(ratio: float) -> str:
    return f"× {ratio:.2f}" if isfinite(ratio) else "none is enough"


def machines_plot(assume: Assumptions, costs: Costs, hardware: Hardware) -> str:
    """Nodes by people, for each layout."""
    curves = {
        layout.name: [(people, fleet(people, assume, costs, hardware, layout).nodes) for people in CURVE]
        for layout in LADDER[:3]
    }
    dashed = [name for name in curves if name != TODAY.name]
    return lines("Nodes for so many people", "people online", "nodes", curves, dashed=dashed)
