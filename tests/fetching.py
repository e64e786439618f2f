"""Fetching pages without dialling anything but 127.0.0.0/8.

Where a name stands for the internet, a network that records what is dialled leads back to a local server.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from ipaddress import ip_address
from typing import Any

import httpcore
import pytest
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream, SyncBackend

from parley.jobs.addresses import Address
from parley.jobs.fetch import Fetcher
from parley.jobs.queue import PreviewJob
from tests.services import LOOPBACK, PageServer

PAGE = "<title>Hello</title><meta name=description content=There>"
PUBLIC = "93.184.215.14"
URL = "http://pages.example/"


def job(url: str) -> PreviewJob:
    return PreviewJob(7, 2, url)


def addresses(*texts: str) -> list[Address]:
    return [ip_address(text) for text in texts]


class Recorded(NetworkBackend):
    """A network that notes what is dialled and leads to one local server."""

    def __init__(self, server: PageServer, *, unreachable: Sequence[str] = ()) -> None:
        self.dialled: list[tuple[str, int]] = []
        self._server = server
        self._unreachable = unreachable

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        self.dialled.append((host, port))
        if host in self._unreachable:
            raise httpcore.ConnectError("unreachable")
        return SyncBackend().connect_tcp(self._server.host, self._server.port, timeout, None, socket_options)


class NoNetwork(NetworkBackend):
    """A network on which nothing may be dialled."""

    def connect_tcp(self, host: str, *_: Any, **__: Any) -> NetworkStream:
        pytest.fail(f"{host} was dialled")


class Names:
    """A resolver that gives the next answer each time; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    def __call__(self, host: str) -> Sequence[Address]:
        self.asked.append(host)
        return addresses(*(self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]))


# One context for all: to load the certificates that the world trusts takes longer than most tests here.
fetching = partial(Fetcher, tls=httpcore.default_ssl_context())


@pytest.fixture
def fetch() -> Fetcher:
    return fetching(LOOPBACK, seconds=10, size=4096)
