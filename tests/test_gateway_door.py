"""The handshake: who gets a socket, and what the others are told before the upgrade."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.raw import RawSocket, raw
from tests.running import PASSWORD, Person, RunningServer, serving

pytestmark = pytest.mark.usefixtures("goes_on")
FOREIGN = "https://elsewhere.example"


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(
        tmp_path_factory.mktemp("door") / "instance", SOCKETS_PER_USER="3", PUBLIC_URL="https://chat.example"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def cookie(parley: RunningServer, ana: Person) -> str:
    """The session cookie of a browser in which Ana has signed in."""
    answer = httpx.post(
        f"{parley.url}/sign-in", json={"nickname": "Ana", "password": PASSWORD}, headers={"Origin": parley.url}
    )
    assert answer.is_success, answer.text
    return answer.cookies["parley"]


def test_without_credentials_there_is_no_socket(parley: RunningServer) -> None:
    with RawSocket(parley) as stranger:
        assert stranger.status == 401
        assert b"Sign in" in stranger.body


@pytest.mark.parametrize(
    "header",
    [
        ("Authorization", "Bearer wrong"),
        ("Authorization", "Bearer \xff"),
        ("Authorization", "Bearer " + "x" * 4000),
        ("Authorization", "Bearer"),
        ("Authorization", "Basic QW5hOng="),
        ("Cookie", "other=1"),
    ],
)
def test_wrong_credentials_open_no_socket(parley: RunningServer, header: tuple[str, str]) -> None:
    with RawSocket(parley, header) as stranger:
        assert stranger.status == 401


@pytest.mark.parametrize("forged", ["x", "x.y", '"', ".", "é"])
def test_a_forged_cookie_opens_no_socket(parley: RunningServer, forged: str) -> None:
    with RawSocket(parley, ("Origin", parley.url), ("Cookie", f"parley={forged}")) as stranger:
        assert stranger.status == 401


def test_a_bearer_needs_no_origin(ana: Person) -> None:
    with raw(ana):
        pass


def test_a_cookie_opens_a_socket_for_our_own_page(parley: RunningServer, cookie: str) -> None:
    for origin in (parley.url, "https://chat.example"):
        with RawSocket(parley, ("Origin", origin), ("Cookie", f"parley={cookie}")) as page:
            assert page.status == 101


@pytest.mark.parametrize(
    "origin",
    [FOREIGN, "null", "", "http://[", "https://", "http://127.0.0.1", "http://127.0.0.1:1", "file://127.0.0.1"],
)
def test_a_cookie_opens_nothing_for_the_page_of_a_stranger(parley: RunningServer, cookie: str, origin: str) -> None:
    with RawSocket(parley, ("Origin", origin), ("Cookie", f"parley={cookie}")) as page:
        assert page.status == 403


def test_a_cookie_without_origin_opens_nothing(parley: RunningServer, cookie: str) -> None:
    with RawSocket(parley, ("Cookie", f"parley={cookie}")) as page:
        assert page.status == 403


def test_behind_tls_a_page_without_it_is_a_stranger(parley: RunningServer, cookie: str) -> None:
    secure = parley.url.replace("http:", "https:")
    for origin, status in ((parley.url, 403), (secure, 101)):
        headers = [("Origin", origin), ("Cookie", f"parley={cookie}"), ("X-Forwarded-Proto", "https")]
        with RawSocket(parley, *headers) as page:
            assert page.status == status


def test_a_cookie_is_found_among_those_of_other_applications(parley: RunningServer, cookie: str) -> None:
    """On localhost they all meet, and some are no cookies that http.cookies would read."""
    line = f'seen={{"a": "b"}}; x; =; né=1; parley={cookie}; last="'
    with RawSocket(parley, ("Origin", parley.url), ("Cookie", line)) as page:
        assert page.status == 101


@pytest.mark.parametrize("path", ["/", "/ws/", "/wss", "/api/messages", "//[", "//ws", "/ws%20"])
def test_there_is_no_socket_elsewhere(ana: Person, path: str) -> None:
    with RawSocket(ana.server, ("Authorization", f"Bearer {ana.token}"), path=path) as lost:
        assert lost.status == 404


def test_a_query_does_no_harm(ana: Person) -> None:
    with raw(ana, path="/ws?x=1"):
        pass


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"method": "POST"}, 405),
        ({"without": "Sec-WebSocket-Key"}, 400),
        ({"without": "Sec-WebSocket-Version"}, 400),
        ({"without": "Upgrade"}, 426),  # then it is plain HTTP
    ],
)
def test_what_is_no_handshake_is_refused(ana: Person, options: dict[str, Any], status: int) -> None:
    headers = [("Authorization", f"Bearer {ana.token}"), ("Connection", "close")]
    with RawSocket(ana.server, *headers[: 1 + ("Upgrade" in options.values())], **options) as odd:
        assert odd.status == status


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_plain_http_is_told_that_sockets_are_here(parley: RunningServer, method: str) -> None:
    """Whoever sees this in a browser, or behind a proxy that passes no Upgrade on, learns what to do."""
    answer = httpx.request(method, f"{parley.url}/ws?x=1")
    assert answer.status_code == 426
    assert answer.headers["Upgrade"] == "websocket"
    assert "upgrade" in answer.headers["Connection"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (426, "upgrade_required")
    assert "proxy" in problem["detail"]


@pytest.mark.parametrize("header", ["Authorization", "Origin", "Host"])
def test_a_header_that_is_there_twice_is_refused(ana: Person, header: str) -> None:
    with RawSocket(ana.server, (header, f"Bearer {ana.token}"), (header, "x")) as odd:
        assert odd.status in (400, 401)


def test_too_many_sockets_of_one_person_are_refused_until_one_closes(parley: RunningServer) -> None:
    many = parley.register("Many")
    opened = [raw(many) for _ in range(3)]
    with RawSocket(parley, ("Authorization", f"Bearer {many.token}")) as one_more:
        assert one_more.status == 429
        assert one_more.headers["retry-after"] == "10"
        assert b"too many" in one_more.body
    opened.pop().__exit__(None, None, None)
    deadline = 50
    while RawSocket(parley, ("Authorization", f"Bearer {many.token}")).status == 429:
        deadline -= 1
        assert deadline, "the place of a closed socket stays taken"


def test_bytes_sent_ahead_of_the_answer_hurt_nobody(parley: RunningServer) -> None:
    for rude in (b"\x00" * 1000, b"\x88\x80\x00\x00\x00\x00", b"\xff" * 100):
        with RawSocket(parley, ("Authorization", "Bearer wrong")) as early:
            early.socket.sendall(rude)
