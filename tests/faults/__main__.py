"""`make faults`: break a real cluster again and again, and look whether it keeps its promises."""

import asyncio
import json
import signal
import sys
import time
from pathlib import Path

import click

from tests.faults.board import Board
from tests.faults.faults import LEFT_OUT
from tests.faults.report import as_json, as_page, rewrite, sentences, table
from tests.faults.result import Result
from tests.faults.rounds import ALL
from tests.faults.side_by_side import run_all

FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option("--fault", "faults", multiple=True, type=click.Choice(ALL), help="Only this; may be repeated.")
@click.option("--rounds", default=20, show_default=True, type=click.IntRange(1), help="Of each fault.")
@click.option("--seconds", default=3.0, show_default=True, type=click.FloatRange(0.1), help="A fault lasts at most.")
@click.option("--seed", type=int, help="The same seed makes the same choices; the moments differ.")
@click.option("--side-by-side", default=3, show_default=True, type=click.IntRange(1), help="Faults at the same time.")
@click.option("--json", "json_file", type=FILE, help="Write everything that is known into this file.")
@click.option("--with", "earlier", type=FILE, help="Take what was not run now from this --json of an earlier run.")
@click.option("--markdown", "markdown_file", type=FILE, help="Write the table into this file.")
@click.option("--doc", is_flag=True, help="Write the table into docs/reliability.md.")
def main(
    faults: tuple[str, ...],
    rounds: int,
    seconds: float,
    seed: int | None,
    side_by_side: int,
    json_file: Path | None,
    earlier: Path | None,
    markdown_file: Path | None,
    doc: bool,
) -> None:
    """Break clusters on loopback in each of these ways, and check that nothing is lost, doubled or out of order."""
    began = time.monotonic()
    seed = time.time_ns() % 1_000_000 if seed is None else seed
    click.echo(f"seed {seed}")
    left_out = [f"{fault}, {why}" for fault, why in LEFT_OUT.items()]
    for each in left_out:
        click.echo(f"left out: {each}")
    wanted = faults or ALL
    found: dict[str, Result] = {}
    board = Board(sys.stdout, rounds)

    def tell(result: Result) -> None:
        found[result.fault] = result
        board.show(result)

    whole = False
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # either way, all is cleared up
    try:
        asyncio.run(run_all(wanted, rounds, seconds, seed, side_by_side, tell))
        whole = True
    except KeyboardInterrupt:
        click.echo("\ninterrupted; this is what there is", err=True)
    finally:  # long work, told whatever ends it
        anew = list(found)
        if earlier is not None:
            found = {each["fault"]: Result.from_dict(each) for each in json.loads(earlier.read_text())} | found
        results = [found[fault] for fault in ALL if fault in found]
        click.echo("\n".join(["", table(results), "", *sentences(results)]))
        if json_file is not None:
            json_file.write_text(as_json(results))
        if markdown_file is not None:
            markdown_file.write_text(table(results) + "\n")
    if doc and whole:
        command = " ".join(["python -m tests.faults", *sys.argv[1:]])
        rewrite(as_page(results, command, time.monotonic() - began, left_out, anew))
    sys.exit(0 if whole and all(result.findings.clean for result in results) else 1)


if __name__ == "__main__":
    main()
