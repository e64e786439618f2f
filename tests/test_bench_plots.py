"""Plots of measurements: they show what they are given, and nothing of them is cut off."""

import re
from math import inf
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from bench.lines import lines
from bench.plot import WIDTH, bars, short

MANY: dict[str, list[tuple[float, float]]] = {
    f"python-socketio on uvicorn, setting {each}": [(1, 12.0 + each), (64, 9_900_000.0)] for each in range(5)
}
TODAY: list[tuple[float, float]] = [(10.0**each, 10.0**each) for each in range(8)]
PLOTS = {
    "bars": bars("A title as long as ours are: µs of CPU for a delivery", ["one"], {name: [9e6, 1] for name in MANY}),
    "lines": lines("The hot room: p99 from post to socket", "in flight", "deliveries a second", MANY, values=True),
    "from zero": lines("CPU", "sockets", "µs", {"Parley": [(100, 0.123), (8000, 0.999)]}, powers=False, values=True),
    "many": lines("Nodes", "people", "nodes", {"today": TODAY} | MANY),
}
CUT_OFF = """() => [...document.querySelectorAll("text")].map(each => [each.textContent, each.getBBox()]).filter(
    ([_, box]) => box.x < 0 || box.y < 0 || box.x + box.width > WIDTH || box.y + box.height > HEIGHT
).map(([content]) => content)"""
COVERED = """() => {
    const boxes = [...document.querySelectorAll("text")].map(each => [each.textContent, each.getBBox()]);
    return boxes.flatMap(([one, a], at) => boxes.slice(at + 1).filter(([_, b]) =>
        a.x < b.x + b.width && b.x < a.x + a.width && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height
    ).map(([other]) => [one, other]));
}"""


@pytest.mark.parametrize("name", PLOTS)
def test_no_text_is_cut_off_or_covers_another(name: str, browser: Browser) -> None:
    height = re.findall(rf'viewBox="0 0 {WIDTH} (\d+)"', PLOTS[name])[0]
    page = browser.new_page()
    page.set_content(PLOTS[name])
    assert page.evaluate(CUT_OFF.replace("WIDTH", str(WIDTH)).replace("HEIGHT", height)) == []
    assert page.evaluate(COVERED) == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_plot_can_be_read_in_both_schemes(scheme: str, browser: Browser) -> None:
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.set_content(PLOTS["lines"])
    colours = [
        page.evaluate("([what]) => getComputedStyle(document.querySelector(what)).fill", [what])
        for what in ("text", ".ground")
    ]
    ink, ground = (sum(map(int, re.findall(r"\d+", each)[:3])) for each in colours)
    assert abs(ink - ground) > 500
    assert (ground > ink) == (scheme == "light")
    page.close()


def test_the_bars_are_as_long_as_what_they_show() -> None:
    plot = bars("a & b", ["one"], {"x": [10.0], "y": [5.0]})
    assert 'aria-label="a &amp; b"' in plot
    long, half = (float(each) for each in re.findall(r'<rect x="[^"]+" y="[^"]+" width="([\d.]+)"', plot))
    assert long == pytest.approx(2 * half, abs=0.1)
    assert [short(each) for each in (1_800_000, 96_240, 512, 3.14159)] == ["1.8 M", "96.2 k", "512", "3.14"]


def test_points_stand_where_the_axes_say() -> None:
    drawn = ElementTree.fromstring(lines("", "", "", {"x": [(1, 10), (10, 100), (100, 1000)], "y": [(1, inf)]}))
    path = next(each.get("d", "") for each in drawn if each.get("stroke"))
    places = [tuple(map(float, point.split(","))) for point in path.removeprefix("M").split(" L")]
    for axis in (0, 1):
        one, two, three = (place[axis] for place in places)
        assert two - one == pytest.approx(three - two, abs=0.2), "ten times as much is as far"
    assert places[0][0] < places[1][0]
    assert places[0][1] > places[1][1]
    assert "inf" not in path


def test_values_that_would_cover_each_other_are_left_out_and_the_first_is_kept() -> None:
    plot = lines("", "", "", {"a": [(1, 100), (9, 300)], "b": [(1, 101), (9, 9000)]}, values=True)
    assert re.findall(r'class="value">([^<]+)<', plot) == ["100", "300", "9 k"]
