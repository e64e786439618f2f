"""What is said about results: a table, sentences, JSON, and the page in `docs`."""

import json
import statistics
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.faults.memory import MEBIBYTE
from tests.faults.result import Result
from tests.running import ROOT

DOC = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- written by `make faults ARGS=--doc`: begin -->"
END = "<!-- written by `make faults ARGS=--doc`: end -->"

COLUMNS = (
    *("fault", "rounds", "posts acknowledged", "lost", "doubled", "out of order", "other", "put off"),
    *("converged in s: median", "worst", "longest wait for an answer, s", "longest delivery, s", "grown by, MiB"),
)
SHOWN = 10  # findings of a kind


def table(results: Sequence[Result]) -> str:
    """One line for each fault, as Markdown."""
    lines = [f"| {' | '.join(COLUMNS)} |", "| --- " + "| ---: " * (len(COLUMNS) - 1) + "|"]
    for each in results:
        found, times = each.findings, each.converged
        cells = (
            *(each.fault, each.rounds, f"{each.posts:,}"),
            *(len(found.lost), len(found.doubled), len(found.disorder), len(found.leaked) + len(found.other)),
            f"{each.put_off:,}",
            *((f"{statistics.median(times):.1f}", f"{max(times):.1f}") if times else ("–", "–")),
            *(f"{each.waited:.1f}", f"{each.delivered:.1f}", f"{each.grown / MEBIBYTE:.0f}"),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def sentences(results: Sequence[Result]) -> list[str]:
    """Every broken promise in its words, and where to look."""
    said = []
    for result in results:
        for kind in result.findings.by_kind().values():
            said += kind[:SHOWN]
            if len(kind) > SHOWN:
                said.append(f"{result.fault}: … and {len(kind) - SHOWN} more of that kind")
        if result.logs:
            said.append(f"{result.fault}: the logs are in {result.logs}")
    return said


def as_json(results: Sequence[Result]) -> str:
    """Everything that is known."""
    return json.dumps([result.as_dict() for result in results], indent=1, ensure_ascii=False) + "\n"


def as_page(
    results: Sequence[Result], command: str, took: float, left_out: Sequence[str], anew: Sequence[str] = ()
) -> str:
    """The table with the command that made it. `anew`: the faults that it ran, if others are of an earlier run."""
    rounds, posts = sum(each.rounds for each in results), sum(each.posts for each in results)
    broken = sum(not each.findings.clean for each in results)
    told = f"in {broken} of them a promise was broken" if broken else "in none of them a promise was broken"
    lines = [
        f"`{command}`, {date.today():%d %B %Y}, {took / 60:.0f} minutes: {len(results)} faults, {rounds} rounds,"
        f" {posts:,} posts acknowledged; {told}.",
        *([f"That ran {', '.join(anew)}; the rest is of the runs before it."] if 0 < len(anew) < len(results) else []),
        *(f"Left out: {each}." for each in left_out),
    ]
    return "\n".join([*lines, "", table(results)])


def rewrite(page: str, document: Path = DOC) -> None:
    """Put the page between the marks of the document. Raises ValueError when they are not there."""
    before, begin, rest = document.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{document} has no place for the table")
    document.write_text(f"{before}{begin}\n\n{page}\n\n{end}{after}")
