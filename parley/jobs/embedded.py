"""The default: a few threads inside the server."""

import threading
import time
from collections import deque

import structlog

from parley.jobs.queue import PreviewJob, Settle, Work

WAITING = 1000  # jobs in memory; what comes on top is left to the sweep

_log = structlog.get_logger(__name__)


class EmbeddedJobs:
    """Jobs on threads of this process. What a crash or a full queue loses, the sweep finds in the database."""

    def __init__(self, work: Work, threads: int) -> None:
        self._work = work
        self._waiting: deque[PreviewJob] = deque()
        self._under_way: set[PreviewJob] = set()  # waiting or running
        self._changed = threading.Condition()
        self._stopping = False
        self._full = False
        self._count = max(1, threads)
        self._threads: list[threading.Thread] = []

    def start(self, settle: Settle) -> None:
        """Begin to work; jobs handed in before have waited."""
        for number in range(self._count):
            thread = threading.Thread(target=self._run, args=(settle,), name=f"jobs-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def enqueue(self, job: PreviewJob, *, lost: bool = False) -> None:
        """Hand in a job, lost or new; dropped when it is under way already, when too many wait, or after `stop`."""
        with self._changed:
            if self._stopping or job in self._under_way:
                return
            full = len(self._waiting) >= WAITING
            if not full:
                self._waiting.append(job)
                self._under_way.add(job)
                self._changed.notify()
            elif not self._full:
                _log.warning("job_queue_full", waiting=len(self._waiting))
            self._full = full

    def stop(self, timeout: float) -> None:
        """Drop what waits and give what runs up to `timeout` seconds; results after that are not settled."""
        end = time.monotonic() + timeout
        with self._changed:
            self._stopping = True
            self._under_way.difference_update(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._under_way, timeout)
            self._under_way.clear()
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def depth(self) -> int:
        """Jobs that wait or run."""
        with self._changed:
            return len(self._under_way)

    def _run(self, settle: Settle) -> None:
        while (job := self._next()) is not None:
            try:
                result = self._work(job)
                if job in self._under_way:  # else stop() has given up waiting, and the store may be closed
                    settle(result)
            except Exception:
                _log.exception("job_lost", message=job.message, position=job.position)
            finally:
                self._done(job)

    def _next(self) -> PreviewJob | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            return self._waiting.popleft() if self._waiting else None

    def _done(self, job: PreviewJob) -> None:
        with self._changed:
            self._under_way.discard(job)
            self._changed.notify_all()
