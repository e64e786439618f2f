"""A real server in its own process, and people who talk to it over the public protocol."""

import json
import signal
import ssl
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.child import ROOT as ROOT
from tests.child import Child

PASSWORD = "correct horse"
NO_TLS = ssl.create_default_context()  # one for all requests: httpx would make one for each, which takes 25 ms
NEW_PASSWORD = {"password": "another password", "current_password": PASSWORD}

Frame = dict[str, Any]


class RunningServer(Child):
    """`manage.py runserver` on a free port, which it keeps when it is started again."""

    def __init__(self, instance: Path, environment: Mapping[str, str] | None = None) -> None:
        super().__init__({"INSTANCE": str(instance), "RATE_LIMITS": "off", **(environment or {})})
        self.instance = instance
        self.port = 0

    def start(self) -> "RunningServer":
        """Start, and return once it says where it is."""
        self.launch("runserver", "--port", str(self.port))
        return self

    def hear(self, line: str) -> bool:
        """Notice the address."""
        if line.startswith("Parley is at "):
            self.port = int(line.split()[3].rpartition(":")[2])
            return True
        return False

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self, seconds: float = 12.0, number: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator does; returns its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        print("\n".join(self.log))  # shown when a test fails
        return code

    def errors(self) -> list[str]:
        """The lines of its log that tell of a defect."""
        return [line for line in self.log if "level=error" in line or "level=critical" in line or "Traceback" in line]

    def register(self, nickname: str) -> "Person":
        """Somebody new, with a token."""
        answer = httpx.post(f"{self.url}/api/users", json={"nickname": nickname, "password": PASSWORD}, verify=NO_TLS)
        assert answer.status_code == 201, answer.text
        return self.sign_in(nickname, answer.json()["id"])

    def sign_in(self, nickname: str, number: int) -> "Person":
        """A further token of somebody known."""
        answer = httpx.post(f"{self.url}/api/tokens", auth=(nickname, PASSWORD), verify=NO_TLS)
        assert answer.status_code == 200, answer.text
        return Person(self, number, nickname, answer.json()["token"])


class Person:
    """Somebody who is registered."""

    def __init__(self, server: RunningServer, number: int, nickname: str, token: str) -> None:
        self.server = server
        self.id = number
        self.nickname = nickname
        self.token = token

    @property
    def headers(self) -> dict[str, str]:
        """What signs a request."""
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Ask the API."""
        return httpx.get(self.server.url + path, headers=self.headers, params=parameters, verify=NO_TLS)

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Tell the API."""
        return httpx.request(method, self.server.url + path, headers=self.headers, verify=NO_TLS, **arguments)

    def chat(self, *, cursors: Mapping[int, int] | None = None, epoch: str = "", hello: bool = True) -> "Chat":
        """Open a socket."""
        return Chat(self, cursors or {}, epoch, hello)


class Chat:
    """An open socket of a person. `frames` is everything that came."""

    def __init__(self, person: Person, cursors: Mapping[int, int], epoch: str, hello: bool) -> None:
        self.person = person
        address = person.server.url.replace("http", "ws") + "/ws"
        self._opened = connect(address, additional_headers=person.headers, compression=None, max_queue=None)
        self.socket: ClientConnection = self._opened.__enter__()
        self.frames: list[Frame] = []
        self.welcome: Frame = {}
        if hello:
            self.send({"type": "hello", "cursors": {str(room): seq for room, seq in cursors.items()}, "epoch": epoch})
            self.welcome = self.next("welcome")

    def __enter__(self) -> "Chat":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._opened.__exit__(None, None, None)

    def send(self, frame: Frame) -> None:
        """Send a frame."""
        self.socket.send(json.dumps(frame))

    def receive(self, timeout: float = 10.0) -> Frame:
        """The next frame, of whatever type. Raises TimeoutError, or ConnectionClosed."""
        frame: Frame = json.loads(self.socket.recv(timeout))
        self.frames.append(frame)
        return frame

    def next(self, kind: str, matches: Callable[[Frame], bool] = lambda _: True, timeout: float = 10.0) -> Frame:
        """The next frame of this type that matches; others are passed over."""
        while True:
            frame = self.receive(timeout)
            if frame["type"] == kind and matches(frame):
                return frame

    def post(self, source: str, *, key: str | None = None, room: int = 1) -> Frame:
        """Post and wait for the ack, or the error."""
        key = key or uuid.uuid4().hex
        self.send({"type": "post", "key": key, "room": room, "source": source})
        return self.answer(key)

    def answer(self, key: str, timeout: float = 10.0) -> Frame:
        """The ack or the error for a key."""
        while True:
            frame = self.receive(timeout)
            if frame["type"] in ("ack", "error") and frame.get("key") == key:
                return frame


@contextmanager
def serving(instance: Path, **environment: str) -> Iterator[RunningServer]:
    """A server for a while. At the end, nothing in its log may tell of a defect."""
    running = RunningServer(instance, environment).start()
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
    assert running.errors() == []


@pytest.fixture
def server(instance: Path) -> Iterator[RunningServer]:
    """A server with nothing but the defaults, without rate limits."""
    running = RunningServer(instance).start()
    yield running
    if running.process.poll() is None:
        running.stop()
