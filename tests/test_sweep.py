"""Work that is done again and again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

from parley.errors import Unavailable
from parley.sweep import Sweep
from tests.stores import PATIENCE

NEVER = 1e6  # seconds


class Worked:
    """What is done: it says when, and fails as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.times: SimpleQueue[None] = SimpleQueue()
        self._failures = list(failures)

    def __call__(self) -> None:
        self.times.put(None)
        if self._failures:
            raise self._failures.pop(0)


@contextmanager
def running(sweep: Sweep) -> Iterator[Sweep]:
    sweep.start()
    try:
        yield sweep
    finally:
        sweep.stop()


def test_it_works_again_and_again_whatever_happens() -> None:
    work = Worked(Unavailable("not now"), ValueError("a defect"))
    with running(Sweep("sweep", 0.001, work)):
        for _ in range(4):
            work.times.get(timeout=PATIENCE)


def test_it_works_when_it_is_woken() -> None:
    work = Worked()
    with running(Sweep("sweep", NEVER, work)) as sweep:
        for _ in range(3):
            sweep.wake()
            work.times.get(timeout=PATIENCE)


def test_it_works_at_once_if_that_is_wanted_and_never_after_its_end() -> None:
    work = Worked()
    sweep = Sweep("at-once", NEVER, work, at_once=True)
    with running(sweep):
        work.times.get(timeout=PATIENCE)
    sweep.wake()
    for thread in [each for each in threading.enumerate() if each.name == "at-once"]:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert work.times.empty()


def test_a_step_is_followed_by_a_rest_that_ends_with_the_sweep() -> None:
    sweep = Sweep("sweep", NEVER, Worked())
    sweep.stop()
    with sweep.step():
        assert sweep.stopping
