"""A WebSocket client that does what it is told, be it against the protocol."""

import base64
import json
import socket
from types import TracebackType
from typing import Any

from websockets.client import ClientProtocol
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from tests.running import Person, RunningServer

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
}


class RawSocket:
    """A TCP connection to a server. `status` and `headers` answer the handshake, `body` is what a refusal says."""

    def __init__(
        self,
        server: RunningServer,
        *headers: tuple[str, str],
        path: str = "/ws",
        method: str = "GET",
        without: str = "",
        receive_buffer: int = 0,
    ) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", server.port))
        lines = [("Host", f"127.0.0.1:{server.port}"), *HANDSHAKE.items(), *headers]
        request = "".join(f"{name}: {value}\r\n" for name, value in lines if name != without)
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\n{request}\r\n".encode())
        self._protocol = ClientProtocol(parse_uri("ws://test/ws"), state=State.OPEN, max_size=None)
        head, _, rest = self._head().partition(b"\r\n\r\n")
        first, *lines_back = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ", 2)[1])
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines_back)}
        self.body = b""
        if self.status == 101:
            self._protocol.receive_data(rest)
        else:
            self.body = rest + self._rest()
        self.frames: list[dict[str, Any]] = []

    def __enter__(self) -> "RawSocket":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def _head(self) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(65536)
            assert more, f"closed after {data!r}"
            data += more
        return data

    def _rest(self) -> bytes:
        data = b""
        while more := self.socket.recv(65536):
            data += more
        return data

    def send(self, *frames: Frame) -> None:
        """Send frames as a client should, masked."""
        self.socket.sendall(b"".join(frame.serialize(mask=True) for frame in frames))

    def text(self, *shapes: dict[str, Any]) -> None:
        """Send shapes as frames of text."""
        self.send(*(Frame(Opcode.TEXT, json.dumps(shape).encode()) for shape in shapes))

    def receive(self) -> dict[str, Any] | Close:
        """The next frame of text, or the close. Pings are answered. Raises EOFError when there is neither."""
        while True:
            for event in self._protocol.events_received():
                assert isinstance(event, Frame)
                if event.opcode is Opcode.TEXT:
                    self.frames.append(json.loads(bytes(event.data)))
            if self.frames:
                return self.frames.pop(0)
            if self._protocol.close_rcvd is not None:
                return self._protocol.close_rcvd
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self._protocol.receive_data(data)
            for answer in self._protocol.data_to_send():
                self.socket.sendall(answer)

    def until_closed(self) -> tuple[list[dict[str, Any]], int]:
        """What still comes, and the close code; 1006 without one."""
        frames: list[dict[str, Any]] = []
        while True:
            try:
                found = self.receive()
            except (EOFError, ConnectionResetError):
                return frames, 1006
            if isinstance(found, Close):
                return frames, found.code
            frames.append(found)

    def next(self, kind: str) -> dict[str, Any]:
        """The next frame of this type."""
        while True:
            found = self.receive()
            assert isinstance(found, dict), found
            if found["type"] == kind:
                return found


def raw(person: Person, *, hello: bool = True, **options: Any) -> RawSocket:
    """An open socket of a person, welcomed unless `hello` is False."""
    opened = RawSocket(person.server, ("Authorization", f"Bearer {person.token}"), **options)
    assert opened.status == 101, opened.body
    if hello:
        opened.text({"type": "hello"})
        opened.next("log")
    return opened
