"""What a load test shows: the report in a real browser, the screen on a terminal, the axes of a chart."""

import io
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from parley.loadtest.charts import Series, over_time
from parley.loadtest.figures import Figures
from parley.loadtest.histogram import Histogram
from parley.loadtest.pipe import Second
from parley.loadtest.plan import Plan
from parley.loadtest.report import report
from parley.loadtest.result import Result, result
from parley.loadtest.scale import linear, logarithmic, milliseconds, number, span
from parley.loadtest.screen import Screen, summary

PLAN = Plan(url="http://127.0.0.1:5000", users=20, devices=2, writers=20, rate=20.0, duration=8.0, processes=2)


def buckets(*milliseconds: float) -> dict[int, int]:
    histogram = Histogram()
    histogram.record(each / 1000 for each in milliseconds)
    return histogram.buckets


def measured(*, broken: bool = False) -> Result:
    """A run of ten seconds, in whose middle the server was away for one."""
    figures = Figures(2)
    for at in range(10):
        posting = at >= 2 and at != 6
        for process in range(2):
            second = Second(at, sockets=min(20, at * 10), cpu=0.2 + process * 0.6)
            if posting:
                second.posted = second.acked = 10
                second.delivered = 400
                second.ack = buckets(*(3 + at + each for each in range(10)))
                second.delivery = buckets(*(4 + at + each / 40 for each in range(400)))
            elif at == 6:
                second.sockets, second.errors = 0, {"closed with 1012": 20, "<b>odd</b>": 1}
            figures.add(process, second)
    if broken:
        figures.fault("load-x-1/1, room 1: 13 came after 11: a gap")
    began = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    return result(PLAN, figures, began_at=began, ended_early=False, unanswered=0, conductor=0.01)


class Loads(HTMLParser):
    """Collects every attribute by which a page loads something, and every element that may."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [tag] if tag in ("script", "iframe", "img", "object", "embed") else []
        self.found += [
            f"{name}={value}" for name, value in attrs if name in ("src", "href", "srcset") and value != "data:,"
        ]


@pytest.mark.parametrize("broken", [False, True])
def test_the_report_loads_nothing(broken: bool) -> None:
    page = report(measured(broken=broken))
    loads = Loads()
    loads.feed(page)
    assert loads.found == []
    assert "url(" not in page
    assert "@import" not in page
    assert "<b>odd</b>" not in page, "what a server says is text"
    assert "&lt;b&gt;odd&lt;/b&gt;" in page


def test_the_report_says_what_was_found() -> None:
    page = report(measured())
    assert "40 sockets, 667 deliveries a second" in page, "the second in which the server was away counts"
    assert "Every acknowledged post arrived once, in order, at every socket." in page
    assert "Process 2 of the load test used up to 80% of a core: it measures itself." in page
    assert page.count("<svg") == 9
    broken = report(measured(broken=True))
    assert "1 broken promise; the list is below." in broken
    assert "13 came after 11: a gap" in broken
    assert "Every acknowledged post" not in broken


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_the_report_opens_in_a_browser(browser: Browser, tmp_path: Path, scheme: str, width: int) -> None:
    file = tmp_path / "report.html"
    file.write_text(report(measured(broken=True)), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width, "nothing sticks out"
    sizes = [svg.bounding_box() for svg in page.locator("svg").all()]
    assert len(sizes) == 9
    assert all(size and size["width"] > 250 and size["height"] > 120 for size in sizes)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) > 384) == (scheme == "light")
    context.close()


def test_a_run_in_which_nobody_posted_can_be_shown() -> None:
    empty = result(PLAN, Figures(2), began_at=datetime.now(UTC), ended_early=True, unanswered=0, conductor=0.0)
    assert "Nobody posted." in report(empty)
    assert "Nobody posted." in summary(empty)


# ── the screen ──────────────────────────────────────────────────────────────────────────────────────


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_drawn_over() -> None:
    stream = Terminal()
    screen = Screen(stream)
    figures = Figures(1)
    for at in range(2):
        (moment,) = figures.add(0, Second(at, sockets=3, acked=7, delivered=1234, delivery=buckets(5), errors={"x": 2}))
        screen.second(PLAN, moment)
    first, second = stream.getvalue().split("\x1b[7F\x1b[J")
    assert first.count("\n") == second.count("\n") == 7
    assert "1,234" in second
    assert "5.0 ms / 5.0 ms" in second
    assert "errors                 4" in second
    assert all(len(line) < 80 for line in second.splitlines())


def test_elsewhere_a_second_is_a_line() -> None:
    stream = io.StringIO()
    (moment,) = Figures(1).add(0, Second(0, sockets=3, acked=7, delivered=1234))
    Screen(stream).second(PLAN, moment)
    assert stream.getvalue() == ("   1 s  sockets 3  posts/s 7  deliveries/s 1,234  ack –  delivery –  errors 0\n")


# ── axes ────────────────────────────────────────────────────────────────────────────────────────────


def test_axes_end_at_round_numbers() -> None:
    assert linear(7.3, 0, 100).ticks == (0, 2, 4, 6, 8)
    assert linear(2, 0, 100, whole=True).ticks == (0, 1, 2)
    assert linear(0.15, 0, 100).ticks == pytest.approx((0, 0.05, 0.1, 0.15))
    assert logarithmic(4, 250, 0, 100).ticks == (3, 10, 30, 100, 300)
    assert span(16, 0, 160).ticks == (0, 5, 10, 15)
    assert span(16, 0, 160)(16) == 160


def test_values_stand_where_the_axis_says() -> None:
    axis = logarithmic(1, 100, 0, 100)
    assert [axis(value) for value in (0.1, 1, 10, 100, 1000)] == [0, 0, 50, 100, 100]
    assert [linear(8, 100, 0)(value) for value in (0, 4, 8)] == [100, 50, 0]


def test_numbers_are_written_short() -> None:
    assert [number(value) for value in (0, 950, 12_000, 1_500_000)] == ["0", "950", "12 k", "1.5 M"]
    assert [milliseconds(value) for value in (0.25, 12, 1500)] == ["0.25 ms", "12 ms", "1.5 s"]


def test_a_gap_in_a_curve_stays_one() -> None:
    drawn = over_time([Series("p50", "a", [1.0, 2.0, None, 3.0])])
    assert drawn.count('class="curve a"') == 2
    assert "second 4\np50: 3" in drawn
    assert "second 3\n" not in drawn
