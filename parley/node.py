"""One node: the parts, wired together. Faces are put in front of it by whoever starts them."""

import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import IO

import structlog

from parley.bus.interface import Attendance, Bus, Entry, Hear, Heard, Recovered, Ring
from parley.bus.open import open_bus
from parley.core import people, previews
from parley.core.limits import AtOnce, RateLimits
from parley.core.messages import Rules
from parley.core.presence import Presence
from parley.core.sessions import Cookies
from parley.eraser import Eraser
from parley.errors import Unavailable
from parley.files.open import open_storage
from parley.filing import Filing
from parley.indexer import Indexer
from parley.jobs.open import open_jobs
from parley.jobs.queue import PreviewJob, PreviewResult
from parley.metrics import Metrics
from parley.secret_key import secret_key
from parley.settings import Settings
from parley.signals import Signal
from parley.store.committer import Committed
from parley.store.lock import lock
from parley.store.store import Store
from parley.sweep import Sweep

UPLOADS_OF_ONE = 6  # that a person has under way
UPLOADS = 100  # that all together have
MOST_GONE = 500  # people in one statement
PREVIEW_PAUSE = 15.0  # seconds between looks for previews whose job was lost

log = structlog.get_logger(__name__)


class Node:
    """Everything a face needs: the store to change and to read, presence, limits, cookies, figures."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.cookies = Cookies(secret_key(settings))
        self.limits = RateLimits(settings)
        self.presence = Presence(settings.offline_after, settings.presence_expiry, uuid.uuid4().hex)
        self.rules = Rules(settings.message_length, settings.previews)
        self.store = Store(settings, self._after_commit, self.metrics.reads.inc)
        self.bus: Bus = open_bus(settings, lambda: self.store.epoch, self.metrics.bus_lag.observe)
        self.jobs = open_jobs(settings)
        self.filing = Filing(self.store, open_storage(settings), settings)
        self.uploads = AtOnce(UPLOADS_OF_ONE, UPLOADS)
        self.eraser = Eraser(self.store)
        self._sweeps = (
            *(self.filing, self.eraser, Indexer(self.store)),
            Sweep("preview-sweep", PREVIEW_PAUSE, self.ask_again),
        )
        self._draining = False
        self._lock: IO[str] | None = None
        self._pass_on: Hear = lambda _: None

    def start(self, hear: Hear = lambda _: None) -> None:
        """Open the database and begin to work; `hear` gets what the bus brings, on threads of the bus.

        Raises SetupError when another server works on the same SQLite file.
        """
        self._lock = lock(self.settings, alone=True)
        self._pass_on = hear
        self.store.start()
        self.bus.start(self._hear)
        self.jobs.start(self._settle)
        for sweep in self._sweeps:
            sweep.start()

    def drain(self) -> None:
        """What comes from now on should go to another node: be not ready, and let nobody in. All else goes on."""
        self._draining = True

    @property
    def draining(self) -> bool:
        """Whether `drain` or `stop` was called."""
        return self._draining

    def stop(self, seconds: float = 8.0) -> None:
        """Commit and answer what is under way, then end within about `seconds`."""
        self.drain()
        for sweep in self._sweeps:
            sweep.stop()
        self.bus.signal(self.presence.farewell())
        self._remember(self.presence.departed() + self.presence.people_here())
        self.jobs.stop(seconds / 4)
        self.store.stop(seconds / 2)
        self.bus.stop()
        if self._lock is not None:
            self._lock.close()

    def tell_presence(self) -> None:
        """Tell the other nodes who came and went here, and store who went; to be called twice a second or so."""
        for statement in self.presence.statements(time.monotonic()):
            self.bus.signal(statement)
        self._remember(self.presence.departed())

    def _remember(self, gone: Sequence[int]) -> None:
        """Store when these people were last here: one statement for all who left at about the same time."""
        now = datetime.now(UTC)
        try:
            for start in range(0, len(gone), MOST_GONE):
                self.store.submit(people.Gone(list(gone[start : start + MOST_GONE]), now), lambda _: None)
        except Unavailable:
            pass  # they were here before; it is shown as of then

    def _hear(self, what: Heard) -> None:
        """What the bus brings: who is online is for every face, all else for the one that listens."""
        if isinstance(what, Attendance):
            self.presence.heard(what, time.monotonic())
            return
        if isinstance(what, Recovered):
            self.presence.recovered()
        elif isinstance(what, Signal) and what.kind == "tokens":
            self.presence.signed_out(what.user)  # who used the API here and signed out there
        self._pass_on(what)

    def _after_commit(self, committed: Committed) -> None:
        """What follows when something is stored: rings to every node, jobs for its links, figures."""
        more = self.store.waiting() > 0
        by_room = sorted(committed.changes, key=lambda change: (change.room, change.seq))
        for room, changes in groupby(by_room, key=lambda change: change.room):
            entries = [Entry.of(each.message) for each in changes]
            self.bus.publish(Ring(room, entries[0].seq - 1, entries[-1].seq, entries, more))
        for signal in committed.signals:
            self.bus.signal(signal)
        for change in committed.changes:
            for job in previews.jobs_of(change):
                self.jobs.enqueue(job)
        if any(
            change.before is not None and change.before.files and not change.message.files
            for change in committed.changes
        ):
            self.filing.wake()
        self.metrics.changes.inc(len(committed.changes))
        self.metrics.batch.observe(committed.commands)
        self.metrics.commit.observe(committed.seconds)

    def _settle(self, result: PreviewResult) -> None:
        self.store.run(previews.Settle(result))

    def ask_again(self, now: datetime | None = None) -> None:
        """Enqueue the previews whose job was lost, and give up those that waited too long. Raises Refused."""
        for found in previews.lost(self.store, now):
            if isinstance(found, PreviewJob):
                self.jobs.enqueue(found, lost=True)
            else:
                self._settle(found)
