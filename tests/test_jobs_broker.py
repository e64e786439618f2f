"""A broker that cannot be worked with is refused at start, in one sentence without its password."""

import re
import socket
import time
from contextlib import closing

import pytest
from structlog.testing import capture_logs

from parley.jobs.broker import check_broker
from parley.jobs.queue import PreviewJob
from parley.jobs.scaled import CeleryJobs
from parley.settings import Settings, SetupError
from tests.brokers import PAGE, result, send, started, until
from tests.services import TLS, Settled

pytestmark = pytest.mark.timeout(300)  # a RabbitMQ and some workers start, on a machine that may be busy


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
        until(lambda: any(each["event"] == "broker_is_away" for each in logs), "no job goes to who knows whom")


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_is_silent_is_left_within_seconds(scheme: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        began = time.monotonic()
        with pytest.raises(SetupError):
            check_broker(Settings(celery_broker_url=f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/0"))
        assert time.monotonic() - began < 10
