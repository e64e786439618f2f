"""The figures of all processes together: second by second, and of the whole run."""

from dataclasses import dataclass, field

from msgspec import Struct

from parley.loadtest.histogram import Histogram
from parley.loadtest.pipe import Second

BUSY = 0.7  # of a core: above it a process measures itself
BUSY_SECONDS = 3  # in which that has happened, before it is said
KEPT_FAULTS = 1000  # sentences; the rest is only counted
QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999, "max": 1.0}


class Latency(Struct):
    """Milliseconds that a share of all did not exceed; None when there was nothing."""

    count: int
    p50: float | None
    p90: float | None
    p99: float | None
    p999: float | None
    max: float | None


def latency(histogram: Histogram) -> Latency:
    """The usual percentiles."""
    found = {name: histogram.quantile(share) for name, share in QUANTILES.items()}
    rounded = {name: None if value is None else round(value * 1000, 3) for name, value in found.items()}
    return Latency(count=histogram.count, **rounded)


@dataclass
class Moment:
    """One second, of all processes."""

    at: int
    sockets: int = 0
    posted: int = 0
    acked: int = 0
    delivered: int = 0
    reconnects: int = 0
    ack: Histogram = field(default_factory=Histogram)
    delivery: Histogram = field(default_factory=Histogram)
    errors: dict[str, int] = field(default_factory=dict)
    faults: int = 0
    cpu: dict[int, float] = field(default_factory=dict)  # process → share of a core
    late: float = 0.0
    whole: int = 0  # processes that have told of it

    def add(self, number: int, second: Second) -> None:
        """What one process counted in it."""
        self.sockets += second.sockets
        self.posted += second.posted
        self.acked += second.acked
        self.delivered += second.delivered
        self.reconnects += second.reconnects
        self.ack.add(second.ack)
        self.delivery.add(second.delivery)
        for what, count in second.errors.items():
            self.errors[what] = self.errors.get(what, 0) + count
        self.faults += second.fault_count
        self.cpu[number] = second.cpu
        self.late = max(self.late, second.late)
        self.whole += 1


class Figures:
    """Adds up what the processes tell, and the faults of the whole run."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self.moments: list[Moment] = []
        self.faults: list[str] = []
        self.fault_count = 0

    def add(self, number: int, second: Second) -> list[Moment]:
        """A process has finished a second; returns the moments that are now whole, in order."""
        while len(self.moments) <= second.at:
            self.moments.append(Moment(len(self.moments)))
        moment = self.moments[second.at]
        moment.add(number, second)
        self.faults += second.faults[: KEPT_FAULTS - len(self.faults)]
        self.fault_count += second.fault_count
        return [moment] if moment.whole == self._processes else []

    def fault(self, sentence: str) -> None:
        """A promise that was found broken at the end."""
        self.fault_count += 1
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(sentence)

    def busy(self) -> dict[int, float]:
        """The processes that measured themselves, and the largest share of a core that each used."""
        seconds = [[moment.cpu.get(number, 0.0) for moment in self.moments] for number in range(self._processes)]
        return {
            number: max(shares)
            for number, shares in enumerate(seconds)
            if sum(share > BUSY for share in shares) >= BUSY_SECONDS
        }
