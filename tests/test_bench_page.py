"""What `make bench` shows follows from what it measured."""

from pathlib import Path

import pytest

from bench.__main__ import SCENARIOS
from bench.fan_out import FAN_OUT
from bench.page import MISSING, PAGE, RESULTS, Result, draw, read, renew, section, targets, write
from bench.scenario import Sample, Samples
from bench.sides import SIDES


def sample(side: str, window: int, deliveries: float, latency: float = 1.0) -> Sample:
    figures = {"deliveries": deliveries, "posts": 1.0, "cpu": 2.0, "size": 100.0, "p50": latency, "p99": 2 * latency}
    return Sample(side, window, figures)


def result(*samples: Sample) -> Result:
    return Result("make bench", "2026-11-22", "a machine", 0.5, 3, 3.0, list(samples))


SAMPLES = [
    sample(side, window, rate * window * factor, latency)
    for factor in (1, 1, 100)  # the median is not led astray by one round
    for side, rate, latency in (("Parley", 100_000, 5.0), ("Socket.IO on Node", 10_000, 6.0))
    for window in (1, 16, 64)
]


def test_the_targets_are_judged_by_the_medians() -> None:
    page = targets([FAN_OUT], {"fan-out": result(*SAMPLES)})
    assert "| ≥ 8 × | 10.0 × (1,600,000 to 160,000) | yes |" in page
    assert "| ≥ 15 × | 10.0 × (6,400,000 to 640,000) | **no** |" in page
    assert "| not above | 5.0 and 10.0 ms to 6.0 and 12.0 ms | yes |" in page
    assert '`make bench ARGS="--only fan-out"`' in page


def test_what_was_not_measured_says_so() -> None:
    page = targets(SCENARIOS, {})
    assert page.count(MISSING) == sum(len(each.targets) for each in SCENARIOS)
    with pytest.raises(KeyError):
        Samples(SAMPLES).median("Parley", 2, "deliveries")


def test_a_result_that_is_kept_comes_back_and_makes_the_same_page(tmp_path: Path) -> None:
    kept = result(*SAMPLES)
    write(FAN_OUT, kept, tmp_path)
    assert read([FAN_OUT], tmp_path) == {"fan-out": kept}
    draw([FAN_OUT], {"fan-out": kept}, tmp_path)
    assert (tmp_path / "fan-out.svg").read_text().startswith("<svg")
    page = renew(PAGE.read_text(), [FAN_OUT], {"fan-out": kept})
    assert section(FAN_OUT, kept) in page
    assert renew(page, [FAN_OUT], {"fan-out": kept}) == page
    assert f"Left out, for it was not installed: {list(SIDES)[-1]}" in page


def test_the_page_in_the_documentation_is_made_of_the_results_that_are_kept() -> None:
    found = read(SCENARIOS)
    assert renew(PAGE.read_text(), SCENARIOS, found) == PAGE.read_text(), 'type `make bench ARGS="--page"`'
    for scenario in SCENARIOS:
        if scenario.name in found:
            for name, plot in scenario.plots(Samples(found[scenario.name].samples)).items():
                assert (RESULTS / name).read_text() == plot, 'type `make bench ARGS="--page"`'
