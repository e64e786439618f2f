"""Jobs on Celery workers: one thread sends jobs, one takes results. A broker that is away stops neither."""

import queue
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

import msgspec
import structlog
from kombu.connection import Connection
from kombu.message import Message
from kombu.messaging import Consumer

from parley.jobs.broker import CONNECT_WITHIN, RESULTS, TASK, make_celery, read
from parley.jobs.queue import PreviewJob, Settle

WAITING = 1000  # jobs on their way to the broker; what comes on top is left to the sweep
ASK_AGAIN_AFTER = 120.0  # seconds in which a job that was sent is not sent again
REMEMBERED = 10_000  # jobs that were sent
AT_ONCE = 10  # results in flight to this node
SETTLE_AGAIN_AFTER = 1.0  # seconds
LONGEST_PAUSE = 15.0  # seconds between attempts to reach the broker

_log = structlog.get_logger(__name__)


class CeleryJobs:
    """Sends jobs to Celery and settles results, whichever node had asked for them."""

    def __init__(self, broker_url: str) -> None:
        self._app = make_celery(broker_url)
        self._outbox: queue.Queue[PreviewJob | None] = queue.Queue(WAITING)
        self._sent: dict[PreviewJob, float] = {}  # when, oldest first
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._away = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, settle: Settle) -> None:
        """Begin to send and to take results."""
        for name, target, args in (("jobs-out", self._send_all, ()), ("jobs-in", self._take_all, (settle,))):
            thread = threading.Thread(target=target, args=args, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def enqueue(self, job: PreviewJob) -> None:
        """Hand a job to the sending thread, unless it was sent a short while ago."""
        now = time.monotonic()
        with self._lock:
            if self._stopping.is_set() or now - self._sent.get(job, -ASK_AGAIN_AFTER) < ASK_AGAIN_AFTER:
                return
            self._sent.pop(job, None)
            with suppress(queue.Full):
                self._outbox.put_nowait(job)
                self._sent[job] = now
            if len(self._sent) > REMEMBERED:
                del self._sent[next(iter(self._sent))]

    def stop(self, timeout: float) -> None:
        """Drop what was not sent; a result that is not settled by now goes back to the broker."""
        end = time.monotonic() + timeout
        self._stopping.set()
        with suppress(queue.Full):
            self._outbox.put_nowait(None)
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def depth(self) -> int:
        """Jobs that this node has not sent yet; the broker knows the rest."""
        return self._outbox.qsize()

    def _send_all(self) -> None:
        while (job := self._outbox.get()) is not None and not self._stopping.is_set():
            try:
                # One connection for all that waits; an idle node holds none that could have died unnoticed.
                with self._app.connection_for_write() as connection:
                    connection.ensure_connection(max_retries=1, timeout=CONNECT_WITHIN)
                    for each in chain([job], self._waiting()):
                        arguments = (each.message, each.position, each.url)
                        self._app.send_task(TASK, arguments, connection=connection, retry=False)
            except Exception:
                self._broker_is(away=True)
                self._forget_all()

    def _waiting(self) -> Iterator[PreviewJob]:
        while not self._stopping.is_set():
            try:
                job = self._outbox.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                yield job

    def _take_all(self, settle: Settle) -> None:
        pause = 0.0
        while not self._stopping.wait(pause * random.uniform(0.5, 1.0)):  # noqa: S311  jitter
            try:
                with self._app.connection_for_read(connect_timeout=CONNECT_WITHIN, heartbeat=20) as connection:
                    connection.connect()
                    self._take(connection, settle)
            except Exception:
                self._broker_is(away=True)
                pause = min(LONGEST_PAUSE, 2 * pause or 0.25)
            else:
                pause = 0.0

    def _take(self, connection: Connection, settle: Settle) -> None:
        """Settle one result after another until `stop`. Raises whatever ends the connection."""
        with Consumer(
            connection, queues=[RESULTS], on_message=lambda message: self._settle(message, settle), auto_declare=True
        ) as consumer:
            consumer.qos(prefetch_count=AT_ONCE)
            self._broker_is(away=False)
            while not self._stopping.is_set():
                with suppress(TimeoutError):
                    connection.drain_events(timeout=1.0)
                if connection.supports_heartbeats:
                    connection.heartbeat_check()

    def _settle(self, message: Message, settle: Settle) -> None:
        try:
            result = read(message.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            _log.warning("unreadable result dropped", size=len(message.body))
            message.reject()
            return
        try:
            settle(result)
        except Exception:
            _log.exception("result not settled", message=result.message, position=result.position)
            self._stopping.wait(SETTLE_AGAIN_AFTER)
            message.requeue()
            return
        message.ack()
        with self._lock:
            self._sent.pop(PreviewJob(result.message, result.position, result.url), None)

    def _forget_all(self) -> None:
        # Nobody knows which jobs a broker lost with its connection; to ask twice is harmless.
        for _ in self._waiting():
            pass
        with self._lock:
            self._sent.clear()

    def _broker_is(self, *, away: bool) -> None:
        # Two threads find out; one line says it.
        with self._lock:
            changed = away is not self._away.is_set()
            (self._away.set if away else self._away.clear)()
        if changed and not self._stopping.is_set():
            _log.warning("broker away", exc_info=True) if away else _log.info("broker back")
