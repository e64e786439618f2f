"""The end of one socket: whoever still reads is told why, and nobody is waited for who does not."""

import asyncio
import socket
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import uvloop
from websockets.client import ClientProtocol
from websockets.frames import CloseCode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.uri import parse_uri

from parley.core.sessions import Session
from parley.faces.gateway import connection
from parley.faces.gateway.connection import Connection
from parley.faces.gateway.frames import framed

CLOSE_SECONDS = 0.3
BACKLOG = 200_000  # bytes
SIP = 64 * 1024
PATIENCE = 20.0  # seconds


class Hub:
    """Lets everybody in, writes much, and closes."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    def arrived(self, connection: Connection, request: Request) -> None:
        assert connection.accept(request, Session(1, 1, "Ann", "session", datetime.now(UTC)))
        connection.write(framed(b"x" * BACKLOG))
        connection.close(CloseCode.TRY_AGAIN_LATER, "too slow")

    def left(self, connection: Connection) -> None:
        self.gone.set()

    def received(self, connection: Connection, data: bytes) -> None: ...
    def counted(self, connection: Connection) -> None: ...
    def slow(self, connection: Connection) -> None: ...
    def drained(self, connection: Connection) -> None: ...


async def close_code(pause: float | None) -> int | None:
    """What a client is told that reads a sip, again and again after so many seconds; None: that does not read."""
    loop, hub = asyncio.get_running_loop(), Hub()
    state = SimpleNamespace(connections=set())
    with socket.socket() as listener, socket.socket() as client:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # so that what waits does so in the transport
        listener.bind(("127.0.0.1", 0))
        await loop.create_server(
            lambda: Connection(hub, 65536, config=None, server_state=state, app_state=None), sock=listener
        )
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        client.setblocking(False)
        await loop.sock_connect(client, listener.getsockname())
        protocol = ClientProtocol(parse_uri("ws://here/ws"), max_size=None)
        protocol.send_request(protocol.connect())
        await loop.sock_sendall(client, b"".join(protocol.data_to_send()))
        if pause is None:
            await hub.gone.wait()
        while protocol.state is not State.CLOSED and protocol.close_rcvd is None:
            data = await loop.sock_recv(client, SIP)
            if not data:
                break
            protocol.receive_data(data)
            await asyncio.sleep(pause or 0)
    return None if protocol.close_rcvd is None else protocol.close_rcvd.code


@pytest.mark.parametrize(("pause", "code"), [(0.0, 1013), (CLOSE_SECONDS / 6, 1013), (None, None)])
def test_who_reads_on_hears_the_reason(monkeypatch: pytest.MonkeyPatch, pause: float | None, code: int | None) -> None:
    monkeypatch.setattr(connection, "CLOSE_SECONDS", CLOSE_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(asyncio.wait_for(close_code(pause), PATIENCE)) == code
