"""What the simulation says, as tables in Markdown and a plot. Pure."""

from collections.abc import Callable, Sequence

from bench.lines import lines
from bench.plot import short
from bench.scaling.goal import LATE, Check
from bench.scaling.party import Outcome, Party
from bench.scenario import table


def hot_room(found: Sequence[tuple[Party, Outcome]]) -> str:
    """p50 and p99 for each room at each rate; bold where it has tipped over."""
    rates = sorted({party.rate for party, _ in found})
    rooms = list(dict.fromkeys((party.sockets, party.nodes) for party, _ in found))
    cells = {(party.sockets, party.nodes, party.rate): _latency(outcome) for party, outcome in found}
    rows = [(f"{sockets:,}", f"{nodes}", *(cells[sockets, nodes, rate] for rate in rates)) for sockets, nodes in rooms]
    return table(("sockets", "nodes", *(f"{rate:,.0f}/s" for rate in rates)), rows)


def _latency(outcome: Outcome) -> str:
    said = f"{seconds(outcome.quantile(0.5))} / {seconds(outcome.quantile(0.99))}"
    return f"**{said}**" if outcome.quantile(0.99) > LATE else said


def seconds(value: float) -> str:
    """A time in two digits."""
    return f"{value * 1000:.0f} ms" if value < 0.9995 else f"{value:.1f} s"


def hot_room_plot(found: Sequence[tuple[Party, Outcome]]) -> str:
    """p99 by rate."""
    curves: dict[str, list[tuple[float, float]]] = {}
    for party, outcome in found:
        name = f"{short(party.sockets)} sockets, {party.nodes} node{'s' * (party.nodes > 1)}"
        curves.setdefault(name, []).append((party.rate, outcome.quantile(0.99)))
    return lines("The hot room: p99 from post to socket", "posts a second", "seconds", curves)


def remedies(found: dict[str, tuple[Outcome, Outcome]], slow: float) -> str:
    """What helps, on the disk that was measured and on a slow one whose transactions take so many seconds."""
    rows = [
        (
            name,
            seconds(outcome.quantile(0.5)),
            seconds(outcome.quantile(0.99)),
            f"{outcome.posts / outcome.groups:.0f}",
            f"{outcome.delivered / outcome.writes:.0f}",
            f"{outcome.delivered / (outcome.delivered + outcome.skipped):.1%}",
            _latency(slowly),
        )
        for name, (outcome, slowly) in found.items()
    ]
    behind = f"p50 / p99, a transaction of {slow * 1000:.0f} ms"
    return table(("", "p50", "p99", "posts in a commit", "events in a write", "of the deliveries made", behind), rows)


def checked(found: Sequence[Check]) -> str:
    """The simulation beside what was watched."""

    def pair(values: tuple[float, float], shape: Callable[[float], str]) -> str:
        measured, predicted = values
        return f"{shape(measured)} · {shape(predicted)} ({predicted / measured - 1:+.0%})"

    rows = [
        (
            each.setup,
            f"{each.sockets}",
            f"{each.rate:.0f}/s",
            pair(each.p50, lambda value: f"{value:.0f} ms"),
            pair(each.p90, lambda value: f"{value:.0f} ms"),
            pair(each.cpu, lambda value: f"{value:.2f}"),
        )
        for each in found
    ]
    return table(("setup", "sockets", "posts", "p50: seen · simulated", "p90", "cores, all nodes"), rows)
