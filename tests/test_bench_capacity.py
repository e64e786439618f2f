"""What `make capacity` finds is kept once: the page and the model are made of the same file."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from bench import capacity
from bench.capacity import PAGE, kept_report, main
from bench.costs import ROWS, Costs, crowd, middle, report
from bench.marked import put, take
from bench.measured import MEASURED, keep, read, sources
from bench.run import Run, begin
from bench.scaling import inputs

COSTS = Costs(node=100e6, memory=10_000, idle=0.36, alone=10, group=1, crowd=0.5, rate=800_000, posts=3000, post=200)
SLOW = Costs(**{name: value * 3 for name, value in asdict(COSTS).items()})
RUN = Run("make capacity", "2026-11-22 12:00 UTC", "a machine", 0.5)


def test_the_table_follows_from_the_costs_by_its_formula() -> None:
    # 1,000 people: 1,000 × 0.36 s an hour are a tenth of a core; 10 posts a second to 1,000 people at 10 µs another.
    assert crowd(COSTS, 1000, 1000 / 600) == ["1,000", "1.66667 min", "10,000", "20.0%", "10 MB"]
    assert middle([SLOW, COSTS, COSTS]) == COSTS
    page = report({"one": COSTS, "two": SLOW}, RUN, 3)
    assert all(title in page["costs"] for title, *_ in ROWS.values())
    assert "| 10,000 bytes | 30,000 bytes |" in page["costs"]
    assert "| 100 MB | 300 MB |" in page["costs"]
    assert "people × 0.360 s / 3,600 s + people × posts a second × 10.00 µs" in page["crowds"]
    assert "= 100 MB + people × 10,000 bytes" in page["crowds"]


def test_the_page_shows_what_was_kept() -> None:
    assert put(PAGE.read_text(), kept_report()) == PAGE.read_text(), 'type `make capacity ARGS="--page"`'


def test_what_is_kept_is_what_the_page_and_the_model_read(tmp_path: Path) -> None:
    path = tmp_path / "measured.json"
    path.write_text(MEASURED.read_text())
    before = read(path)
    setups = dict.fromkeys(before["capacity"]["setups"], COSTS)
    keep("capacity", RUN, {"rounds": 2, "setups": {name: asdict(each) for name, each in setups.items()}}, path)
    assert kept_report(path) == report(setups, RUN, 2)
    assert inputs.read(path).node == COSTS.node
    assert inputs.read(path).idle == COSTS.idle / 3600
    assert "`make capacity` on 2026-11-22 12:00 UTC: a machine; load of the minute before 0.5" in sources(path)
    assert {name: part for name, part in read(path).items() if name != "capacity"} == {
        name: part for name, part in before.items() if name != "capacity"
    }
    assert len(path.read_text().splitlines()) == len(MEASURED.read_text().splitlines()), "a list of figures is a line"


def test_measuring_and_writing_are_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, kept = tmp_path / "deploying.md", tmp_path / "measured.json"
    page.write_text(PAGE.read_text())
    kept.write_text(MEASURED.read_text())

    def rounds(_: object) -> dict[str, Costs]:
        return {"one": COSTS, "two": SLOW}

    monkeypatch.setattr(capacity, "PAGE", page)
    monkeypatch.setattr(capacity, "rounds", rounds)
    monkeypatch.setattr(capacity, "MEASURED", kept)
    monkeypatch.setattr("sys.argv", ["capacity", "--write", "--rounds", "2", "--sockets", "10"])
    monkeypatch.setattr(capacity, "leave_the_core", lambda: None)
    main()
    assert json.loads(kept.read_text())["capacity"]["setups"]["two"] == asdict(SLOW)
    assert take(page.read_text()) == kept_report(kept)
    assert 'make capacity ARGS="--rounds 2 --sockets 10"' in page.read_text()


def test_a_command_is_kept_as_one_types_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--only", "fan-out", "--write"])
    assert begin("make bench").command == 'make bench ARGS="--only fan-out"'
    assert begin("python -m bench.scaling.watch").command == "python -m bench.scaling.watch --only fan-out"
    monkeypatch.setattr("sys.argv", ["bench", "--write"])
    assert begin("make bench").command == "make bench"


def test_a_part_without_a_place_is_refused() -> None:
    page = "a\n<!-- one -->\nold\n<!-- /one -->\nb"
    assert put(page, {"one": "new\n"}) == "a\n<!-- one -->\n\nnew\n\n<!-- /one -->\nb"
    for wrong in ({}, {"one": "", "two": ""}):
        with pytest.raises(KeyError, match="places for"):
            put(page, wrong)
