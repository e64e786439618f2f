"""What a request costs is measured with requests that were answered as they should be."""

import asyncio
from http import HTTPStatus
from pathlib import Path

import pytest

from bench.http import requests
from bench.server import Server
from bench.visitors import CLIENTS, Request, visit

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\ncontent-length: 900\r\n\r\n"


class Clerk(asyncio.Protocol):
    """Answers every request with these pieces, and hangs up when there is none."""

    def __init__(self, asked: list[bytes], *pieces: bytes) -> None:
        self._asked = asked
        self._pieces = pieces

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked.append(data)
        if not self._pieces:
            self._transport.close()
        for number, piece in enumerate(self._pieces):
            asyncio.get_running_loop().call_later(0.001 * number, self._transport.write, piece)


async def answered(request: Request, *pieces: bytes) -> tuple[dict[str, float], list[bytes]]:
    asked: list[bytes] = []
    server = await asyncio.get_running_loop().create_server(lambda: Clerk(asked, *pieces), "127.0.0.1", 0)
    async with server:
        return await visit(server.sockets[0].getsockname()[1], request, 0.05, lambda: float(len(asked))), asked


@pytest.mark.parametrize("pieces", [[OK], [OK[:20], OK[20:40], OK[40:]]], ids=["whole", "in pieces"])
def test_answers_are_counted_when_they_are_whole(pieces: list[bytes]) -> None:
    found, asked = asyncio.run(
        answered(Request("/here", headers="Cookie: a=b\r\n", body=b"body", method="POST"), *pieces)
    )
    assert asked[0].startswith(b"POST /here HTTP/1.1\r\nHost: 127.0.0.1:")
    assert asked[0].endswith(b"\r\nCookie: a=b\r\nContent-Length: 4\r\n\r\nbody")
    assert found["size"] == len(OK)
    assert found["cpu"] == pytest.approx(1e6, rel=0.9), "one unit of it a request, but for those that are under way"
    assert found["rate"] * 0.05 <= len(asked)
    assert found["p50"] > 0


def test_an_answer_that_says_nothing_changed_has_no_body() -> None:
    found, asked = asyncio.run(answered(Request("/", HTTPStatus.NOT_MODIFIED), NOT_MODIFIED))
    assert len(asked) > CLIENTS
    assert found["size"] == len(NOT_MODIFIED)


@pytest.mark.parametrize(("pieces", "said"), [([NOT_MODIFIED], "not 200"), ([], "closed the connection")])
def test_another_answer_measures_nothing(pieces: list[bytes], said: str) -> None:
    with pytest.raises((RuntimeError, ConnectionError), match=said):
        asyncio.run(answered(Request("/"), *pieces))


def test_somebody_with_a_session_gets_the_page_and_not_the_form(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        asked = requests(server)
        page = next(request for name, request in asked.items() if "cookie" in name)
        script, unchanged = (request for name, request in asked.items() if "script" in name or "304" in name)
        form = Request("/", headers=page.headers.partition("\r\n")[2])
        sizes = [
            asyncio.run(visit(server.port, request, 0.05, server.cpu))["size"]
            for request in (page, form, script, unchanged)
        ]
    assert sizes[0] > 2 * sizes[1]
    assert sizes[2] > sizes[3]
