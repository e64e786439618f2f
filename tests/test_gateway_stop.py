"""The end of a server: what it has received is stored and answered, and everybody is told to come back."""

import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from parley.faces.gateway.server import GRACE
from tests.mirror import load
from tests.raw import raw
from tests.running import Chat, RunningServer, serving

SECONDS = 10.0


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
                while self.sent - len(self.acked) > 40 and self.code is None:
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_graceful_end_under_load(instance: Path, number: signal.Signals) -> None:
    with serving(instance) as server:
        people = [server.register(f"Person{index}") for index in range(4)]
        with raw(people[0], receive_buffer=4096), raw(people[0]):  # who do not answer the close
            writers = [Writer(person.chat()) for person in people]
            for writer in writers:
                writer.start()
            while not all(len(writer.acked) > 50 for writer in writers):
                time.sleep(0.01)
            started = time.monotonic()
            assert server.stop(SECONDS, number) == 0
            assert time.monotonic() - started < SECONDS
            for writer in writers:
                writer.join(10)
        assert [writer.code for writer in writers] == [1012] * 4
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.url)

        server.start()
        stored = {message["key"]: message for message in load(people[0]).values() if message["key"]}
        for writer in writers:
            mine = {key: message for key, message in stored.items() if message["author"] == writer.chat.person.id}
            # Every ack is true, and nothing is stored of which its author heard nothing.
            assert {key: ack["seq"] for key, ack in writer.acked.items()} == {
                key: message["seq"] for key, message in mine.items()
            }
            assert len(mine) <= writer.sent


def test_a_server_without_anybody_ends_at_once(server: RunningServer) -> None:
    started = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - started < 5
    assert server.errors() == []


def test_a_second_ctrl_c_does_not_wait_for_anybody(server: RunningServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as unfinished:
        unfinished.sendall(b"POST /api/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")  # and no body
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        server.process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + SECONDS
        while not any("Waiting for" in line for line in server.log):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        asked_again = time.monotonic()
        assert server.stop(SECONDS, signal.SIGINT) == 0
        assert time.monotonic() - asked_again < GRACE / 2
