"""The store: one committer that writes, and connections that read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, TimeoutError

from parley.errors import Unavailable
from parley.settings import Settings
from parley.store import past
from parley.store.batch import Command
from parley.store.committer import Answer, Committed, Committer
from parley.store.engines import reading_engine, writing_engine
from parley.store.pulse import Pulse

log = structlog.get_logger(__name__)


class Store:
    """The door to the database. Write through `submit` or `run`, look through `reading`."""

    def __init__(
        self,
        settings: Settings,
        after_commit: Callable[[Committed], None] = lambda _: None,
        on_read: Callable[[], None] = lambda: None,
    ) -> None:
        self._pulse = Pulse()
        self._writer = writing_engine(settings, self._pulse)
        self._reader = reading_engine(settings, self._pulse)
        self._committer = Committer(self._writer, self._pulse, after_commit)
        self._on_read = on_read
        self.embedded = settings.embedded
        self.past: past.Past  # whoever notices that the database has another one now sets it

    def start(self) -> None:
        """Learn whose database this is, and begin to write."""
        with self.reading() as connection:
            self.past = past.read(connection)
        if not self.embedded:  # a file is locked against restores while it is served
            past.guard(self._writer, lambda: self.epoch)
        self._committer.start()

    @property
    def epoch(self) -> str:
        """See `Past`."""
        return self.past.epoch

    @property
    def general(self) -> int:
        """See `Past`."""
        return self.past.general

    def stop(self, seconds: float = 5.0) -> None:
        """Commit what is waiting and close the database."""
        self._committer.stop(seconds)
        self._pulse.stop()
        self._reader.dispose()
        self._writer.dispose()

    def submit(self, command: Command, answer: Answer) -> None:
        """See `Committer.submit`."""
        self._committer.submit(command, answer)

    def run(self, command: Command) -> Any:
        """See `Committer.run`."""
        return self._committer.run(command)

    def waiting(self) -> int:
        """Commands that wait for the committer."""
        return self._committer.waiting()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection with one consistent view, for looking only.

        Raises Unavailable when the database does not answer: after some seconds, and at once while others wait in vain.
        """
        if self._pulse.silent:
            raise Unavailable("The database does not answer; try again in a moment.")
        self._on_read()
        try:
            with self._reader.begin() as connection:
                yield connection
        except (DBAPIError, TimeoutError) as error:
            log.error("read_failed", reason=type(error).__name__)
            raise Unavailable("The database cannot be read right now; try again in a moment.") from None
