"""Each scenario of `make bench`, small: real servers answer what its targets ask."""

import sys
from collections.abc import Mapping

import pytest

from bench.__main__ import SCENARIOS
from bench.fan_out import FAN_OUT
from bench.page import Result, section, targets
from bench.room import Room
from bench.scenario import Options, Samples, Scenario
from bench.sides import SIDES, US

SMALL: Mapping[str, Mapping[str, object]] = {
    "floor": {"PEOPLE": 5, "TOGETHER": (1, 4)},
    "growth": {"SIZES": (3, 12)},
    "posts": {"SOCKETS": 4, "ROWS": 300},
    "idle": {"SOCKETS": 20, "WATCHED": 0.3},
    "reconnect": {"CLIENTS": 30, "FEW": 3, "HISTORY": 250},
    "welcome": {"REGISTERED": 30, "ROOMS": 8, "ONLINE": 5},
    "history": {"PASTS": (1000, 3000), "ASKED": 3},
    "search": {"PAST": 2000, "ASKED": 1},
    "http": {"MESSAGES": 250},
    "slow_readers": {"READERS": 10, "STOPPED": 3},
    "where": {"PEOPLE": 5},
    "nodes": {"SOCKETS": 10},
}
# Where a scenario has it: registering people, and waiting until a large room is quiet, takes far longer than the rest.
OF_ALL: Mapping[str, object] = {"PEOPLE": 2, "SETTLE": 0.0}
WARM_UP, SECONDS = 0.02, 0.1
BY_NAME = {each.name.replace("-", "_"): each for each in SCENARIOS}


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few people, and no warming up."""
    monkeypatch.setattr("bench.sides.PEOPLE", OF_ALL["PEOPLE"])
    monkeypatch.setattr(Room.talk, "__defaults__", (WARM_UP,))


@pytest.fixture(params=SMALL)
def measured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Scenario, Samples]:
    scenario = BY_NAME[request.param]
    module = sys.modules[f"bench.{request.param}"]
    for name, value in {**OF_ALL, **SMALL[request.param]}.items():
        if hasattr(module, name):
            monkeypatch.setattr(module, name, value)
    said: list[str] = []
    samples = scenario.measure(Options(rounds=1, seconds=SECONDS, progress=said.append))
    assert said
    # What the page says is made of these sizes as well.
    result = Result("make bench", "2026-11-22", "a machine", 0.5, 1, SECONDS, list(samples))
    rows = targets([scenario], {scenario.name: result}).splitlines()[2:]
    assert len(rows) == len(scenario.targets)
    assert section(scenario, result).startswith(f"### {scenario.title}")
    return scenario, samples


def test_a_scenario_measures_what_its_targets_ask_for(measured: tuple[Scenario, Samples]) -> None:
    scenario, samples = measured
    if scenario.name == "posts":
        rates = [samples.median(side, 64, "posts") for side in samples.sides()]
        assert rates[0] > rates[1] > 0
        assert rates[2] > rates[3] > 0
    elif scenario.name == "welcome":
        assert 1000 < samples.median(US, 8, "size") < 10_000
    elif scenario.name == "http":
        assert len(samples) == 10
        assert all(each.figures["rate"] > 0 and each.figures["size"] > 100 for each in samples)
    elif scenario.name == "slow-readers":
        assert samples.median(US, 3, "deliveries") > 0
    assert all(figure >= 0 or name == "grown" for each in samples for name, figure in each.figures.items())


def test_a_round_of_fan_out_measures_each_side_in_each_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.fan_out.SIDES", {US: SIDES[US]})
    monkeypatch.setattr("bench.fan_out.PEOPLE", 20)
    monkeypatch.setattr("bench.fan_out.SETTLE", 0.0)
    said: list[str] = []
    samples = FAN_OUT.measure(Options(rounds=1, seconds=SECONDS, progress=said.append))
    assert [(each.side, each.setting) for each in samples] == [(US, 1), (US, 16), (US, 64)]
    assert all(each.figures["deliveries"] > 20 for each in samples)
    assert samples[0].figures["p99"] >= samples[0].figures["p50"] > 0
    assert len(said) == 3


def test_every_scenario_is_tried() -> None:
    assert {*SMALL, "fan_out"} == set(BY_NAME)
