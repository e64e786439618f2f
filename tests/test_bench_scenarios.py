"""Each scenario of `make bench`, small: real servers answer what its targets ask."""

import sys
from collections.abc import Mapping

import pytest

from bench.__main__ import SCENARIOS
from bench.page import Result, section, targets
from bench.scenario import Options, Samples, Scenario
from bench.sides import US

SMALL: Mapping[str, Mapping[str, object]] = {
    "floor": {"PEOPLE": 5, "TOGETHER": (1, 4)},
    "growth": {"SIZES": (3, 12)},
    "posts": {"SOCKETS": 4},
    "idle": {"SOCKETS": 20, "WATCHED": 0.3, "SETTLE": 0.1},
    "reconnect": {"CLIENTS": 30, "FEW": 3, "HISTORY": 250},
    "welcome": {"REGISTERED": 30, "ROOMS": 8, "ONLINE": 5},
    "history": {"PASTS": (1000, 3000), "ASKED": 3},
    "slow_readers": {"READERS": 10, "STOPPED": 3, "SETTLE": 0.1},
    "where": {"PEOPLE": 5, "SETTLE": 0.1},
    "nodes": {"SOCKETS": 10, "SETTLE": 0.1},
}
BY_NAME = {each.name.replace("-", "_"): each for each in SCENARIOS}


@pytest.fixture(params=SMALL)
def measured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Scenario, Samples]:
    scenario = BY_NAME[request.param]
    module = sys.modules[f"bench.{request.param}"]
    for name, value in SMALL[request.param].items():
        monkeypatch.setattr(module, name, value)
    said: list[str] = []
    samples = scenario.measure(Options(rounds=1, seconds=0.2, progress=said.append))
    assert said
    # What the page says is made of these sizes as well.
    result = Result("make bench", "2026-11-22", "a machine", 0.5, 1, 0.2, list(samples))
    rows = targets([scenario], {scenario.name: result}).splitlines()[2:]
    assert len(rows) == len(scenario.targets)
    assert section(scenario, result).startswith(f"### {scenario.title}")
    return scenario, samples


def test_a_scenario_measures_what_its_targets_ask_for(measured: tuple[Scenario, Samples]) -> None:
    scenario, samples = measured
    if scenario.name == "posts":
        grouped, alone = (samples.median(side, 64, "posts") for side in samples.sides())
        assert grouped > alone > 0
    elif scenario.name == "welcome":
        assert 1000 < samples.median(US, 8, "size") < 10_000
    elif scenario.name == "slow-readers":
        assert samples.median(US, 3, "deliveries") > 0
    assert all(figure >= 0 or name == "grown" for each in samples for name, figure in each.figures.items())


def test_every_scenario_is_tried() -> None:
    assert {*SMALL, "fan_out"} == set(BY_NAME)
