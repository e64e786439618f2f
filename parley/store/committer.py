"""The one writer of a node: group commit.

Whatever is waiting goes into one transaction, so that under load one fsync pays for many messages and without
load nobody waits for company. Nobody is answered before COMMIT has returned.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from time import perf_counter
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError

from parley.errors import Broken, Refused, Unavailable
from parley.failpoint import Failpoint
from parley.signals import Signal
from parley.store.batch import Batch, Change, Command
from parley.store.pulse import Pulse

GROUP = 256  # commands in one transaction at most
WAITING = 20_000  # commands in the queue at most
HANGS = 5.0  # seconds in one group, after which the database is taken for gone
TRIES = 3  # for a group that met another node on its way
ROLLED_BACK = {"40001", "40P01"}  # SQLSTATE: serialization failure, deadlock; the same again may well succeed

log = structlog.get_logger(__name__)

Answer = Callable[[Any], None]  # called on the committer's thread with a result or a Refused; must not block


@dataclass(frozen=True, slots=True)
class Committed:
    """What one transaction stored, for whoever publishes and measures it."""

    changes: Sequence[Change]
    signals: Sequence[Signal]
    commands: int
    seconds: float


@dataclass(slots=True)
class _Work:
    command: Command
    answer: Answer
    result: Any = None


class Committer:
    """One thread that writes. Start it, `submit` to it from any thread, and `stop` it: what was submitted
    before the stop is still committed and answered.
    """

    def __init__(self, engine: Engine, pulse: Pulse, after_commit: Callable[[Committed], None]) -> None:
        self._engine = engine
        self._pulse = pulse
        self._after_commit = after_commit
        self._failpoint = Failpoint()
        self._queue: SimpleQueue[_Work | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._busy_since: float | None = None  # None between two groups
        self._open = True
        self._door = threading.Lock()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Refuse what comes from now on, commit what is waiting, and end within `seconds`."""
        with self._door:
            self._open = False
            self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def submit(self, command: Command, answer: Answer) -> None:
        """Queue a command; `answer` is called after COMMIT with its result, or with the refusal.

        Raises Unavailable when the node is stopping, the queue is full or the database hangs; then nothing was queued.
        """
        with self._door:
            if not self._open:
                raise Unavailable("This server is stopping; try again with the same key.")
            if self._pulse.silent or self._hangs():
                raise _silent()
            if self._queue.qsize() >= WAITING:
                raise Unavailable("This server has more to do than it can; try again with the same key.")
            self._queue.put(_Work(command, answer))

    def run(self, command: Command, timeout: float = 20.0) -> Any:
        """Submit and wait. Raises what the command was refused with, or Unavailable after `timeout` seconds."""
        future: Future[Any] = Future()
        self.submit(command, future.set_result)
        try:
            result = future.result(timeout)
        except TimeoutError:
            raise Unavailable("The database takes too long; try again with the same key.") from None
        if isinstance(result, Refused):
            raise result
        return result

    def waiting(self) -> int:
        """Commands in the queue."""
        return self._queue.qsize()

    def _hangs(self) -> bool:
        since = self._busy_since
        return since is not None and perf_counter() - since > HANGS

    def _behind(self) -> list[_Work]:
        """Whoever waits now, taken from the queue."""
        found = [self._queue.get() for _ in range(self._queue.qsize())]
        if None in found:
            self._queue.put(None)  # still the last: the door was closed before it
        return [work for work in found if work is not None]

    def _run(self) -> None:
        stopping = False
        while not stopping:
            group: list[_Work] = []
            work = self._queue.get()
            while True:
                if work is None:
                    stopping = True
                    break
                group.append(work)
                if len(group) == GROUP or self._queue.empty():
                    break
                work = self._queue.get()
            if group:
                self._busy_since = perf_counter()
                self._work(group)
                self._busy_since = None

    def _work(self, group: list[_Work]) -> None:
        ready = []
        for work in group:
            try:
                work.command.prepare()
                ready.append(work)
            except Exception as error:
                self._answer(work, _refusal(error))
        if ready:
            self._commit(ready, TRIES)

    def _commit(self, group: list[_Work], tries: int) -> None:
        """Store a group. One command that breaks must not take its neighbours along."""
        if self._pulse.silent:  # who waited behind those that waited in vain
            self._refuse(group, _silent())
            return
        try:
            committed = self._transaction(group)
        except DBAPIError as error:
            if tries > 1 and _met_another(error):
                self._commit(group, tries - 1)
            elif _is_away(error):
                self._put_off(group, error)
            else:
                self._apart(group, error)
        except Exception as error:
            self._apart(group, error)
        else:
            self._failpoint.reach("committed")
            for work in group:
                self._answer(work, work.result)
            self._failpoint.reach("acknowledged")
            self._publish(committed)

    def _put_off(self, group: list[_Work], error: DBAPIError) -> None:
        log.error("commit_failed", commands=len(group), reason=type(error.orig).__name__)
        if self._hangs():  # nobody behind it shall wait for another group's turn to wait in vain
            group = [*group, *self._behind()]
        self._refuse(group, Unavailable("The database cannot be written right now; try again with the same key."))

    def _apart(self, group: list[_Work], error: Exception) -> None:
        if len(group) > 1:
            for work in group:
                self._commit([work], TRIES)
        else:
            self._answer(group[0], _refusal(error))

    def _transaction(self, group: list[_Work]) -> Committed:
        started = perf_counter()
        with self._engine.begin() as connection:
            batch = Batch(connection)
            batch.load([work.command.needs() for work in group])
            for work in group:
                try:
                    work.result = work.command.apply(batch)
                except Refused as refused:
                    work.result = refused
            batch.flush()
        return Committed(batch.changes, batch.signals, len(group), perf_counter() - started)

    def _publish(self, committed: Committed) -> None:
        try:
            self._after_commit(committed)
        except Exception:
            # It is stored; whoever did not hear of it learns by the sweep.
            log.exception("publish_failed", changes=len(committed.changes))

    def _refuse(self, group: list[_Work], refused: Refused) -> None:
        for work in group:
            self._answer(work, refused)

    def _answer(self, work: _Work, result: Any) -> None:
        try:
            work.answer(result)
        except Exception:
            log.exception("answer_failed", command=type(work.command).__name__)


def _silent() -> Unavailable:
    return Unavailable("The database does not answer; try again with the same key.")


def _met_another(error: DBAPIError) -> bool:
    """Whether another node was in the way: it stored the same key or name, or waited for us as we for it."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in ROLLED_BACK


def _is_away(error: DBAPIError) -> bool:
    """Whether the database, and not a command, is why: be it that it ended our transaction because we hung."""
    return isinstance(error, OperationalError) or error.connection_invalidated


def _refusal(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if not isinstance(error, DBAPIError):
        log.error("command_failed", exc_info=error)
        return Broken()
    log.error("command_failed", reason=type(error.orig).__name__)
    # What is wrong with the command stays wrong; anything else may pass.
    if isinstance(error, DataError | IntegrityError | ProgrammingError):
        return Broken()
    return Unavailable("This could not be stored; try again with the same key.")
