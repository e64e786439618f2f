"""A real RabbitMQ for the tests: Debian's program with ports, folder and port mapper of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from kombu.connection import Connection

# Debian's command of the same name in /usr/sbin changes to a user of its own and knows one folder only.
DEBIAN = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS = 90.0


def find_program() -> str | None:
    """The program, or None on a machine without it."""
    return str(DEBIAN) if DEBIAN.exists() else shutil.which("rabbitmq-server")


def free_ports(count: int) -> list[int]:
    """Different ports of loopback on which nobody listens."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.create_server(("127.0.0.1", 0)))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


class RabbitServer:
    """A broker that listens on loopback only and keeps its queues in `folder`, so that it survives `kill`."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._log = folder / "log"
        self.port, distribution, self._mapper_port = free_ports(3)
        self._environment = {
            "HOME": str(folder),  # the cookie
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._mapper_port),
            "RABBITMQ_NODENAME": "parley@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),  # there is none, and not the machine's either
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_ENABLED_PLUGINS_FILE": os.devnull,
            # Otherwise a shell would stand between us and the broker. No input is what the shell would have said.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
        }
        # With a mapper of our own the broker starts none, which would outlive it.
        mapper = ["epmd", "-address", "127.0.0.1", "-port", str(self._mapper_port)]
        self._mapper = subprocess.Popen(mapper, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Its address, `amqp://…`."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        """Start, also again, and return once it takes connections."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._program],
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()[-3000:]
            assert time.monotonic() < end, self._log.read_text()[-3000:]
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with Connection(self.url, connect_timeout=5) as connection:
                connection.connect()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut does."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def close(self) -> None:
        """End it for good, and its port mapper."""
        if self._process.poll() is None:
            self.kill()
        self._mapper.kill()
        self._mapper.wait(10)

    def empty(self) -> None:
        """Remove every queue of Parley."""
        with Connection(self.url) as connection:
            for queue in ("parley.previews", "parley.results"):
                connection.default_channel.queue_delete(queue)


@pytest.fixture(scope="session")
def rabbit_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    """One RabbitMQ for all tests; those who kill it start it again."""
    program = find_program()
    if program is None:
        pytest.skip("No RabbitMQ here: `apt-get install rabbitmq-server` lets this test run, as .ci/run does.")
    server = RabbitServer(program, tmp_path_factory.mktemp("rabbitmq"))
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def rabbit(rabbit_server: RabbitServer) -> str:
    """The address of a RabbitMQ without our queues, `amqp://…`."""
    rabbit_server.empty()
    return rabbit_server.url
