"""The embedded pool, and which queue the settings open."""

import threading

import pytest
from structlog.testing import capture_logs

from parley.jobs import embedded
from parley.jobs.embedded import EmbeddedJobs
from parley.jobs.open import open_jobs
from parley.jobs.queue import NoJobs, PreviewJob, PreviewResult
from parley.jobs.scaled import CeleryJobs
from parley.settings import Settings
from tests.services import LOOPBACK, PageServer, Settled


def job(number: int) -> PreviewJob:
    return PreviewJob(number, 0, "http://pages.example/")


def done(job: PreviewJob) -> PreviewResult:
    return PreviewResult(job.message, job.position, job.url, "ready", "Title")


class Gate:
    """Work that waits until it is let through."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.open = threading.Event()

    def __call__(self, job: PreviewJob) -> PreviewResult:
        self.begun.release()
        assert self.open.wait(20)
        return done(job)


def test_a_page_is_fetched_and_settled(pages: PageServer) -> None:
    url = pages.page("/", "<title>Hello</title>")
    jobs, settled = open_jobs(Settings(preview_allow=LOOPBACK)), Settled()
    jobs.start(settled)
    jobs.enqueue(PreviewJob(7, 1, url))
    assert settled.wait_for(1) == [PreviewResult(7, 1, url, "ready", "Hello", "", "127.0.0.1")]
    jobs.stop(5)
    assert jobs.depth() == 0


def test_jobs_run_side_by_side_and_are_counted() -> None:
    gate, settled = Gate(), Settled()
    jobs = EmbeddedJobs(gate, threads=2)
    for number in range(3):
        jobs.enqueue(job(number))
    jobs.start(settled)
    assert gate.begun.acquire(timeout=20)
    assert gate.begun.acquire(timeout=20)
    assert jobs.depth() == 3
    assert not gate.begun.acquire(blocking=False)
    gate.open.set()
    assert {result.message for result in settled.wait_for(3)} == {0, 1, 2}
    jobs.stop(5)


def test_a_job_under_way_is_not_doubled() -> None:
    gate, settled = Gate(), Settled()
    jobs = EmbeddedJobs(gate, threads=1)
    jobs.start(settled)
    jobs.enqueue(job(1))
    assert gate.begun.acquire(timeout=20)
    for each in (job(1), job(2), job(2), PreviewJob(1, 1, job(1).url), PreviewJob(1, 0, "http://other.example/")):
        jobs.enqueue(each)
    assert jobs.depth() == 4
    gate.open.set()
    settled.wait_for(4)
    jobs.enqueue(job(1))  # done, so it may be asked for again
    settled.wait_for(5)
    jobs.stop(5)
    assert len(settled.results) == 5


@pytest.mark.parametrize("at_fault", ["work", "settle"])
def test_a_job_that_breaks_ends_nothing_but_itself(at_fault: str) -> None:
    broken = threading.Event()

    def break_once(where: str) -> None:
        if where == at_fault and not broken.is_set():
            broken.set()
            raise RuntimeError("a fault")

    settled = Settled()

    def work(job: PreviewJob) -> PreviewResult:
        break_once("work")
        return done(job)

    def settle(result: PreviewResult) -> None:
        break_once("settle")
        settled(result)

    jobs = EmbeddedJobs(work, threads=1)
    with capture_logs() as logs:
        jobs.start(settle)
        jobs.enqueue(job(1))
        assert broken.wait(20)
        jobs.enqueue(job(2))
        assert settled.wait_for(1) == [done(job(2))]
        jobs.stop(5)
    assert [(each["event"], each["message"]) for each in logs] == [("job_lost", 1)]


def test_a_full_queue_drops_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "WAITING", 3)
    settled = Settled()
    jobs = EmbeddedJobs(done, threads=1)
    with capture_logs() as logs:
        for number in range(6):
            jobs.enqueue(job(number))
    assert jobs.depth() == 3
    assert [each["event"] for each in logs] == ["job_queue_full"]
    jobs.start(settled)
    settled.wait_for(3)
    jobs.enqueue(job(5))  # as the sweep does
    assert [result.message for result in settled.wait_for(4)] == [0, 1, 2, 5]
    jobs.stop(5)


def test_stop_drops_what_waits_and_waits_for_what_runs() -> None:
    gate, settled = Gate(), Settled()
    jobs = EmbeddedJobs(gate, threads=1)
    jobs.start(settled)
    jobs.enqueue(job(1))
    jobs.enqueue(job(2))
    assert gate.begun.acquire(timeout=20)
    threading.Timer(0.1, gate.open.set).start()
    jobs.stop(20)
    assert settled.results == [done(job(1))]
    jobs.enqueue(job(3))
    assert jobs.depth() == 0


def test_after_stop_nothing_is_settled() -> None:
    gate, settled = Gate(), Settled()
    jobs = EmbeddedJobs(gate, threads=1)
    others = threading.enumerate()
    jobs.start(settled)
    jobs.enqueue(job(1))
    assert gate.begun.acquire(timeout=20)
    (thread,) = (each for each in threading.enumerate() if each not in others)
    jobs.stop(0.05)
    assert jobs.depth() == 0
    gate.open.set()
    thread.join(20)
    assert settled.results == []


def test_the_settings_choose_the_queue() -> None:
    assert isinstance(open_jobs(Settings()), EmbeddedJobs)
    assert isinstance(open_jobs(Settings(celery_broker_url="redis://localhost:1/0")), CeleryJobs)
    off = open_jobs(Settings(previews=False, celery_broker_url="redis://localhost:1/0"))
    assert isinstance(off, NoJobs)
    off.start(Settled())
    off.enqueue(job(1))
    off.stop(1)
    assert off.depth() == 0
