"""Jobs on Celery workers: one thread sends jobs, one takes results. A broker that is away stops neither."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import msgspec
import structlog
from kombu.message import Message
from kombu.messaging import Consumer

from parley.errors import Unavailable
from parley.jobs.broker import CONNECT_WITHIN, HEARTBEAT, RESULTS, make_celery, read, send, waiting
from parley.jobs.queue import PreviewJob, Settle

KEPT = 1000  # jobs that wait here for the broker; what comes on top is left to the sweep
MOST_WAITING = 10_000  # jobs at the broker, beyond which none is added: the workers are down or too few
AT_ONCE = 10  # results in flight to this node
SETTLE_AGAIN_AFTER = 1.0  # seconds
LONGEST_PAUSE = 15.0  # seconds between attempts to reach the broker

_log = structlog.get_logger(__name__)


class CeleryJobs:
    """Sends jobs to Celery and settles results, whichever node had asked for them."""

    def __init__(self, broker_url: str) -> None:
        self._app = make_celery(broker_url)
        self._outbox: deque[tuple[PreviewJob, bool]] = deque()  # and whether it is asked for again
        self._outgoing: set[PreviewJob] = set()
        self._lock = threading.Lock()
        self._some_out = threading.Event()
        self._stopping = threading.Event()
        self._away = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, settle: Settle) -> None:
        """Begin to send and to take results."""
        for name, work in (("jobs-out", self._send_some), ("jobs-in", partial(self._take, settle))):
            thread = threading.Thread(target=self._keep, args=(work,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def enqueue(self, job: PreviewJob, *, lost: bool = False) -> None:
        """Hand a job to the sending thread. A `lost` one goes out only if no job waits at the broker: all nodes
        find it, and while jobs wait it may be among them.
        """
        with self._lock:
            if self._stopping.is_set() or job in self._outgoing or len(self._outbox) >= KEPT:
                return
            self._outbox.append((job, lost))
            self._outgoing.add(job)
        self._some_out.set()

    def stop(self, timeout: float) -> None:
        """Drop what was not sent; a result that is not settled by now goes back to the broker."""
        end = time.monotonic() + timeout
        self._stopping.set()
        self._some_out.set()
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def depth(self) -> int:
        """Jobs that this node has not sent yet; the broker knows the rest."""
        return len(self._outbox)

    # ── jobs ────────────────────────────────────────────────────────────────────────────────────────

    def _send_some(self) -> None:
        self._some_out.wait()
        self._some_out.clear()
        try:
            self._send_waiting()
        except Exception:
            self._some_out.set()  # it still waits
            raise

    def _send_waiting(self) -> None:
        """Send what waits over one connection; an idle node holds none that could have died unnoticed."""
        if not self._outbox or self._stopping.is_set():
            return
        with self._app.connection_for_write(connect_timeout=CONNECT_WITHIN) as connection:
            connection.ensure_connection(max_retries=1, timeout=CONNECT_WITHIN)
            there = waiting(self._app, connection)
            while self._outbox and not self._stopping.is_set():
                job, lost = self._outbox[0]
                if there < MOST_WAITING and not (lost and there):
                    send(self._app, connection, job)
                with self._lock:
                    self._outbox.popleft()
                    self._outgoing.discard(job)

    # ── results ─────────────────────────────────────────────────────────────────────────────────────

    def _take(self, settle: Settle) -> None:
        """Settle one result after another until `stop`. Raises whatever ends the connection."""
        with self._app.connection_for_read(connect_timeout=CONNECT_WITHIN, heartbeat=HEARTBEAT) as connection:
            connection.connect()
            with Consumer(
                connection, [RESULTS], on_message=lambda message: self._settle(message, settle), auto_declare=True
            ) as consumer:
                consumer.qos(prefetch_count=AT_ONCE)
                self._broker_is(away=False)
                while not self._stopping.is_set():
                    with suppress(TimeoutError):
                        connection.drain_events(timeout=1.0)
                    if connection.supports_heartbeats:
                        connection.heartbeat_check()

    def _settle(self, message: Message, settle: Settle) -> None:
        """Acknowledge only after COMMIT. What the database cannot take now comes again; what breaks it does not."""
        try:
            result = read(message.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            _log.warning("result_unreadable", size=len(message.body))
            message.reject()
            return
        try:
            settle(result)
        except Unavailable as refused:
            _log.warning("result_waits", message=result.message, position=result.position, reason=refused.code)
            self._stopping.wait(SETTLE_AGAIN_AFTER)
            message.requeue()
        except Exception:
            _log.exception("result_dropped", message=result.message, position=result.position)
            message.reject()
        else:
            message.ack()

    # ── both ────────────────────────────────────────────────────────────────────────────────────────

    def _keep(self, work: Callable[[], None]) -> None:
        """Do it again and again until `stop`, more slowly each time that the broker was away."""
        pause = 0.0
        while not self._stopping.wait(pause * random.uniform(0.5, 1.0)):  # noqa: S311  jitter
            try:
                work()
                pause = 0.0
            except Exception:
                self._broker_is(away=True)
                pause = min(LONGEST_PAUSE, 2 * pause or 0.25)

    def _broker_is(self, *, away: bool) -> None:
        # Two threads find out; one line says it.
        with self._lock:
            changed = away is not self._away.is_set()
            (self._away.set if away else self._away.clear)()
        if changed and not self._stopping.is_set():
            _log.warning("broker_is_away", exc_info=True) if away else _log.info("broker_is_back")
