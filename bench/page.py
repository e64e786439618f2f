"""What was found, kept as JSON and plots in bench/results, and shown in docs/performance.md between its marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.marked import put
from bench.run import Run
from bench.scenario import Sample, Samples, Scenario, table
from bench.server import ROOT

RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "performance.md"
MISSING = "not yet measured"


@dataclass(frozen=True)
class Result(Run):
    """What one run of a scenario found: each sample."""

    rounds: int
    seconds: float
    samples: list[Sample]


Found = dict[str, Result]  # by the scenario's name


def write(scenario: Scenario, result: Result, folder: Path = RESULTS) -> None:
    """Keep a result."""
    folder.mkdir(exist_ok=True)
    (folder / f"{scenario.name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")


def draw(scenarios: Sequence[Scenario], found: Found, folder: Path = RESULTS) -> None:
    """Draw the plots of what was kept."""
    for scenario in scenarios:
        if scenario.name in found:
            for name, plot in scenario.plots(Samples(found[scenario.name].samples)).items():
                (folder / name).write_text(plot)


def read(scenarios: Sequence[Scenario], folder: Path = RESULTS) -> Found:
    """The results that were kept."""
    paths = {each.name: folder / f"{each.name}.json" for each in scenarios}
    return {name: msgspec.json.decode(path.read_bytes(), type=Result) for name, path in paths.items() if path.exists()}


def targets(scenarios: Sequence[Scenario], found: Found) -> str:
    """Every target beside what was reached."""
    rows = []
    for scenario in scenarios:
        result = found.get(scenario.name)
        for target in scenario.targets:
            reached, enough = target.reached(Samples(result.samples)) if result else (MISSING, False)
            verdict = "–" if not result else "yes" if enough else "**no**"
            command = f'`make bench ARGS="--only {scenario.name}"`'
            rows.append([target.figure, target.goal, reached, verdict, command])
    return table(["figure", "target", "reached", "met", "again by"], rows)


def sections(scenarios: Sequence[Scenario], found: Found) -> str:
    """A section for each scenario that was measured."""
    return "\n\n".join(section(each, found[each.name]) for each in scenarios if each.name in found)


def section(scenario: Scenario, result: Result) -> str:
    """Its tables and plots, and where they come from."""
    samples = Samples(result.samples)
    return "\n\n".join(
        [
            f"### {scenario.title}",
            f"{result.said()}; {samples.rounds()}. "
            f"Every sample: [{scenario.name}.json](../bench/results/{scenario.name}.json).",
            scenario.show(samples),
            *(f"![{scenario.title}](../bench/results/{name})" for name in scenario.plots(samples)),
        ]
    )


def renew(page: str, scenarios: Sequence[Scenario], found: Found) -> str:
    """The page with what stands between its marks made anew."""
    return put(page, {"targets": targets(scenarios, found), "results": sections(scenarios, found)})
