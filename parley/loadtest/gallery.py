"""Which charts a report shows of a result, each a figure with its title and its legend."""

from collections.abc import Iterator, Sequence
from html import escape

from parley.loadtest.charts import Series, by_percentile, distribution, over_time
from parley.loadtest.figures import Latency
from parley.loadtest.histogram import Histogram
from parley.loadtest.result import Result, Row
from parley.loadtest.scale import Format, milliseconds, number, percent

TONES = "abcd"


def gallery(result: Result) -> Iterator[str]:
    """The figures, as HTML."""
    yield _latencies("Latency of deliveries", "was at a socket", [row.delivery for row in result.seconds])
    yield _latencies("Latency of acks", "was known to be stored", [row.ack for row in result.seconds])
    yield from _distributions(result)
    yield from _rates(result.seconds)
    cost = [
        Series(f"process {number + 1}", TONES[number % len(TONES)], [row.cpu[number] for row in result.seconds])
        for number in range(result.plan.processes)
    ]
    yield _figure("What the load test cost", "Share of a core; above 70 % it measures itself.", cost, percent)


def _latencies(title: str, end: str, found: Sequence[Latency]) -> str:
    curves = [
        Series("max", "c faint", [each.max for each in found]),
        Series("p99", "b", [each.p99 for each in found]),
        Series("p50", "a", [each.p50 for each in found]),
    ]
    about = f"From when a post was due until it {end}."
    return _card(title, about, curves, over_time(curves, milliseconds, log=True))


def _distributions(result: Result) -> Iterator[str]:
    histograms = {
        "delivery": ("a", Histogram(result.total.delivery_buckets)),
        "ack": ("b", Histogram(result.total.ack_buckets)),
    }
    keys = [Series(name, tone, ()) for name, (tone, _) in histograms.items()]
    about = "Shares of all, in equal steps of a logarithmic axis."
    yield _card("How often which latency", about, keys, distribution(histograms))
    yield _card("Latency by percentile", "Each step to the right is ten times rarer.", keys, by_percentile(histograms))


def _rates(rows: Sequence[Row]) -> Iterator[str]:
    deliveries = Series("deliveries", "a", [row.deliveries for row in rows], area=True)
    yield _figure("Deliveries a second", "Every socket counts.", [deliveries])
    sent = Series("sent", "b", [row.posts for row in rows])
    acknowledged = Series("acknowledged", "a", [row.acks for row in rows], area=True)
    yield _figure("Posts a second", "Sent, and answered.", [sent, acknowledged])
    sockets = Series("sockets", "a", [row.sockets for row in rows], area=True)
    yield _figure("Open sockets", "At the end of each second.", [sockets])
    errors = Series("errors", "d", [sum(row.errors.values()) + row.faults for row in rows], area=True)
    reconnects = Series("reconnects", "b", [row.reconnects for row in rows])
    yield _figure("Errors and reconnects", "In each second.", [errors, reconnects])


def _figure(title: str, about: str, series: Sequence[Series], write: Format = number) -> str:
    return _card(title, about, series, over_time(series, write))


def _card(title: str, about: str, series: Sequence[Series], drawing: str) -> str:
    keys = "".join(f'<span class="{each.tone}"><i></i>{escape(each.name)}</span>' for each in series)
    return (
        f'<figure class="card"><h2>{escape(title)}</h2><figcaption>{escape(about)}</figcaption>'
        f'<p class="legend">{keys}</p>{drawing or "<p>Nothing to show.</p>"}</figure>'
    )
