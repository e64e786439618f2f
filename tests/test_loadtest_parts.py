"""The pure parts of the load test: frames, latencies, schedules, and plans that cannot work."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from parley.loadtest.figures import Figures
from parley.loadtest.frames import Event, Page, Reader, key
from parley.loadtest.histogram import Histogram
from parley.loadtest.pipe import Second
from parley.loadtest.plan import Plan, check
from parley.loadtest.schedule import even_pace, thinking
from parley.settings import SetupError
from parley.wire import Ack, Heads, Log, MessageEvent, encode


def message(seq: int, post: str | None, changed: int) -> Raw:
    return Raw(encode({"id": 9, "room": 1, "seq": seq, "changed_seq": changed, "key": post, "source": "hi"}))


def reader() -> tuple[Reader, list[Event]]:
    posts: list[Event] = []
    return Reader("run", posts.append), posts


# ── frames ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_says_when_it_was_due() -> None:
    taking, posts = reader()
    data = encode(MessageEvent(1, 12, message(12, key("run", 3, 4, 1234.5), 12)))
    event = taking.read(data)
    assert event == Event(1, 12, "run-3-4-1234500000", 1234.5)
    assert taking.read(bytes(data)) is event, "the same bytes are parsed once"
    assert posts == [event]


@pytest.mark.parametrize(
    ("post", "changed"), [(None, 12), ("another run's", 12), (key("run", 0, 0, 1.0), 15)], ids=["join", "other", "edit"]
)
def test_what_is_no_post_of_this_run_is_only_a_number(post: str | None, changed: int) -> None:
    taking, posts = reader()
    assert taking.read(encode(MessageEvent(1, changed, message(12, post, changed)))) == Event(1, changed, None, None)
    assert posts == []


def test_a_page_accounts_for_places_and_changes() -> None:
    taking, posts = reader()
    mine = key("run", 0, 0, 2.0)
    page = taking.read(encode(Log(1, 10, 15, [message(11, mine, 11), message(3, None, 15)])))
    assert isinstance(page, Page)
    assert (page.after, page.to, page.reset, page.numbers) == (10, 15, False, {11, 3, 15})
    assert posts == [Event(1, 11, mine, 2.0)]


def test_other_frames_are_passed_over_and_answers_are_not() -> None:
    taking, _ = reader()
    assert taking.read(encode(Heads({1: 5}, 3))) is None
    assert taking.read(b'{"type":"of tomorrow"}') is None
    assert taking.read(encode(Ack("k", 1, 2, 3))) == Ack("k", 1, 2, 3)


# ── latencies ───────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.floats(0, 100), min_size=1, max_size=200), st.floats(0.001, 1))
def test_percentiles_are_at_most_one_percent_above_the_truth_and_never_below(values: list[float], share: float) -> None:
    histogram = Histogram()
    histogram.record(values)
    truth = int(sorted(values)[max(1, -int(-share * len(values) // 1)) - 1] * 1e6)  # nearest rank
    found = histogram.quantile(share)
    assert found is not None
    assert truth <= round(found * 1e6) <= truth * 1.008 + 1


def test_histograms_of_processes_add_up() -> None:
    values = [random.expovariate(100) for _ in range(1000)]
    whole, parts = Histogram(), Histogram()
    whole.record(values)
    for part in itertools.batched(values, 300) if hasattr(itertools, "batched") else [values[:300], values[300:]]:
        one = Histogram()
        one.record(part)
        parts.add(one.buckets)
    assert parts.buckets == whole.buckets
    assert parts.count == 1000


def test_nothing_has_no_percentiles() -> None:
    assert Histogram().quantile(0.5) is None


# ── schedules ───────────────────────────────────────────────────────────────────────────────────────


def test_processes_together_keep_an_even_pace() -> None:
    due = sorted(itertools.chain.from_iterable(even_pace(10, 100.0, 102.0, number, 3) for number in range(3)))
    assert due == pytest.approx([100 + number / 10 for number in range(20)])


def test_people_do_not_think_in_step() -> None:
    thought = [thinking(2.0) for _ in range(100)]
    assert 1.0 <= min(thought) < max(thought) <= 3.0
    assert thinking(0.0) == 0.0


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_is_over_when_every_process_has_told_of_it() -> None:
    figures = Figures(2)
    assert figures.add(0, Second(0, sockets=3, acked=1, errors={"x": 1})) == []
    (moment,) = figures.add(1, Second(0, sockets=4, acked=2, errors={"x": 1, "y": 1}, faults=["f"], fault_count=5))
    assert (moment.sockets, moment.acked, moment.errors, moment.faults) == (7, 3, {"x": 2, "y": 1}, 5)
    assert (figures.faults, figures.fault_count) == (["f"], 5)


def test_a_process_that_measures_itself_is_named() -> None:
    figures = Figures(2)
    for second in range(4):
        figures.add(0, Second(second, sockets=1, cpu=0.69))
        figures.add(1, Second(second, sockets=1, cpu=0.71 + second / 100))
    assert figures.busy() == {1: 0.74}


# ── plans ───────────────────────────────────────────────────────────────────────────────────────────


def plan(url: str = "http://127.0.0.1:5000", **more: object) -> Plan:
    return Plan(**{"url": url, "rate": 1.0, "users": 4, "writers": 4, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000", "https://127.9.9.9"]
)
def test_this_machine_may_be_loaded(url: str) -> None:
    check(plan(url), own_server=False)


@pytest.mark.parametrize("url", ["http://chat.example.org", "http://10.0.0.7:5000", "https://localhost.example.org"])
def test_strangers_are_not_flooded(url: str) -> None:
    with pytest.raises(SetupError, match="--yes-this-is-my-server"):
        check(plan(url), own_server=False)
    check(plan(url), own_server=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (plan("ftp://127.0.0.1"), "The URL is"),
        (plan("127.0.0.1:5000"), "The URL is"),
        (plan("http://127.0.0.1:5000/chat"), "The URL is"),
        (plan(think=1.0), "--rate and --think"),
        (plan(writers=5), "--writers"),
        (plan(processes=5), "--processes"),
    ],
)
def test_what_cannot_work_is_refused(wrong: Plan, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        check(wrong, own_server=False)
