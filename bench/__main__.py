"""`make bench`: the product beside its peers and its targets, one scenario after another.

Progress goes to stderr; the tables to stdout, as Markdown. With --write they are kept in the documentation.
"""

import argparse
import sys
from dataclasses import asdict

from bench.fan_out import FAN_OUT
from bench.floor import FLOOR
from bench.growth import GROWTH
from bench.history import HISTORY
from bench.http import HTTP
from bench.idle import IDLE
from bench.nodes import NODES
from bench.page import PAGE, Result, draw, read, renew, section, targets, write
from bench.posts import POSTS
from bench.reconnect import RECONNECT
from bench.run import begin
from bench.scenario import Options
from bench.search import SEARCH
from bench.server import FILES, leave_the_core, open_many_files
from bench.slow_readers import SLOW_READERS
from bench.welcome import WELCOME
from bench.where import WHERE

SCENARIOS = [FAN_OUT, WHERE, FLOOR, GROWTH, POSTS, IDLE, RECONNECT, WELCOME, HISTORY, SEARCH, HTTP, SLOW_READERS, NODES]
FILES_NEEDED = 10_000


def main() -> None:
    """Measure, print, and keep it if asked to."""
    names = [each.name for each in SCENARIOS]
    parser = argparse.ArgumentParser(prog="make bench", description="Measure Parley beside its peers and its targets.")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians count (3)")
    parser.add_argument("--seconds", type=float, default=3, help="for each figure (3)")
    parser.add_argument(
        "--write", action="store_true", help="keep the results in bench/results and docs/performance.md"
    )
    parser.add_argument("--page", action="store_true", help="measure nothing: make the page anew from what is kept")
    options = parser.parse_args()
    failed: list[str] = []
    if not options.page:
        if open_many_files() < FILES_NEEDED:
            sys.exit(f"Too few open files are allowed: ulimit -n {FILES}")
        leave_the_core()
        failed = measure(options)
    if options.write or options.page:
        draw(SCENARIOS, read(SCENARIOS))
        PAGE.write_text(renew(PAGE.read_text(), SCENARIOS, read(SCENARIOS)))
    if failed:
        sys.exit(f"No figure of: {', '.join(failed)}")


def measure(options: argparse.Namespace) -> list[str]:
    """Each scenario that is asked for. Returns the names of those that failed."""
    found, failed = {}, []
    chosen = [each for each in SCENARIOS if each.name in options.only]
    for scenario in chosen:
        run = begin("make bench")
        try:
            samples = scenario.measure(Options(options.rounds, options.seconds, say))
        except (RuntimeError, OSError, TimeoutError) as error:
            say(f"{scenario.name} failed: {type(error).__name__} {error}")
            failed.append(scenario.name)
            continue
        found[scenario.name] = result = Result(
            **asdict(run), rounds=options.rounds, seconds=options.seconds, samples=list(samples)
        )
        if options.write:
            write(scenario, result)
        print(section(scenario, result), end="\n\n", flush=True)
    print(targets(chosen, found))
    return failed


def say(line: str) -> None:
    """To whoever waits."""
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
