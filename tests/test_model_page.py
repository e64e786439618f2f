"""docs/scaling.md shows what the model says, and every assumption is an option."""

import json
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.hot_room import simulate
from bench.marked import take
from bench.measured import MEASURED, sources
from bench.model import HOT_ROOM, MACHINES, PAGE, main
from bench.scaling import hot_tables, tables, weigh
from bench.scaling.goal import checks, place
from bench.scaling.inputs import TODAY, Assumptions, Costs, Hardware
from bench.scaling.party import Party
from tests.scaling_inputs import ASSUME, COSTS, HARDWARE


def parts() -> dict[str, str]:
    return take(PAGE.read_text())


def test_the_page_shows_what_the_command_says() -> None:
    for name, part in tables.arithmetic(ASSUME, COSTS, HARDWARE).items():
        assert parts()[name] == part, "type `make model ARGS=--write`"
    assert MACHINES.read_text() == tables.machines_plot(ASSUME, COSTS, HARDWARE)


def test_the_page_shows_what_the_simulation_says() -> None:
    assert parts()["checks"] == hot_tables.checked(checks(COSTS)), "type `make model ARGS=--write`"
    party = Party(1_000, 1, 100, 4.0)
    cells = hot_tables.hot_room([(party, simulate(party, place(COSTS, ASSUME, HARDWARE)))]).splitlines()
    rows = [row.strip("| ").split(" | ") for row in parts()["hot"].splitlines()]
    shown = next(row for row in rows if row[:2] == ["1,000", "1"])
    assert shown[rows[0].index("100/s")] == cells[2].strip("| ").split(" | ")[2]


@pytest.mark.parametrize("path", [MACHINES, HOT_ROOM], ids=lambda path: path.name)
def test_the_plots_are_images_that_the_page_shows(path: Path) -> None:
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
    assert f"(images/{path.name})" in PAGE.read_text()


def test_every_assumption_is_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick"])
    assert "| 10,000,000 | everybody is told, today |" in capsys.readouterr().out
    main(["--quick", "--posts", "4", "--ports", "60000"])
    said = capsys.readouterr().out
    assert "| `--posts` | 4 |" in said
    assert "| `--ports` | 60,000 |" in said


@pytest.mark.parametrize("arguments", [["--quick", "--write"], ["--posts", "many"]])
def test_what_makes_no_sense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert "error:" in capsys.readouterr().err


def test_the_message_that_is_assumed_was_weighed() -> None:
    figures = json.loads(MEASURED.read_text())["weights"]["figures"]
    assert ASSUME.message == figures["frame_bytes"]
    assert weigh.frames() == {name: figures[name] for name in ("frame_bytes", "presence_bytes")}


def test_what_moves_the_answer_most_comes_first() -> None:
    found = tables.swing(ASSUME, COSTS, HARDWARE, 100_000, TODAY)
    assert len(found) == sum(len(fields(each)) for each in (Assumptions, Costs, Hardware))
    swings = [abs(double - half) for _, half, double in found]
    assert swings == sorted(swings, reverse=True)
    assert {name: double for name, _, double in found}["`--spare`"] < 1  # the more is used, the fewer are bought


def test_every_figure_says_where_it_was_measured() -> None:
    assert parts()["sources"] == sources()
    assert sources().count(" on 20") == 3
