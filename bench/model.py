"""`make model`: how many machines so many people need, and what a hot room does. See docs/scaling.md.

Prints Markdown. `--write` puts its tables and plots into that page. Every assumption is an option.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from bench.hot_room import simulate
from bench.marked import put
from bench.measured import MEASURED, sources
from bench.scaling import hot_tables, tables
from bench.scaling.goal import REMEDIES, SLOW_DISK, checks, curves, place
from bench.scaling.inputs import Assumptions, Hardware, add_options, from_options, read
from bench.server import ROOT

PAGE = ROOT / "docs" / "scaling.md"
MACHINES = ROOT / "docs" / "images" / "scaling-nodes.svg"
HOT_ROOM = ROOT / "docs" / "images" / "scaling-hot-room.svg"


def main(arguments: list[str] | None = None) -> None:
    """Compute and simulate, then print or write."""
    parser = argparse.ArgumentParser(prog="make model", description="How many machines so many people need.")
    parser.add_argument("--costs", type=Path, default=MEASURED, help="file of measurements (bench/measured.json)")
    parser.add_argument("--quick", action="store_true", help="arithmetic only, without the simulation of half a minute")
    parser.add_argument("--write", action="store_true", help="into docs/scaling.md and its plots, instead of printing")
    add_options(parser.add_argument_group("what people do"), Assumptions)
    add_options(parser.add_argument_group("what is bought"), Hardware)
    options = parser.parse_args(arguments)
    if options.write and options.quick:
        parser.error("--write needs the simulation; leave --quick away")
    costs = read(options.costs)
    assume: Assumptions = from_options(options, Assumptions)
    hardware: Hardware = from_options(options, Hardware)
    parts = tables.arithmetic(assume, costs, hardware) | {"sources": sources(options.costs)}
    plots = {MACHINES: tables.machines_plot(assume, costs, hardware)}
    if not options.quick:
        at = place(costs, assume, hardware)
        rooms = list(curves(at))
        parts["hot"] = hot_tables.hot_room(rooms)
        slow = replace(at, commit=SLOW_DISK)
        parts["remedies"] = hot_tables.remedies(
            {name: (simulate(party, at), simulate(party, slow)) for name, party in REMEDIES.items()}, SLOW_DISK
        )
        parts["checks"] = hot_tables.checked(checks(costs, options.costs))
        plots[HOT_ROOM] = hot_tables.hot_room_plot(rooms)
    if options.write:
        PAGE.write_text(put(PAGE.read_text(), parts))
        for path, plot in plots.items():
            path.write_text(plot)
        print(f"written: {', '.join(path.name for path in (PAGE, *plots))}", file=sys.stderr)
    else:
        print("\n\n".join(f"## {name}\n\n{part}" for name, part in parts.items()))


if __name__ == "__main__":
    main()
