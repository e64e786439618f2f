"""Jobs through real brokers and real Celery workers, which are ended, killed, and troubled."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from kombu.connection import Connection

from parley.jobs.broker import RESULTS
from parley.jobs.open import open_jobs
from parley.jobs.queue import PreviewJob, PreviewResult
from parley.jobs.scaled import CeleryJobs
from parley.settings import Settings
from tests.brokers import PAGE, Outage, started, until, waiting
from tests.rabbitmq import RabbitServer
from tests.services import PageServer, Settled
from tests.workers import HASTY_WORKER, TROUBLED_WORKER, Worker

pytestmark = pytest.mark.timeout(300)  # a RabbitMQ and some workers start, on a machine that may be busy


@pytest.fixture
def worker(broker: str, tmp_path: Path) -> Iterator[Worker]:
    with closing(Worker(broker, tmp_path)) as started:
        yield started


def test_a_job_goes_to_the_worker_and_its_result_comes_back(worker: Worker, broker: str, pages: PageServer) -> None:
    good = pages.page("/", "<title>Grüße</title><meta name=description content=There>")
    settled = Settled()
    with started(open_jobs(Settings(celery_broker_url=broker)), settled) as jobs:
        jobs.enqueue(PreviewJob(1, 0, good))
        jobs.enqueue(PreviewJob(1, 1, pages.url("/missing")))
        jobs.enqueue(PreviewJob(1, 2, "http://169.254.169.254/"))
        found = {each.position: each for each in settled.wait_for(3)}
        assert jobs.depth() == 0
    assert found == {
        0: PreviewResult(1, 0, good, "ready", "Grüße", "There", "127.0.0.1"),
        1: PreviewResult(1, 1, pages.url("/missing"), "failed"),
        2: PreviewResult(1, 2, "http://169.254.169.254/", "refused"),
    }
    assert pages.paths == ["/", "/missing"]
    assert worker.end() == 0
    for secret in ("Grüße", "There", "/missing", "Traceback"):
        assert secret not in worker.said


def test_sigterm_lets_a_worker_finish(worker: Worker, broker: str, pages: PageServer) -> None:
    go_on = threading.Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        go_on.wait(20)
        pages.reply(request, "<title>Finished</title>")

    url = pages.answer("/slow", slow)
    settled = Settled()
    with started(CeleryJobs(broker), settled) as jobs:
        jobs.enqueue(PreviewJob(1, 0, url))
        pages.wait_for("/slow")
        worker.process.send_signal(signal.SIGTERM)
        until(lambda: "arm shutdown" in worker.said, "the worker has heard it")
        go_on.set()
        assert settled.wait_for(1)[0].title == "Finished"
        assert worker.process.wait(20) == 0
    assert waiting(broker) == 0


def test_a_killed_worker_loses_no_job(broker: str, pages: PageServer, tmp_path: Path) -> None:
    go_on = threading.Event()

    def slow_at_first(request: BaseHTTPRequestHandler) -> None:
        if len(pages.requests) == 1:
            go_on.wait(20)
        pages.reply(request, "<title>After all</title>")

    url = pages.answer("/slow", slow_at_first)
    settled = Settled()
    with ExitStack() as stack:
        first = stack.enter_context(closing(Worker(broker, tmp_path, program=HASTY_WORKER)))
        jobs = stack.enter_context(started(CeleryJobs(broker), settled))
        jobs.enqueue(PreviewJob(1, 0, url))
        pages.wait_for("/slow")
        first.close()
        go_on.set()
        if broker.startswith("redis"):
            until(lambda: abandoned(broker, 1.0) == 1, "Redis may hand the job out again")
        stack.enter_context(closing(Worker(broker, tmp_path, program=HASTY_WORKER)))
        assert settled.wait_for(1)[0].title == "After all"
        assert pages.paths == ["/slow", "/slow"]


def abandoned(broker: str, seconds: float) -> int:
    """Jobs that a worker took so long ago and neither finished nor gave back."""
    with Connection(broker) as connection:
        return int(connection.default_channel.client.zcount("parley.unacked_index", 0, time.time() - seconds))


def test_jobs_that_take_their_process_along_fail_and_no_other_does(broker: str, tmp_path: Path) -> None:
    settled = Settled()
    with closing(Worker(broker, tmp_path, program=TROUBLED_WORKER)) as worker:
        with started(CeleryJobs(broker), settled) as jobs:
            for number, path in enumerate(("hang", "deaf-hang", "die", "good")):
                jobs.enqueue(PreviewJob(number, 0, PAGE + path))
            until(lambda: len({each.message for each in settled.results}) == 4, "all are answered")
        assert {each.message: each.state for each in settled.results} == dict(enumerate(["failed"] * 3 + ["ready"]))
        fetched = [line.rpartition("/")[2] for line in worker.said.splitlines() if line.startswith("fetching")]
        times = Counter(fetched)
        assert times["hang"] == times["deaf-hang"] == times["good"] == 1
        assert 1 <= times["die"] <= 3, "a death that is noticed after the limit counts as hanging"
        assert worker.end() == 0
    assert waiting(broker) == waiting(broker, RESULTS.name) == 0


def test_a_worker_goes_on_when_its_broker_comes_back(broker: str, outage: Outage, tmp_path: Path) -> None:
    settled = Settled()
    with closing(Worker(broker, tmp_path)) as worker:
        until(lambda: "ready." in worker.said, "the worker works")
        with started(CeleryJobs(broker), settled) as jobs:
            start = outage()
            jobs.enqueue(PreviewJob(1, 0, "http://10.0.0.1/"))
            until(lambda: "onnection to broker lost" in worker.said, "the worker knows it")
            start()
            assert settled.wait_for(1)[0].state == "refused"


def test_a_worker_that_cannot_send_its_result_keeps_the_job(
    rabbit_server: RabbitServer, rabbit: str, tmp_path: Path, pages: PageServer
) -> None:
    go_on = threading.Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        go_on.wait(20)
        pages.reply(request, "<title>Sent later</title>")

    settled = Settled()
    with closing(Worker(rabbit, tmp_path)), started(CeleryJobs(rabbit), settled) as jobs:
        jobs.enqueue(PreviewJob(1, 0, pages.answer("/slow", slow)))
        pages.wait_for("/slow")
        rabbit_server.kill()
        go_on.set()
        rabbit_server.start()
        assert settled.wait_for(1)[0].title == "Sent later"


def test_a_worker_needs_a_broker_that_answers(tmp_path: Path) -> None:
    with closing(Worker("redis://:hunter2@127.0.0.1:1/0", tmp_path)) as worker:
        assert worker.process.wait(20) == 1
        sentence = "The broker at redis://127.0.0.1:1 does not answer: start it, or correct CELERY_BROKER_URL."
        assert worker.said == f"Error: {sentence}\n"


def test_arguments_of_the_command_go_to_celery(tmp_path: Path, valkey: str) -> None:
    with closing(Worker(valkey, tmp_path, "--hostname=w7@here", "--concurrency=3", "--loglevel=debug")) as worker:
        until(lambda: "w7@here ready." in worker.said, "it is called as we said")
        assert worker.end() == 0
    with closing(Worker(valkey, tmp_path, "--nonsense")) as worker:
        assert worker.process.wait(20) != 0
        assert "--nonsense" in worker.said
