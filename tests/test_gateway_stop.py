"""The end of a server: what it has received is stored and answered, and everybody is told to come back."""

import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.raw import raw
from tests.running import Chat, Person, RunningServer, serving

SECONDS = 10.0
PATIENCE = 30.0


class Writer(threading.Thread):
    """Somebody who posts as fast as it goes until the server closes."""

    def __init__(self, chat: Chat) -> None:
        super().__init__(daemon=True)
        self.chat = chat
        self.acked: dict[str, dict[str, Any]] = {}
        self.sent = 0
        self.code: int | None = None

    def run(self) -> None:
        listener = threading.Thread(target=self._listen, daemon=True)
        listener.start()
        try:
            while self.code is None:
                self.chat.send({"type": "post", "key": f"{self.chat.person.id}-{self.sent}", "room": 1, "source": "x"})
                self.sent += 1
                while self.sent - len(self.acked) > 10 and self.code is None:
                    time.sleep(0.001)
        except ConnectionClosed:
            pass
        listener.join(10)

    def _listen(self) -> None:
        try:
            while True:
                frame = self.chat.receive()
                if frame["type"] == "ack":
                    self.acked[frame["key"]] = frame
        except ConnectionClosed as closed:
            self.code = closed.rcvd.code if closed.rcvd else 1006


@pytest.mark.parametrize(("number", "deaf"), [(signal.SIGTERM, 2), (signal.SIGINT, 0)])
def test_a_graceful_end_under_load(instance: Path, number: signal.Signals, deaf: int) -> None:
    with serving(instance) as server, ExitStack() as sockets:
        people = [server.register(f"Person{index}") for index in range(4)]
        for _ in range(deaf):  # they do not answer the close
            sockets.enter_context(raw(people[0], receive_buffer=4096))
        writers = [Writer(person.chat()) for person in people]
        for writer in writers:
            writer.start()
        while not all(len(writer.acked) > 30 for writer in writers):
            time.sleep(0.01)
        started = time.monotonic()
        assert server.stop(SECONDS, number) == 0
        assert time.monotonic() - started < SECONDS
        for writer in writers:
            writer.join(10)
    assert [writer.code for writer in writers] == [1012] * 4
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)
    # Every ack is true, and nothing is stored of which its author heard nothing.
    with closing(sqlite3.connect(instance / "parley.db")) as database:
        stored = dict(database.execute("SELECT key, seq FROM messages WHERE key IS NOT NULL"))
    assert stored == {key: ack["seq"] for writer in writers for key, ack in writer.acked.items()}


def test_a_server_without_anybody_ends_at_once(server: RunningServer) -> None:
    started = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - started < 5
    assert server.errors() == []


def test_what_is_half_here_is_refused_soon_and_is_no_error(server: RunningServer) -> None:
    def begin(part: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS)
        connection.sendall(part)
        return connection

    with (
        begin(b"POST /api/tokens HTTP/1.1\r\nHost: x\r\nContent-Le") as headers,
        begin(b"POST /api/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1234") as body,
        begin(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as idle,
    ):
        assert idle.recv(12) == b"HTTP/1.1 200"
        assert server.stop(PATIENCE) == 0
        assert headers.recv(100) == b""
        answer = b""
        while more := body.recv(1000):
            answer += more
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 1" in answer
        assert b"send it again" in answer
    assert not any("event=connections_dropped" in line for line in server.log)
    assert server.errors() == []


def post_much(server: RunningServer) -> Person:
    """Ann, who has posted more than the buffers between two sockets hold."""
    ann = server.register("Ann")
    with ann.chat() as chat:
        for number in range(200):
            # Each of these characters is six in HTML, and two in JSON.
            chat.send({"type": "post", "key": f"{number}", "room": 1, "source": '"' * 8000})
        assert chat.answer("199")["type"] == "ack"
    return ann


@contextmanager
def deaf(ann: Person) -> Iterator[socket.socket]:
    """A connection that asks for 13 MB of messages and reads the beginning."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(SECONDS)
        connection.connect(("127.0.0.1", ann.server.port))
        head = f"GET /api/messages?limit=200 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ann.token}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        yield connection


def test_who_does_not_take_the_answer_is_dropped_in_the_end(server: RunningServer) -> None:
    with deaf(post_much(server)):
        assert server.stop(PATIENCE) == 0
    assert any("event=connections_dropped" in line and "connections=1" in line for line in server.log)
    assert server.errors() == []


def test_a_second_ctrl_c_does_not_wait_for_anybody(server: RunningServer) -> None:
    with deaf(post_much(server)):
        server.process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while not any("Waiting for" in line for line in server.log):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert server.stop(PATIENCE, signal.SIGINT) == 0
    assert not any("event=connections_dropped" in line for line in server.log), "it waited until it had enough"
    assert server.errors() == []
