"""What a load test has found: for machines as it is, for people as the report shows it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from parley.loadtest.figures import Figures, Latency, Moment, latency
from parley.loadtest.histogram import Histogram
from parley.loadtest.plan import Plan


class Row(Struct):
    """One second. Latencies in milliseconds; `cpu` of each process of the load test, as a share of a core."""

    at: int
    sockets: int
    posts: int
    acks: int
    deliveries: int
    reconnects: int
    ack: Latency
    delivery: Latency
    errors: dict[str, int]
    faults: int
    cpu: list[float]


class Total(Struct):
    """The whole run. Rates are averages from the first post to the last."""

    posts: int
    acks: int
    deliveries: int
    posts_per_second: float
    deliveries_per_second: float
    most_sockets: int
    reconnects: int
    unanswered: int
    errors: dict[str, int]
    ack: Latency
    delivery: Latency
    ack_buckets: dict[int, int]
    delivery_buckets: dict[int, int]
    latest_post: float  # milliseconds by which the slowest post left after it was due


class Cost(Struct):
    """What the load test itself cost: of each process the average and the highest share of a core."""

    average: list[float]
    highest: list[float]
    conductor: float  # the process that leads the others


class Result(Struct):
    """`faults`: broken promises, the first thousand as sentences. `warnings`: why figures may not be the server's."""

    plan: Plan
    began_at: datetime
    ended_early: bool
    total: Total
    cost: Cost
    fault_count: int
    faults: list[str]
    warnings: list[str]
    seconds: list[Row]

    def json(self) -> bytes:
        """For machines."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1)


def result(
    plan: Plan, figures: Figures, *, began_at: datetime, ended_early: bool, unanswered: int, conductor: float
) -> Result:
    """Sum up."""
    moments = figures.moments
    ack, delivery = Histogram(), Histogram()
    errors: dict[str, int] = {}
    for moment in moments:
        ack.add(moment.ack.buckets)
        delivery.add(moment.delivery.buckets)
        for what, count in moment.errors.items():
            errors[what] = errors.get(what, 0) + count
    whole = _whole(moments)
    total = Total(
        posts=sum(moment.posted for moment in moments),
        acks=sum(moment.acked for moment in moments),
        deliveries=sum(moment.delivered for moment in moments),
        posts_per_second=_average([moment.acked for moment in whole]),
        deliveries_per_second=_average([moment.delivered for moment in whole]),
        most_sockets=max((moment.sockets for moment in moments), default=0),
        reconnects=sum(moment.reconnects for moment in moments),
        unanswered=unanswered,
        errors=errors,
        ack=latency(ack),
        delivery=latency(delivery),
        ack_buckets=ack.buckets,
        delivery_buckets=delivery.buckets,
        latest_post=round(max((moment.late for moment in moments), default=0.0) * 1000, 3),
    )
    shares = [[moment.cpu.get(number, 0.0) for moment in whole] for number in range(plan.processes)]
    cost = Cost([_average(each) for each in shares], [round(max(each, default=0), 3) for each in shares], conductor)
    return Result(
        plan=plan,
        began_at=began_at.astimezone(UTC),
        ended_early=ended_early,
        total=total,
        cost=cost,
        fault_count=figures.fault_count,
        faults=figures.faults,
        warnings=_warnings(plan, figures, total),
        seconds=[_row(plan, moment) for moment in moments],
    )


def _whole(moments: Sequence[Moment]) -> Sequence[Moment]:
    """From the first post to the last, without the seconds of these two, in which people posted for a part only."""
    posting = [moment.at for moment in moments if moment.posted]
    if not posting:
        return []
    first, last = posting[0], posting[-1] + 1
    return moments[first + 1 : last - 1] or moments[first:last]


def _row(plan: Plan, moment: Moment) -> Row:
    return Row(
        at=moment.at,
        sockets=moment.sockets,
        posts=moment.posted,
        acks=moment.acked,
        deliveries=moment.delivered,
        reconnects=moment.reconnects,
        ack=latency(moment.ack),
        delivery=latency(moment.delivery),
        errors=moment.errors,
        faults=moment.faults,
        cpu=[round(moment.cpu.get(number, 0.0), 3) for number in range(plan.processes)],
    )


def _warnings(plan: Plan, figures: Figures, total: Total) -> list[str]:
    said = [
        f"Process {number + 1} of the load test used up to {share:.0%} of a core: it measures itself. "
        "Give more --processes, or ask for less."
        for number, share in figures.busy().items()
    ]
    if "rate_limited" in total.errors:
        said.append("The server limits how fast people post: start it with RATE_LIMITS=off.")
    if total.unanswered:
        said.append(f"{total.unanswered} posts have no answer.")
    if not total.posts:
        said.append("Nobody posted.")
    elif total.most_sockets < plan.sockets:
        said.append(f"Of {plan.sockets} sockets at most {total.most_sockets} were open at once.")
    return said


def _average(values: list[int] | list[float]) -> float:
    return round(sum(values) / len(values), 3) if values else 0.0
