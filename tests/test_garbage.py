"""Who comes and stays is not looked at again and again; what is left behind is found all the same."""

import subprocess
import sys

from tests.running import ROOT

PROGRAM = """
import gc, sys
from parley.garbage import collect_seldom
import parley.faces.cli
if sys.argv[1] == "seldom":
    collect_seldom()
before = gc.get_stats()[2]["collections"]
people = [[[] for _ in range(60)] for _ in range(8000)]
stays = gc.get_stats()[2]["collections"] - before
gone = 0
class Left:
    def __init__(self):
        self.itself = self
        self.rest = [[] for _ in range(60)]
    def __del__(self):
        global gone
        gone += 1
for _ in range(20_000):
    Left()
print(stays, gone)
"""


def numbers(kind: str) -> tuple[int, int]:
    """Looks at everything while 8,000 came, and how many of 20,000 who left were found."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind], cwd=ROOT, check=True, timeout=60, capture_output=True, text=True
    )
    stays, gone = done.stdout.split()
    return int(stays), int(gone)


def test_the_collector_looks_seldom_at_those_who_stay_and_finds_those_who_left() -> None:
    usually, _ = numbers("usually")
    seldom, gone = numbers("seldom")
    assert seldom <= 1 < usually
    assert gone > 10_000
