"""`make faults`: break a real cluster again and again, and look whether it keeps its promises."""

import asyncio
import statistics
import sys
import time

import click

from tests.faults.faults import FAULTS, LEFT_OUT
from tests.faults.rounds import Result, run

COLUMNS = ("fault", "rounds", "acknowledged", "lost", "doubled", "out of order", "converged in s: median", "worst")
SHOWN = 10  # findings of a kind


@click.command()
@click.option("--fault", "names", multiple=True, type=click.Choice(list(FAULTS)), help="Only this; may be repeated.")
@click.option("--rounds", default=20, show_default=True, type=click.IntRange(1), help="Of each fault.")
@click.option("--seconds", default=3.0, show_default=True, type=click.FloatRange(0.1), help="A fault lasts at most.")
@click.option("--seed", type=int, help="The same seed makes the same choices; the moments differ.")
def main(names: tuple[str, ...], rounds: int, seconds: float, seed: int | None) -> None:
    """Break a cluster on loopback in each of these ways, and check that nothing is lost, doubled or out of order."""
    seed = time.time_ns() % 1_000_000 if seed is None else seed
    click.echo(f"seed {seed}")
    for name, why in LEFT_OUT.items():
        click.echo(f"{name} is left out: {why}.")
    results: list[Result] = []
    try:
        for name in names or FAULTS:
            results.append(Result(name))
            asyncio.run(run(results[-1], rounds, seconds, seed, click.echo))
    finally:  # long work, told also when it is interrupted
        click.echo("\n" + table(results))
        for result in results:
            tell(result)
    sys.exit(0 if all(result.findings.clean for result in results) else 1)


def table(results: list[Result]) -> str:
    """One line for each fault, as Markdown."""
    lines = [f"| {' | '.join(COLUMNS)} |", "| --- " + "| ---: " * (len(COLUMNS) - 1) + "|"]
    for result in results:
        found, times = result.findings, result.converged
        cells = (
            result.fault,
            result.rounds,
            f"{result.acknowledged:,}",
            len(found.lost),
            len(found.doubled),
            len(found.disorder),
            f"{statistics.median(times):.1f}" if times else "–",
            f"{max(times):.1f}" if times else "–",
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def tell(result: Result) -> None:
    """Every broken promise in its words."""
    found = result.findings
    for kind in (found.lost, found.doubled, found.disorder, found.other):
        for sentence in kind[:SHOWN]:
            click.echo(f"{result.fault}: {sentence}")
        if len(kind) > SHOWN:
            click.echo(f"{result.fault}: … and {len(kind) - SHOWN} more of that kind")


if __name__ == "__main__":
    main()
