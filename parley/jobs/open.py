"""The queue that the settings ask for."""

from parley.jobs.embedded import EmbeddedJobs
from parley.jobs.fetch import Fetcher
from parley.jobs.queue import Jobs, NoJobs
from parley.settings import Settings


def open_jobs(settings: Settings) -> Jobs:
    """Threads of this process by default, Celery with a broker, nothing when previews are off. Dials nothing."""
    if not settings.previews:
        return NoJobs()
    if settings.celery_broker_url:
        from parley.jobs.scaled import CeleryJobs  # Celery and a client of Redis take 11 MB

        return CeleryJobs(settings.celery_broker_url)
    return EmbeddedJobs(Fetcher.of(settings), settings.job_threads)
