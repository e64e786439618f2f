"""The Celery worker: takes jobs from the broker, fetches, and sends the results back for a node to commit.

It reads the hostile internet, so it holds no credentials of the database and needs none.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from celery import Celery, signals
from celery.exceptions import Reject

from parley import log
from parley.jobs.broker import TASK, check_broker, make_celery, publish
from parley.jobs.fetch import Fetcher
from parley.jobs.queue import PreviewJob, PreviewResult, Work
from parley.settings import Settings

DEFAULT_BROKER = "redis://localhost:6379/0"

# Fetching ends by itself at preview_timeout; these end what hangs all the same. Seconds on top of it.
SOFT_LIMIT = 5
HARD_LIMIT = 10
DEATHS = 2  # of child processes that one job may cost before it is given up

_log = structlog.get_logger(__name__)


def run_worker(settings: Settings, args: Sequence[str]) -> int:
    """Work until SIGTERM, then finish the job at hand; returns the exit code.

    `args` go to `celery worker` (`--loglevel=info`, `--concurrency=4`). Raises SetupError when the broker does
    not answer.
    """
    if not settings.celery_broker_url:
        settings = replace(settings, celery_broker_url=DEFAULT_BROKER)
        _log.info("broker_assumed", url=DEFAULT_BROKER)
    check_broker(settings)
    return work(worker_app(settings), settings, args)


def worker_app(settings: Settings, visibility_timeout: float = 60.0) -> Celery:
    """The Celery application of a worker, with its tasks."""
    app = make_celery(settings.celery_broker_url, visibility_timeout)
    register(app, Fetcher.of(settings), settings.preview_timeout)
    return app


def register(app: Celery, fetch: Work, seconds: float) -> None:
    """Give the application its tasks."""

    def answer(result: PreviewResult) -> None:
        with app.producer_or_acquire() as producer:
            publish(result, producer)

    def preview(message: int, position: int, url: str) -> None:
        result = fetch(PreviewJob(message, position, url))
        try:
            answer(result)
        except Exception:
            # The job goes back to the broker, or is still there if the connection was lost.
            raise Reject("The result could not be sent.", requeue=True) from None

    def give_up(args: tuple[int, int, str], **_: object) -> None:
        # In the main process: the child hung until the hard limit, or died of this job again and again.
        _log.warning("preview_given_up", message=args[0], position=args[1])
        answer(PreviewResult(*args, "failed"))

    task = app.task(
        preview,
        name=TASK,
        soft_time_limit=seconds + SOFT_LIMIT,
        time_limit=seconds + HARD_LIMIT,
        retry_on_worker_lost=True,
        max_retries=DEATHS,
        default_retry_delay=0,
    )
    signals.task_failure.connect(give_up, sender=task, weak=False)


def work(app: Celery, settings: Settings, args: Sequence[str]) -> int:
    """Run a worker on this application with the arguments of `celery worker`; returns the exit code."""

    def log_as_parley(loglevel: int | str = logging.INFO, **_: Any) -> None:
        # Being connected to this signal keeps Celery from installing handlers of its own.
        level = logging.getLevelName(loglevel) if isinstance(loglevel, int) else loglevel
        log.configure(level if level.lower() in log.LEVELS else "error")

    signals.setup_logging.connect(log_as_parley, weak=False)
    # Ours first, so that what is given overrides them. Workers have nothing to tell each other.
    given = (f"--loglevel={settings.log_level}", "--without-gossip", "--without-mingle", "--without-heartbeat", *args)
    try:
        app.worker_main(["worker", *given])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    return 0
