"""What `make faults` says in the end: nothing that was found may get lost on the way."""

import io
import json
from pathlib import Path

import pytest

from tests.faults import report
from tests.faults.board import Board
from tests.faults.invariants import Findings
from tests.faults.memory import MEBIBYTE
from tests.faults.result import Result


def result(fault: str = "node-killed") -> Result:
    figures = {"posts": 1234, "put_off": 1500, "waited": 3.14, "grown": 5 * MEBIBYTE}
    return Result.from_dict(
        {"fault": fault, "seed": 7, "rounds": 3, "converged": [0.5, 2.25, 1.0], "findings": {}, **figures}
    )


def test_the_table_has_a_line_for_each_fault() -> None:
    broken = result("mixed")
    broken.note(Findings(lost=["k1", "k2"], doubled=["k3"], leaked=["k4"], other=["k5"]))
    head, line, *rows = report.table([result(), broken, Result("never", 7)]).splitlines()
    assert head.count("|") == line.count("|") == rows[0].count("|")
    assert rows[0] == "| node-killed | 3 | 1,234 | 0 | 0 | 0 | 0 | 1,500 | 1.0 | 2.2 | 3.1 | 0.0 | 5 |"
    assert rows[1].startswith("| mixed | 3 | 1,234 | 2 | 1 | 0 | 2 | 1,500 |")
    assert rows[2].startswith("| never | 0 | 0 | 0 | 0 | 0 | 0 | 0 | – | – |")


def test_a_finding_names_fault_round_and_seed_and_is_said_once() -> None:
    one = result()
    one.note(Findings(lost=["k1 is gone"]))
    one.rounds += 1
    one.note(Findings(lost=["k1 is gone", "k2 is gone"]))
    assert report.sentences([one]) == [
        "node-killed, round 3, seed 7: k1 is gone",
        "node-killed, round 4, seed 7: k2 is gone",
    ]
    assert not one.findings.clean


def test_of_very_many_findings_some_are_said_and_the_others_counted() -> None:
    one = result()
    one.note(Findings(lost=[f"k{number} is gone" for number in range(25)]))
    assert report.sentences([one])[-1] == "node-killed: … and 15 more of that kind"


def test_a_harness_that_breaks_off_is_a_finding_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one = result()
    one.broke_off("Traceback …\nValueError: oh\n")
    assert report.sentences([one]) == [
        "node-killed, round 3, seed 7: broke off: ValueError: oh",
        f"node-killed: the logs are in {tmp_path}/parley-faults-7/node-killed",
    ]
    assert (Path(one.logs) / "harness.log").read_text() == "Traceback …\nValueError: oh\n"
    assert "round 3, seed 7: broke off" in (Path(one.logs) / "findings.log").read_text()


def test_results_cross_from_one_process_to_another_whole() -> None:
    one = result()
    one.note(Findings(disorder=["5 before 4"]))
    again = Result.from_dict(json.loads(json.dumps(one.as_dict())))
    assert again.as_dict() == one.as_dict()
    assert json.loads(report.as_json([one])) == [one.as_dict()]


def test_the_page_is_put_between_its_marks(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.rewrite(report.as_page([result()], "make faults", 600, ["clock-moved, no libfaketime"]), document)
    text = document.read_text()
    assert text.startswith(f"before\n{report.BEGIN}\n\n`make faults`, ")
    assert "1 faults, 3 rounds, 1,234 posts acknowledged; in none of them a promise was broken." in text
    assert "Left out: clock-moved, no libfaketime." in text
    assert "| node-killed | 3 |" in text
    assert text.endswith(f"\n{report.END}\nafter\n")
    assert "old" not in text
    report.rewrite("again", document)
    assert "node-killed" not in document.read_text()


def test_a_document_without_marks_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text("no place")
    with pytest.raises(ValueError, match="no place for the table"):
        report.rewrite("page", document)
    assert document.read_text() == "no place"


def test_the_real_document_has_its_marks() -> None:
    text = report.DOC.read_text()
    assert 0 < text.index(report.BEGIN) < text.index(report.END)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_each_fault_keeps_its_line_and_those_that_are_done_stay_above() -> None:
    out = Terminal()
    board = Board(out, rounds=3)
    one, two = result("one"), result("two")
    one.rounds, two.rounds = 1, 1
    for each in (one, two):
        board.show(each)
    one.rounds = 3
    board.show(one)
    last = out.getvalue().rpartition("\x1b[2A\x1b[J")[2].splitlines()
    assert [line.split()[0:2] for line in last] == [["one", "3/3"], ["two", "1/3"]]


def test_without_a_terminal_each_round_is_a_line() -> None:
    out = io.StringIO()
    board = Board(out, rounds=3)
    one = result()
    board.show(one)
    one.note(Findings(lost=["k1"]))
    board.show(one)
    first, second = out.getvalue().splitlines()
    assert first.endswith("converged:  1.0 s  as promised")
    assert second.endswith("PROMISES BROKEN")
