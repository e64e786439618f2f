"""Connections that go to an address chosen beforehand and end at a deadline.

The name of a server is looked up once, by `resolve`, and the address that passed the rules is the one that
is dialled. So a name that answers differently the second time (DNS rebinding) gains nothing, while Host,
SNI and the check of the certificate still see the name.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from queue import Empty, SimpleQueue

import httpcore
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream

from parley.jobs.addresses import Address

Resolve = Callable[[str], Sequence[Address]]
"""All addresses of a name. Raises OSError or UnicodeError when there are none."""


def resolve(host: str) -> list[Address]:
    """All addresses of a name, from the resolver of the system; it also reads spellings such as 0x7f.1."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [ip_address(str(address[0])) for *_, address in found]


class Deadline:
    """A moment by which everything has to be over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain. Raises httpcore.TimeoutException when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException("out of time")
        return left

    def resolve(self, host: str, resolve: Resolve) -> Sequence[Address]:
        """Look a name up within the time that is left; the system's resolver knows no timeout of its own."""
        answer: SimpleQueue[Sequence[Address] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answer.put(resolve(host))
            except Exception as error:
                answer.put(error)

        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            found = answer.get(timeout=self.left())
        except Empty:
            raise httpcore.ConnectTimeout("out of time") from None
        if isinstance(found, Exception):
            raise found
        return found


class PinnedBackend(NetworkBackend):
    """Dials one of the given addresses, whatever name it is asked for."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline, network: NetworkBackend) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Try the addresses in their order, each with its share of the time."""
        for tried, address in enumerate(self._addresses):
            last = tried + 1 == len(self._addresses)
            share = self._deadline.left() / (len(self._addresses) - tried)
            try:
                stream = self._network.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last:
                    raise
            else:
                return _TimedStream(stream, self._deadline)
        raise httpcore.ConnectError("no address")


class _TimedStream(NetworkStream):
    """A stream whose every step has only the time that is left in all: a slow drip gains nothing."""

    def __init__(self, stream: NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
