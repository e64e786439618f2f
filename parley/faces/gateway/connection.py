"""One WebSocket: bytes in, frames out. No task and no queue; the protocol itself is the library's, without I/O.

uvicorn hands an upgraded HTTP connection to this class, given as its `ws=` setting.
"""

import asyncio
import itertools
import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol, cast

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from parley.core.sessions import Session
from parley.faces.gateway.listener import Listener
from parley.wire import PROTOCOL_LIMIT

MOST_UNANSWERED = 64  # commands of one socket that wait for the committer; beyond, we stop reading from it
CLOSE_SECONDS = 2.0  # for the other side to answer our close, or to read on towards it
MOST_LOOKS = 15  # of CLOSE_SECONDS, for one that does read on


class Hub(Protocol):
    """What a connection tells whom it belongs to."""

    def arrived(self, connection: "Connection", request: Request) -> None:
        """Somebody asks for a handshake: `accept` or `reject` it."""

    def received(self, connection: "Connection", data: bytes) -> None:
        """A whole text message."""

    def counted(self, connection: "Connection") -> None:
        """A frame that is no message by itself: a ping, a pong, a fragment."""

    def slow(self, connection: "Connection") -> None:
        """Its buffer is full: nothing more is pushed to it."""

    def drained(self, connection: "Connection") -> None:
        """Its buffer has room again: what it missed is in the log."""

    def left(self, connection: "Connection") -> None:
        """The transport is gone."""


_numbers = itertools.count(1)


