"""What the processes of a load test tell each other: one line of JSON each, over the pipes of a child process."""

import msgspec
from msgspec import Struct

from parley.loadtest.plan import Plan


class Account(Struct, frozen=True):
    """Somebody who is registered."""

    name: str
    token: str


# ── from the parent ─────────────────────────────────────────────────────────────────────────────────


class Begin(Struct, tag="begin", frozen=True):
    """The first line. `number`: which of the processes; `start`: when people begin to arrive, on the monotonic clock.

    `people` have their numbers among all people of the run.
    """

    plan: Plan
    number: int
    start: float
    people: list[tuple[int, Account]]


class Stop(Struct, tag="stop", frozen=True):
    """Post no more."""


class Settle(Struct, tag="settle", frozen=True):
    """Wait until every socket has everything up to here (room → seq), then tell all and end."""

    heads: dict[int, int]


Order = Begin | Stop | Settle
read_order = msgspec.json.Decoder(Order).decode


# ── from a child ────────────────────────────────────────────────────────────────────────────────────


class Second(Struct, tag="second"):
    """The figures of one second, `at` seconds after the start. Latencies are buckets of a Histogram."""

    at: int
    sockets: int
    posted: int = 0
    acked: int = 0
    delivered: int = 0
    reconnects: int = 0
    ack: dict[int, int] = {}
    delivery: dict[int, int] = {}
    errors: dict[str, int] = {}
    faults: list[str] = []  # the first of them
    fault_count: int = 0
    cpu: float = 0.0  # share of a core that this process used
    late: float = 0.0  # seconds by which the slowest post left after it was due


class Written(Struct, tag="written", frozen=True):
    """The last post has its answer, or will not get one. `heads`: the highest seq acknowledged in each room."""

    heads: dict[int, int]


class Seat(Struct, frozen=True):
    """What a socket has seen of a room: all of `(after, upto]` but the `holes`. `open`: it stayed to the end."""

    name: str
    room: int
    after: int
    upto: int
    open: bool
    holes: list[int] = []


class Story(Struct, tag="story", frozen=True):
    """All that must be compared between processes.

    `acked`: key → room and seq. `keys`: room → seq → the key of the post that is there, as sockets saw it.
    """

    acked: dict[str, tuple[int, int]]
    keys: dict[int, dict[int, str]]
    seats: list[Seat]
    unanswered: int


class Refusal(Struct, tag="refusal", frozen=True):
    """The test cannot go on; one sentence says what to do."""

    detail: str


Report = Second | Written | Story | Refusal
read_report = msgspec.json.Decoder(Report).decode

encode = msgspec.json.Encoder().encode
