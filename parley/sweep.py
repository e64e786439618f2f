"""Work that is done again and again beside everything else, by a thread of its own."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from parley.errors import Refused

log = structlog.get_logger(__name__)


class Sweep:
    """Works every so many seconds, not at the same moment as other nodes, and whenever it is woken.

    `at_once`: also when it starts. What `work` raises is logged, and it is tried again the next time.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], None], *, at_once: bool = False) -> None:
        self._name = name
        self._seconds = seconds
        self._work = work
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        if at_once:
            self._wanted.set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is under way; nobody waits for it."""
        self._stopping.set()
        self._wanted.set()

    def wake(self) -> None:
        """There is something to do."""
        self._wanted.set()

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called: work of many steps looks between them."""
        return self._stopping.is_set()

    @contextmanager
    def step(self) -> Iterator[None]:
        """A step of long work, and then as long a rest, in which everybody else writes."""
        started = time.monotonic()
        yield
        self._stopping.wait(time.monotonic() - started)

    def _run(self) -> None:
        failed = f"{self._name.replace('-', '_')}_failed"
        while True:
            self._wanted.wait(self._seconds * random.uniform(0.7, 1.3))  # noqa: S311
            self._wanted.clear()
            if self.stopping:
                return
            try:
                self._work()
            except Refused as refused:
                log.warning(failed, reason=refused.code)
            except Exception:
                log.exception(failed)