class Connection(asyncio.Protocol):
    """A socket of a person. Everything happens on the loop."""

    def __init__(self, hub: Hub, buffer: int, *, config: Any, server_state: Any, app_state: Any) -> None:
        self.number = next(_numbers)
        self._hub = hub
        self._buffer = buffer
        self._loop = asyncio.get_running_loop()
        self._server_connections: set[Any] = server_state.connections
        self._protocol = ServerProtocol(max_size=PROTOCOL_LIMIT)
        self._fragments = bytearray()
        self._unanswered = 0
        self._reading = True
        self._leaving: tuple[int, str] | None = None
        self.transport: asyncio.Transport
        self.push: Callable[[bytes], None]
        self.session: Session | None = None
        self.joined: dict[int, Listener] = {}  # by room
        self.greeted = False  # it has said hello
        self.welcomed = False  # and was answered
        self.stale = False  # the answer may say where somebody sat a moment ago
        self.writable = False
        self.refusals = 0
        self.signed_out = False
        self.opened_at = 0.0
        self.heard_at = 0.0
        self.beat_at = 0.0
        self.full_since: float | None = None

    # ── what uvicorn and the transport call ─────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The HTTP server hands over its transport."""
        self.transport = cast(asyncio.Transport, transport)
        self._server_connections.add(self)
        self.transport.set_write_buffer_limits(high=self._buffer, low=self._buffer // 4)

    def data_received(self, data: bytes) -> None:
        """Bytes from the client, the replayed request first."""
        self._protocol.receive_data(data)
        self._act()

    def eof_received(self) -> None:
        """The client will send no more."""
        self._protocol.receive_eof()
        self._act()

    def connection_lost(self, _error: Exception | None) -> None:
        """The transport is gone."""
        self.writable = False
        self._protocol.receive_eof()  # also after a reset, so that nothing is written any more
        self._server_connections.discard(self)
        self._hub.left(self)

    def pause_writing(self) -> None:
        """The buffer is full: nothing is pushed to this socket until it has drained."""
        if self.writable:
            self.writable = False
            self.full_since = self._loop.time()
            self._pace()
            self._hub.slow(self)

    def resume_writing(self) -> None:
        """The buffer has drained: what was missed comes from the log."""
        if self.full_since is not None and self._protocol.state is State.OPEN:
            self.full_since = None
            self.writable = True
            self._pace()
            self._hub.drained(self)

    def shutdown(self) -> None:
        """The server stops: answer what was received, then close with 1012."""
        if self._protocol.state is State.CONNECTING:
            self.transport.close()
        else:
            self.leave(CloseCode.SERVICE_RESTART, "the server restarts")

    # ── what the gateway calls ──────────────────────────────────────────────────────────────────────

    @property
    def open(self) -> bool:
        """Whether frames may still be sent."""
        return self._protocol.state is State.OPEN

    def accept(self, request: Request, session: Session) -> bool:
        """Complete the handshake (RFC 6455 §4.2.2); False when it is none."""
        if not self._waits_for_an_answer:
            return False
        response = self._protocol.accept(request)
        self._protocol.send_response(response)
        self._flush()
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            return False
        self.session = session
        self.push = self.transport.write
        self.writable = True
        self.opened_at = self.heard_at = self.beat_at = self._loop.time()
        return True

    def reject(self, status: HTTPStatus, sentence: str, *, retry_after: float | None = None) -> None:
        """Refuse the handshake; `retry_after` in seconds."""
        if self._waits_for_an_answer:
            response = self._protocol.reject(status, sentence + "\n")
            if retry_after is not None:
                response.headers["Retry-After"] = str(math.ceil(retry_after))
            self._protocol.send_response(response)
            self._flush()

    def write(self, data: bytes) -> None:
        """Send ready frames, whether or not the buffer is full."""
        if self._protocol.state is State.OPEN:
            self.transport.write(data)

    def asked(self) -> None:
        """A command was handed on; stop reading while too many have no answer."""
        self._unanswered += 1
        self._pace()

    def answer(self, data: bytes) -> None:
        """The answer to a command, or nothing when it wants none."""
        self._unanswered -= 1
        if data:
            self.write(data)
        if self._leaving is not None:
            self._leave_when_answered()
        else:
            self._pace()

    def leave(self, code: int, reason: str) -> None:
        """Read no more; close with this code once everything that was asked is answered."""
        if self._leaving is None:
            self._leaving = code, reason
            self._leave_when_answered()

    def close(self, code: int, reason: str) -> None:
        """Close now, behind what waits to be written. Nothing is added to that any more."""
        self._leaving = code, reason
        if self._protocol.state is State.OPEN:
            self.writable = False
            self._protocol.send_close(code, reason)
            self._flush()
            self._pace()
            self._end_soon()

    def abort(self) -> None:
        """Drop the transport, with all that waits in it."""
        self.writable = False
        self.transport.abort()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def _waits_for_an_answer(self) -> bool:
        gone = self.transport.is_closing() or self._protocol.eof_sent
        return self._protocol.state is State.CONNECTING and not gone

    def _leave_when_answered(self) -> None:
        if self._unanswered <= 0 and self._leaving is not None:
            self.close(*self._leaving)

    def _pace(self) -> None:
        """Read on, unless too much waits for its answer or the answers wait for the other side to read them."""
        most = MOST_UNANSWERED - 1 if self._reading else MOST_UNANSWERED // 2
        reading = self.full_since is None and self._unanswered <= most
        if self._protocol.state is State.CLOSING:
            reading = True  # for the other side's close
        if reading is not self._reading and not self.transport.is_closing():
            self._reading = reading
            if reading:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def _act(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._hub.arrived(self, event)
            elif isinstance(event, Frame):
                self._take(event)
        if self._protocol.state is not State.OPEN:
            self.writable = False
        self._flush()

    def _take(self, frame: Frame) -> None:
        self.heard_at = self._loop.time()
        if self.session is None or self._leaving is not None:
            return
        if frame.opcode is Opcode.CLOSE:
            return
        if frame.opcode is Opcode.BINARY:
            self.close(CloseCode.UNSUPPORTED_DATA, "frames are JSON text")
        elif frame.opcode in (Opcode.PING, Opcode.PONG):
            self._hub.counted(self)
        elif not frame.fin:
            self._fragments += frame.data
            self._hub.counted(self)
        else:
            whole, self._fragments = bytes(self._fragments + frame.data), bytearray()
            self._hub.received(self, whole)

    def _flush(self) -> None:
        """Send what the protocol has to say: handshake, pongs, close."""
        for data in self._protocol.data_to_send():
            if self.transport.is_closing():
                return
            if data:
                self.transport.write(data)
            else:
                # Half-closed, for a close with bytes unread would be a reset, and what we said last would be lost.
                self.transport.write_eof()
                self._end_soon()

    def _end_soon(self, looks: int = MOST_LOOKS) -> None:
        """Drop the transport after a while; later, if the other side reads on and has not come to the close yet."""
        waiting = self.transport.get_write_buffer_size()
        self._loop.call_later(CLOSE_SECONDS, self._end, waiting, looks - 1)

    def _end(self, waited: int, looks: int) -> None:
        if 0 < self.transport.get_write_buffer_size() < waited and looks > 0:
            self._end_soon(looks)
        else:
            self.transport.abort()
