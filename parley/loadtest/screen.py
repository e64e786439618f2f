"""What a run shows while it goes on: live figures on a terminal, a line a second elsewhere."""

import shutil
from typing import TextIO

from parley.loadtest.figures import Moment
from parley.loadtest.histogram import Histogram
from parley.loadtest.plan import Plan
from parley.loadtest.result import Result

BARS = "▁▂▃▄▅▆▇█"
HISTORY = 24  # seconds in the little curves
UP, CLEAR = "\x1b[{}F", "\x1b[J"


class Screen:
    """Writes to `stream`; draws over what it has drawn if that is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._drawn = 0
        self._history: dict[str, list[float]] = {"posts/s": [], "deliveries/s": [], "delivery p99": []}
        self._errors = 0

    def registering(self, plan: Plan, done: int) -> None:
        """So many people are registered."""
        if self._live:
            self._draw([f"Registering people: {done:,} of {plan.users:,}"])
        elif done == plan.users or done % 100 == 0:
            self._draw([f"Registered {done:,} of {plan.users:,} people."])

    def second(self, plan: Plan, moment: Moment) -> None:
        """A second is over."""
        self._errors += sum(moment.errors.values()) + moment.faults
        self._draw(self._block(plan, moment) if self._live else [self._line(moment)])

    def _line(self, moment: Moment) -> str:
        return (
            f"{moment.at + 1:4d} s  sockets {moment.sockets:,}  posts/s {moment.acked:,}  "
            f"deliveries/s {moment.delivered:,}  ack {_pair(moment.ack)}  delivery {_pair(moment.delivery)}  "
            f"errors {self._errors:,}"
        )

    def _block(self, plan: Plan, moment: Moment) -> list[str]:
        p99 = moment.delivery.quantile(0.99) or 0.0
        for name, value in zip(self._history, (moment.acked, moment.delivered, p99), strict=True):
            self._history[name] = [*self._history[name], float(value)][-HISTORY:]
        posts, deliveries, slowest = (_curve(values) for values in self._history.values())
        whole = plan.ramp + plan.duration
        busiest = max(moment.cpu.values(), default=0.0)
        return [
            f"{plan.url}   {min(moment.at + 1, whole):.0f} of {whole:.0f} s   Ctrl-C ends early",
            f"  sockets       {moment.sockets:>10,} of {plan.sockets:,}",
            f"  posts/s       {moment.acked:>10,}   {posts}",
            f"  deliveries/s  {moment.delivered:>10,}   {deliveries}",
            f"  ack           {_pair(moment.ack):>22}  (p50 / p99)",
            f"  delivery      {_pair(moment.delivery):>22}  (p50 / p99)  {slowest}",
            f"  errors        {self._errors:>10,}   reconnects {moment.reconnects:,}   own CPU {busiest:.0%} of a core",
        ]

    def _draw(self, lines: list[str]) -> None:
        if self._drawn:
            self._stream.write(UP.format(self._drawn) + CLEAR)
        if self._live:
            # A line that the terminal breaks in two would be one too many to go back over.
            lines = [line[: shutil.get_terminal_size().columns - 1] for line in lines]
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines) if self._live else 0


def summary(result: Result) -> str:
    """The result in a few lines."""
    total, cost = result.total, result.cost
    rows = [
        f"{total.posts:,} posts, {total.acks:,} acknowledged, {total.deliveries:,} deliveries, "
        f"{total.most_sockets:,} sockets",
        f"posts/s {total.posts_per_second:,.1f}   deliveries/s {total.deliveries_per_second:,.1f}   "
        f"reconnects {total.reconnects:,}",
    ]
    for name, latency in (("ack", total.ack), ("delivery", total.delivery)):
        if latency.count:
            rows.append(
                f"{name:8} p50 {_ms(latency.p50)}   p90 {_ms(latency.p90)}   p99 {_ms(latency.p99)}   "
                f"p99.9 {_ms(latency.p999)}   max {_ms(latency.max)}"
            )
    rows.append("errors   " + (", ".join(f"{what}: {count:,}" for what, count in total.errors.items()) or "none"))
    shares = " ".join(f"{average:.0%}" for average in cost.average)
    rows.append(f"own cost: {shares} of a core for each process, {cost.conductor:.0%} to lead them")
    rows += [f"Warning: {each}" for each in result.warnings]
    rows += [f"Broken promise: {each}" for each in result.faults[:20]]
    if result.fault_count:
        rows.append(f"{result.fault_count:,} broken promise{'s' if result.fault_count > 1 else ''}.")
    else:
        rows.append("Every acknowledged post arrived once, in order, at every socket.")
    return "\n".join(rows)


def _pair(histogram: Histogram) -> str:
    low, high = histogram.quantile(0.5), histogram.quantile(0.99)
    return "–" if low is None or high is None else f"{_ms(low * 1000)} / {_ms(high * 1000)}"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f} ms" if value < 100 else f"{value:,.0f} ms"


def _curve(values: list[float]) -> str:
    top = max(values, default=0.0)
    return "".join(BARS[int(value / top * (len(BARS) - 1))] if top else BARS[0] for value in values)
