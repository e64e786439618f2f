"""The server: uvicorn carries HTTP to the web face and hands upgraded connections to the gateway."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import structlog
import uvicorn
import uvloop

from parley.faces.gateway.connection import Connection
from parley.faces.gateway.drain import Drain
from parley.faces.gateway.entrance import Entrance
from parley.faces.gateway.gateway import Gateway
from parley.faces.gateway.upkeep import Upkeep
from parley.node import Node
from parley.settings import SetupError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

GRACE = 8  # seconds for requests and sockets to end; with what follows, a stop takes less than 10
BACKLOG = 4096
CLOSE = (b"connection", b"close")

log = structlog.get_logger(__name__)


def serve(node: Node, web: "WSGIApplication", host: str, port: int, *, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then end gracefully: everything received is committed and answered.

    After SIGTERM a server of several first drains. A second signal ends it at once. `ready` is called with the
    address once connections are accepted. Raises SetupError when it cannot listen.
    """
    listener = _listen(host, port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(node, web, listener, ready))


async def _serve(node: Node, web: "WSGIApplication", listener: socket.socket, ready: Callable[[str], None]) -> None:
    gateway = Gateway(node)
    upkeep = Upkeep(gateway)
    node.start(gateway.hear)
    try:
        gateway.spawn(upkeep.run())
        settings = node.settings
        entrance = Entrance(node, web)
        config = uvicorn.Config(
            entrance,
            ws=partial(Connection, gateway, settings.socket_buffer),  # type: ignore[arg-type]
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=settings.trusted_proxies,
            backlog=BACKLOG,
        )
        drain = None if settings.embedded else Drain(gateway).run
        server = Server(config, partial(ready, _address(listener)), drain, entrance.stop)
        await server.serve(sockets=[listener])
    finally:
        gateway.stop()
        await asyncio.get_running_loop().run_in_executor(None, node.stop)


class Server(uvicorn.Server):
    """uvicorn, told when to stop by the loop's own signal handlers, so that nobody is killed by the same signal
    again before the database is closed.

    `ready` is called when it accepts, `drain` runs after SIGTERM while it still does, `stopping` is called when it no
    longer does.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        drain: Callable[[], Awaitable[None]] | None,
        stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._drain = drain
        self._stopping = stopping
        self._leaving: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept, then say so."""
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A first signal ends gracefully, a second at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._signalled, number)
        yield

    def _signalled(self, number: signal.Signals) -> None:
        if self.should_exit or self._leaving is not None:
            self.should_exit = self.force_exit = True
        elif number is signal.SIGTERM and self._drain is not None:
            self._leaving = asyncio.get_running_loop().create_task(self._leave(self._drain))
        else:  # whoever sits at the terminal, or has no other node, is served best by a quick restart
            self.should_exit = True

    async def _leave(self, drain: Callable[[], Awaitable[None]]) -> None:
        self.config.encoded_headers.append(CLOSE)  # so that a proxy keeps no connection here for its next request
        await self.on_tick(0)  # which makes headers of it; else within a second
        try:
            await drain()
        except Exception:
            log.exception("drain_failed")
        finally:
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, answer what was received, and after a while drop whoever does not take the answer."""
        self._stopping()
        overdue = asyncio.get_running_loop().call_later(GRACE, self._give_up)
        await super().shutdown(sockets)
        overdue.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def _give_up(self) -> None:
        log.warning("connections_dropped", connections=len(self.server_state.connections))
        self.force_exit = True


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        raise SetupError(
            f"Cannot listen at {host}:{port} ({error.strerror or error}). "
            "Stop whatever uses the port, or give another with --port."
        ) from None
    listener.set_inheritable(True)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - told, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
