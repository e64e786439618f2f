"""What group commit gains in the store alone: `python -m bench.rows GROUP POSTS` prints durable posts a second.

64 posts in flight, rendered before, by one thread that answers each answer with the next post; GROUP is the most
commands in one transaction.
"""

import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.dialects import SOURCE
from bench.town import GENERAL, settle
from parley.core.messages import Post
from parley.settings import Settings
from parley.store import committer
from parley.store.store import Store

PEOPLE = 20
WINDOW = 64  # posts in flight
WARM_UP = 500  # posts that are not measured


@dataclass(slots=True)
class Ready(Post):
    """A post whose text was rendered when it was made."""

    def __post_init__(self) -> None:
        Post.prepare(self)

    def prepare(self) -> None:
        """Nothing is left to do."""


def rate(folder: Path, posts: int) -> float:
    """Posts a second, from the first answer that counts to the last."""
    settle(folder, people=PEOPLE)
    store = Store(Settings(instance=folder))
    store.start()
    waiting = [Ready(number % PEOPLE + 1, GENERAL, SOURCE, f"{number}") for number in range(posts + WARM_UP)]
    waiting.reverse()
    left, begun, done = len(waiting), [0.0], threading.Event()

    def answered(_: object) -> None:
        nonlocal left
        left -= 1
        if left == posts:
            begun[0] = perf_counter()
        if waiting:
            store.submit(waiting.pop(), answered)
        elif left == 0:
            done.set()

    try:
        for _ in range(WINDOW):
            store.submit(waiting.pop(), answered)
        done.wait()
        return posts / (perf_counter() - begun[0])
    finally:
        store.stop()


def main() -> None:
    """Measure in a folder of its own."""
    committer.GROUP = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        print(f"{rate(Path(folder), int(sys.argv[2])):.0f}", flush=True)


if __name__ == "__main__":
    main()
