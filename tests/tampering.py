"""A proxy that changes what a server sends over sockets: leaves a frame out, repeats it, or makes it wait."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Sequence

Change = Callable[[bytes], Sequence[bytes]]
"""What becomes of a frame that carries a message: the frames that are sent instead."""

MESSAGE = b'{"type":"message"'


@contextlib.contextmanager
def tampering(port: int, change: Change) -> Iterator[str]:
    """The address of a proxy to this port. Plain HTTP passes as it is."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", port)) as upstream, contextlib.suppress(OSError):
                threading.Thread(target=_pump, args=(self.request, upstream), daemon=True).start()
                _tamper(upstream, self.request, change)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def _tamper(source: socket.socket, target: socket.socket, change: Change) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := source.recv(65536)):
            return
        data += more
    if not data.startswith(b"HTTP/1.1 101"):
        target.sendall(data)
        _pump(source, target)
        return
    head, end, data = data.partition(b"\r\n\r\n")
    target.sendall(head + end)
    while True:
        while frame := _first(data):
            data = data[len(frame) :]
            for each in change(frame) if MESSAGE in frame[:40] else [frame]:
                target.sendall(each)
        if not (more := source.recv(65536)):
            return
        data += more


def _first(data: bytes) -> bytes:
    """The first whole frame, if there is one (RFC 6455 §5.2; what a server sends is not masked)."""
    if len(data) < 2:
        return b""
    length, start = data[1], 2
    if length == 126:
        length, start = int.from_bytes(data[2:4], "big"), 4
    elif length == 127:
        length, start = int.from_bytes(data[2:10], "big"), 10
    return data[: start + length] if len(data) >= start + length else b""
