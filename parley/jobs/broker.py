"""What a node and a worker agree on when they speak through a broker: queues, encodings, manners.

A node sends `parley.preview` tasks as Celery messages; a worker answers with results on a queue of their
own, which any node may take. Everything is JSON. Nothing here holds a connection when it is imported.
"""

from contextlib import closing
from urllib.parse import urlsplit

import msgspec
from celery import Celery
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.messaging import Producer

from parley.jobs.queue import PreviewJob, PreviewResult
from parley.settings import Settings, SetupError

TASK = "parley.preview"
JOBS = "parley.previews"
RESULTS = Queue("parley.results")
REDIS = ("redis", "rediss", "sentinel", "redis+socket")

CONNECT_WITHIN = 3.0  # seconds
CONFIRM_WITHIN = 5.0  # seconds in which RabbitMQ has stored what was sent
ANSWER_WITHIN = 10.0  # seconds; above the second for which Redis may hold a BRPOP
HEARTBEAT = 20  # seconds, of AMQP; a silent connection ends after two
RESTORE_EVERY = 10  # turns of a second in which Redis is asked for what nobody acknowledged
STALE_AFTER = 6 * 3600  # seconds, after which a worker drops a job: nobody waits for it any more

_decoder = msgspec.json.Decoder(PreviewResult)


def make_celery(broker_url: str, visibility_timeout: float = 60.0) -> Celery:
    """A Celery application for one process, not registered anywhere.

    Redis hands a job out again when its worker has been silent for `visibility_timeout` seconds, which must
    be well above the longest job; AMQP does so by itself when the connection ends.
    """
    app = Celery("parley", broker=_verified(broker_url), set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_default_queue=JOBS,
        task_ignore_result=True,
        task_acks_late=True,  # a job belongs to the broker until it is done
        task_reject_on_worker_lost=True,
        worker_lost_wait=1.0,  # seconds until a process that died is said to have
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        broker_connection_timeout=CONNECT_WITHIN,
        broker_heartbeat=HEARTBEAT,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # forever
        broker_transport_options=_transport_options(broker_url, visibility_timeout),
    )
    return app


def _transport_options(broker_url: str, visibility_timeout: float) -> dict[str, object]:
    if urlsplit(broker_url).scheme not in REDIS:
        return {"confirm_publish": True}  # of AMQP: what is sent is stored, or we hear that it is not
    return {
        "visibility_timeout": visibility_timeout,
        # Names of our own: other applications on this Redis have other ideas of how long a job may take.
        "unacked_restore_throttle": RESTORE_EVERY,
        "unacked_key": "parley.unacked",
        "unacked_index_key": "parley.unacked_index",
        "unacked_mutex_key": "parley.unacked_mutex",
        "socket_connect_timeout": CONNECT_WITHIN,
        "socket_timeout": ANSWER_WITHIN,
        "socket_keepalive": True,
    }


def waiting(app: Celery, connection: Connection) -> int:
    """Jobs that no worker has taken yet. Raises what the broker raises."""
    queue = app.amqp.queues[JOBS].bind(connection.default_channel)
    return int(queue.queue_declare().message_count)


def send(app: Celery, connection: Connection, job: PreviewJob) -> None:
    """Send a job to whichever worker takes it first. Raises what the broker raises."""
    app.send_task(
        TASK,
        (job.message, job.position, job.url),
        connection=connection,
        expires=STALE_AFTER,
        retry=False,
        confirm_timeout=CONFIRM_WITHIN,
    )


def publish(result: PreviewResult, producer: Producer) -> None:
    """Send a result to whichever node takes it first. Raises what the broker raises."""
    producer.publish(
        msgspec.json.encode(result).decode(),
        content_type="application/json",
        content_encoding="utf-8",
        exchange="",  # the queue itself: Redis would forget the bindings of any other with a FLUSHALL
        routing_key=RESULTS.name,
        declare=[RESULTS],
        confirm_timeout=CONFIRM_WITHIN,
        retry=True,
        retry_policy={"max_retries": 3, "interval_start": 0.2, "interval_step": 0.5},
    )


def read(body: bytes | str) -> PreviewResult:
    """A result as it came over the wire. Raises msgspec.MsgspecError or UnicodeDecodeError."""
    return _decoder.decode(body)


def check_broker(settings: Settings) -> None:
    """Make sure that the broker answers. Raises SetupError with one sentence, after a few seconds at most."""
    url = settings.celery_broker_url
    options = {**_transport_options(url, 60.0), "socket_timeout": CONNECT_WITHIN}
    try:
        with closing(
            Connection(_verified(url), connect_timeout=CONNECT_WITHIN, transport_options=options)
        ) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0.1, timeout=CONNECT_WITHIN)
            connection.default_channel  # noqa: B018  Redis is dialled only now
    except Exception:
        # Whatever a transport raises, a name it does not know or a refusal: jobs cannot pass here.
        raise SetupError(
            f"The broker at {_without_secrets(url)} does not answer: start it, or correct CELERY_BROKER_URL."
        ) from None


def _verified(url: str) -> str:
    """Celery's Redis would take any certificate unless told; `ssl_cert_reqs=none` says that one wants that."""
    if not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs=required"


def _without_secrets(url: str) -> str:
    """Scheme, host and port. Passwords may stand before the host, in the query, or unescaped anywhere."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    beyond = parts.path + parts.query + parts.fragment
    return f"{parts.scheme}://{host}" if host and "@" not in beyond else "that address"
