"""The report: one HTML file that loads nothing, with the charts inside."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from string import Template

from parley.loadtest.gallery import gallery
from parley.loadtest.plan import Plan
from parley.loadtest.result import Result
from parley.loadtest.scale import milliseconds, percent

PAGE = Path(__file__).with_name("report.html")
SHOWN_FAULTS = 200
KEPT = "Every acknowledged post arrived once, in order, at every socket."
OPEN = (
    "Posts were due at an even pace that does not wait for answers; latency counts from when a post was due, "
    "also if it could not be sent then."
)
CLOSED = (
    "Each writer waited for the answer before the next post; latency counts from when the post was sent, "
    "so a slow server was asked less often."
)


def report(result: Result) -> str:
    """The whole page."""
    plan, total = result.plan, result.total
    return Template(PAGE.read_text(encoding="utf-8")).substitute(
        title=escape(f"Load test of {plan.url}"),
        when=f"{result.began_at:%d %B %Y, %H:%M} UTC",
        headline=f"{_count(total.most_sockets, 'socket')}, {_n(total.deliveries_per_second)} deliveries a second",
        sentence=escape(_sentence(result)),
        verdict=_verdict(result),
        warnings="".join(f'<p class="warning">{escape(each)}</p>' for each in result.warnings),
        tiles="".join(f'<div class="card"><span>{name}</span><b>{value}</b></div>' for name, value in _tiles(result)),
        charts="".join([*gallery(result), _cost(result)]),
        tables="".join(_tables(result)),
        schedule=CLOSED if plan.rate is None else OPEN,
        command=escape(_command(plan)),
    )


def _sentence(result: Result) -> str:
    plan = result.plan
    pace = f"{plan.rate:g} posts a second in all" if plan.rate is not None else f"{plan.think:g} s between posts"
    early = " It was ended early." if result.ended_early else ""
    return (
        f"{plan.url}: {plan.users:,} people with {_count(plan.devices, 'device')} each, of whom {plan.writers:,} post, "
        f"{pace}, for {plan.duration:g} s after {plan.ramp:g} s in which they arrived.{early}"
    )


def _verdict(result: Result) -> str:
    if result.fault_count:
        return f'<p class="verdict bad">{_count(result.fault_count, "broken promise")}; the list is below.</p>'
    return f'<p class="verdict">{KEPT}</p>'


def _tiles(result: Result) -> Iterator[tuple[str, str]]:
    total = result.total
    yield "delivery, p50", _ms(total.delivery.p50)
    yield "delivery, p99", _ms(total.delivery.p99)
    yield "ack, p99", _ms(total.ack.p99)
    yield "posts a second", _n(total.posts_per_second)
    yield "deliveries", _n(total.deliveries)
    yield "errors", _n(sum(total.errors.values()))


def _tables(result: Result) -> Iterator[str]:
    total = result.total
    if result.faults:
        listed = "".join(f"<li>{escape(each)}</li>" for each in result.faults[:SHOWN_FAULTS])
        more = f"<p>The first {SHOWN_FAULTS}.</p>" if result.fault_count > SHOWN_FAULTS else ""
        yield f'<section class="card"><h2>Broken promises</h2><ol class="faults">{listed}</ol>{more}</section>'
    latencies = [
        [name, f"{each.count:,}", *(_ms(value) for value in (each.p50, each.p90, each.p99, each.p999, each.max))]
        for name, each in (("delivery", total.delivery), ("ack", total.ack))
    ]
    yield _table("Latency", ["", "count", "p50", "p90", "p99", "p99.9", "max"], latencies)
    if total.errors:
        kinds = sorted(total.errors.items(), key=lambda each: -each[1])
        yield _table("Errors", ["", "count"], [[what, f"{count:,}"] for what, count in kinds])


def _cost(result: Result) -> str:
    shares = [
        [f"process {number + 1}", percent(average), percent(highest)]
        for number, (average, highest) in enumerate(zip(result.cost.average, result.cost.highest, strict=True))
    ]
    leading = ["leading them", percent(result.cost.conductor), ""]
    return _table("CPU of the load test", ["while people posted", "average", "highest"], [*shares, leading])


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<section class="card"><h2>{escape(title)}</h2><div class="wide"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></section>"
    )


def _command(plan: Plan) -> str:
    pace = f"--rate {plan.rate:g}" if plan.rate is not None else f"--think {plan.think:g}"
    return (
        f"python manage.py loadtest {plan.url} --users {plan.users} --devices {plan.devices} --writers {plan.writers} "
        f"--rooms {plan.rooms} {pace} --ramp {plan.ramp:g} --duration {plan.duration:g} --processes {plan.processes}"
    )


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _n(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"


def _ms(value: float | None) -> str:
    return "–" if value is None else milliseconds(value)
