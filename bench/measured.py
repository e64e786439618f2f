"""bench/measured.json: what the model of docs/scaling.md is fed with. No figure in it is typed by hand."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.run import Run
from bench.server import ROOT

MEASURED = ROOT / "bench" / "measured.json"
NUMBERS = re.compile(r"\[[-\d.,\s]+\]")


def keep(part: str, run: Run, figures: Mapping[str, Any], path: Path = MEASURED) -> None:
    """Put what a run found in the place of what was there before."""
    found = json.loads(path.read_text())
    found[part] = {"run": asdict(run), **figures}
    text = json.dumps(found, indent=2)
    path.write_text(NUMBERS.sub(lambda numbers: " ".join(numbers[0].split()), text) + "\n")


def read(path: Path = MEASURED) -> dict[str, Any]:
    """All parts."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def sources(path: Path = MEASURED) -> str:
    """Where each part comes from, as a list in Markdown."""
    return "\n".join(f"- *{part}*: {Run(**found['run']).said()}." for part, found in read(path).items())
