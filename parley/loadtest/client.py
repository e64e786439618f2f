"""One socket of a simulated person: it behaves as docs/protocol.md asks of a client."""

import asyncio
import random
from collections.abc import Callable
from typing import Protocol

from picows import WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from parley.loadtest.checks import View
from parley.loadtest.frames import Event, Frame, Page
from parley.loadtest.pipe import Account
from parley.wire import Ack, Error, Hello, Welcome, encode

HANDSHAKE = 15.0  # seconds
SILENCE = 45.0  # seconds without a word from the server, after which it is asked by a ping …
PING = 10.0  # … and given up, when that is not answered either
LONGEST_WAIT = 10.0  # seconds until a connection is tried again
LARGEST_FRAME = 64 * 1024 * 1024
AGAIN = {"rate_limited", "unavailable"}  # refusals after which the same post may be sent again


class Surroundings(Protocol):
    """What a client needs of the crowd it is in."""

    url: str
    leaving: bool
    read: Callable[[bytes], Frame | None]

    def delivered(self, event: Event) -> None:
        """A change arrived."""

    def acked(self, client: "Client", ack: Ack, due: float) -> None:
        """A post has its answer."""

    def dropped(self, client: "Client") -> None:
        """A post was refused for good."""

    def welcomed(self, client: "Client", welcome: Welcome) -> None:
        """The server knows who we are."""

    def error(self, what: str) -> None:
        """Something that people would notice."""

    def fault(self, sentence: str) -> None:
        """A broken promise."""

    def give_up(self, sentence: str) -> None:
        """The test cannot go on."""


class Client(WSListener):
    """Opens a socket, comes back with its cursors when it is closed, and sends again what has no answer."""

    def __init__(self, crowd: Surroundings, account: Account, name: str) -> None:
        self.account = account
        self.view = View(name)
        self.open = False  # welcomed, and not closed since
        self.lives = 0  # times it was welcomed
        self.waiting: dict[str, tuple[float, bytes]] = {}  # posts without an answer: when they were due, and the frame
        self._crowd = crowd
        self._epoch = ""
        self._transport: WSTransport
        self._failures = 0  # since the last welcome

    # ── coming and going ────────────────────────────────────────────────────────────────────────────

    async def live(self) -> None:
        """Be connected, until the crowd leaves."""
        crowd = self._crowd
        while not crowd.leaving:
            try:
                transport, _ = await ws_connect(
                    lambda: self,
                    crowd.url,
                    extra_headers=[("Authorization", f"Bearer {self.account.token}")],
                    websocket_handshake_timeout=HANDSHAKE,
                    enable_auto_ping=True,
                    auto_ping_idle_timeout=SILENCE,
                    auto_ping_reply_timeout=PING,
                    max_frame_size=LARGEST_FRAME,
                    use_aiofastnet=False,
                )
                await transport.wait_disconnected()
            except (OSError, TimeoutError, WSHandshakeError) as error:
                self._refused(error)
            if not crowd.leaving:
                # With jitter, or all would come back in one moment.
                await asyncio.sleep(random.uniform(0, min(LONGEST_WAIT, 2.0**self._failures)))  # noqa: S311
                self._failures += 1

    def _refused(self, error: Exception) -> None:
        response = error.response if isinstance(error, WSHandshakeError) else None
        if response is None:
            self._crowd.error("no connection")
            return
        status = int(response.status)
        if status == 429:
            self._crowd.give_up(
                "The server refuses sockets (429): start it with SOCKETS_PER_USER of --devices or more."
            )
        self._crowd.error(f"refused with {status}")

    def leave(self) -> None:
        """Close for good."""
        if self.open:
            self._transport.disconnect()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The socket is open: say where this client stands."""
        self._transport = transport
        transport.send(WSMsgType.TEXT, encode(Hello(cursors=self.view.cursors, epoch=self._epoch)))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The socket is closed."""
        self.open = False
        if not self._crowd.leaving:
            received = transport.close_handshake and transport.close_handshake.recv
            self._crowd.error(f"closed with {received.code.value}" if received else "closed without a word")

    # ── what comes ──────────────────────────────────────────────────────────────────────────────────

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """The hot path: most frames are events that another socket of this process has got already."""
        if frame.msg_type is not WSMsgType.TEXT:
            if frame.msg_type is WSMsgType.CLOSE:
                transport.send_close(frame.get_close_code())
                transport.disconnect()
            return
        crowd = self._crowd
        said = crowd.read(frame.get_payload_as_bytes())
        if type(said) is Event:
            if (fault := self.view.event(said)) is not None:
                crowd.fault(fault)
            crowd.delivered(said)
        elif said is not None:
            self._rare(said)

    def _rare(self, said: Frame) -> None:
        match said:
            case Ack(key=key):
                if (waiting := self.waiting.pop(key, None)) is not None:
                    self._crowd.acked(self, said, waiting[0])
            case Error():
                self._not_done(said)
            case Page():
                if (fault := self.view.page(said)) is not None:
                    self._crowd.fault(fault)
                if not said.reset:
                    for event in said.events:
                        self._crowd.delivered(event)
            case Welcome():
                self._welcomed(said)

    def _welcomed(self, welcome: Welcome) -> None:
        self._epoch = welcome.epoch
        self._failures = 0
        self.open = True
        self.lives += 1
        self._crowd.welcomed(self, welcome)
        for _, frame in self.waiting.values():
            self._transport.send(WSMsgType.TEXT, frame)

    def _not_done(self, error: Error) -> None:
        self._crowd.error(error.code)
        if error.key is None or error.key not in self.waiting:
            return
        if error.code in AGAIN:
            asyncio.get_running_loop().call_later(error.retry_after or 1.0, self._send, error.key)
        else:
            del self.waiting[error.key]
            self._crowd.dropped(self)

    # ── what goes ───────────────────────────────────────────────────────────────────────────────────

    def post(self, key: str, frame: bytes, due: float) -> None:
        """Post as soon as the socket is open, until it is answered."""
        self.waiting[key] = (due, frame)
        self._send(key)

    def _send(self, key: str) -> None:
        waiting = self.waiting.get(key)
        if waiting is not None and self.open:
            self._transport.send(WSMsgType.TEXT, waiting[1])
