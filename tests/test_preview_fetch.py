"""Fetching, with real servers on loopback addresses: what is shown, what is refused, what ends in time.

Nothing here dials anything but 127.0.0.0/8: where a name stands for the internet, a network that records
what is dialled leads back to a local server.
"""

import gzip
import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address, ip_network
from threading import Event
from typing import Any

import httpcore
import pytest
from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream, SyncBackend
from structlog.testing import capture_logs

from parley import __version__
from parley.jobs.addresses import Address
from parley.jobs.fetch import Fetcher
from parley.jobs.queue import PreviewJob, PreviewResult
from parley.settings import Settings
from tests.services import LOOPBACK, TLS, PageServer

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


@pytest.fixture
def secured() -> Iterator[PageServer]:
    server = PageServer(tls=True)
    yield server
    server.close()


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────


def test_a_page_is_fetched_and_read(pages: PageServer, fetch: Fetcher) -> None:
    url = pages.page("/a?b=%20c", PAGE)
    assert fetch(job(url)) == PreviewResult(7, 2, url, "ready", "Hello", "There", "127.0.0.1")
    ((path, headers),) = pages.requests
    assert path == "/a?b=%20c"
    assert headers["User-Agent"] == f"Parley/{__version__} (link preview)"
    assert headers["Host"] == f"127.0.0.1:{pages.port}"
    assert headers["Accept"].startswith("text/html")
    assert not {"Cookie", "Authorization", "Referer", "X-Forwarded-For"} & set(headers)


def test_a_fragment_stays_here(pages: PageServer, fetch: Fetcher) -> None:
    pages.page("/a", PAGE)
    assert fetch(job(pages.url("/a#secret"))).state == "ready"
    assert pages.paths == ["/a"]


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-8"])
def test_the_charset_of_the_header_holds(pages: PageServer, fetch: Fetcher, charset: str) -> None:
    kind = {"Content-Type": f'Text/HTML; Charset="{charset}"'}
    url = pages.page("/", "<title>Привет</title>".encode(charset), headers=kind)
    assert fetch(job(url)).title == "Привет"


def test_bad_bytes_do_no_harm(pages: PageServer, fetch: Fetcher) -> None:
    assert fetch(job(pages.page("/", b"<title>a\xff\x00b</title>"))).title == "a\ufffd\ufffdb"


def test_a_huge_page_is_read_no_further_than_needed(pages: PageServer, fetch: Fetcher) -> None:
    sent = Event()

    def huge(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        try:
            request.wfile.write(b"<title>Huge</title>")
            while True:
                request.wfile.write(b"x" * 65536)
        except OSError:
            sent.set()

    assert fetch(job(pages.answer("/", huge))).title == "Huge"
    assert sent.wait(10)


@pytest.mark.parametrize("name", ["gzip", "x-gzip"])
def test_compressed(pages: PageServer, fetch: Fetcher, name: str) -> None:
    url = pages.page("/", gzip.compress(PAGE.encode()), headers={"Content-Encoding": name})
    assert fetch(job(url)).title == "Hello"
    assert pages.requests[0][1]["Accept-Encoding"] == "gzip"


def test_a_bomb_does_not_unfold(pages: PageServer, fetch: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    unfolded = 0
    make = zlib.decompressobj

    class Counting:
        def __init__(self, *args: Any) -> None:
            self._real = make(*args)

        def decompress(self, data: bytes, limit: int) -> bytes:
            nonlocal unfolded
            plain = self._real.decompress(data, limit)
            unfolded += len(plain)
            return plain

    bomb = gzip.compress(b"<title>Bomb</title>" + bytes(50_000_000))
    url = pages.page("/", bomb, headers={"Content-Encoding": "gzip"})
    monkeypatch.setattr(zlib, "decompressobj", Counting)
    assert fetch(job(url)).title == "Bomb"
    assert 0 < unfolded <= fetch.size


@pytest.mark.parametrize(
    ("encoding", "body"), [("gzip", b"no gzip"), ("br", PAGE.encode()), ("gzip, gzip", PAGE.encode())]
)
def test_an_encoding_that_cannot_be_read_fails(pages: PageServer, fetch: Fetcher, encoding: str, body: bytes) -> None:
    assert fetch(job(pages.page("/", body, headers={"Content-Encoding": encoding}))).state == "failed"


# ── states ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "kind", ["text/plain", "image/svg+xml", "application/pdf", "application/json", "", "text/htmlx"]
)
def test_what_is_no_html_is_refused(pages: PageServer, fetch: Fetcher, kind: str) -> None:
    assert fetch(job(pages.page("/", PAGE, headers={"Content-Type": kind}))).state == "refused"


@pytest.mark.parametrize("status", [400, 403, 404, 418, 429, 500, 503, 304, 300])
def test_a_status_that_is_no_success_fails(pages: PageServer, fetch: Fetcher, status: int) -> None:
    assert fetch(job(pages.page("/", PAGE, status=status))).state == "failed"


def test_a_page_without_title_fails(pages: PageServer, fetch: Fetcher) -> None:
    assert fetch(job(pages.page("/", "<p>Hello"))) == PreviewResult(7, 2, pages.url("/"), "failed")


def test_nobody_listens(fetch: Fetcher) -> None:
    server = PageServer()
    server.close()
    assert fetch(job(server.url("/"))).state == "failed"


def test_what_does_not_speak_http_fails(pages: PageServer, fetch: Fetcher) -> None:
    def noise(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")

    assert fetch(job(pages.answer("/", noise))).state == "failed"
    assert fetch(job(pages.url("/").replace("http:", "https:"))).state == "failed"


def test_a_name_that_is_none_fails() -> None:
    def nowhere(_: str) -> Sequence[Address]:
        raise OSError("no such name")

    assert fetching(resolve=nowhere, network=NoNetwork())(job(URL)).state == "failed"


def test_a_fault_of_ours_is_logged_and_ends_as_failed() -> None:
    def broken(_: str) -> Sequence[Address]:
        raise RuntimeError("a fault")

    with capture_logs() as logs:
        assert fetching(resolve=broken, network=NoNetwork())(job(URL)).state == "failed"
    assert [each["event"] for each in logs] == ["preview broke", "preview"]


def test_the_log_tells_host_state_and_time_only(pages: PageServer, fetch: Fetcher) -> None:
    pages.page("/private?token=1", PAGE)
    with capture_logs() as logs:
        fetch(job(pages.url("/private?token=1")))
    (line,) = logs
    assert line["host"] == "127.0.0.1"
    assert line["state"] == "ready"
    assert set(line) == {"event", "log_level", "host", "state", "ms"}


# ── time ────────────────────────────────────────────────────────────────────────────────────────────


def drip(request: BaseHTTPRequestHandler, parts: Iterable[bytes], stop: Event) -> None:
    for part in parts:
        request.wfile.write(part)
        if stop.wait(0.05):
            return


def endless(beginning: bytes) -> Iterator[bytes]:
    yield beginning
    while True:
        yield b"x"


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    "beginning",
    [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", HTML + b"\r\n<title>Slow</title>"],
    ids=["line", "header", "body"],
)
def test_a_server_that_drips_is_left_in_time(pages: PageServer, beginning: bytes) -> None:
    stop = Event()
    url = pages.answer("/", lambda request: drip(request, endless(beginning), stop))
    began = time.monotonic()
    assert fetching(LOOPBACK, seconds=0.5)(job(url)).state == "failed"
    assert 0.4 < time.monotonic() - began < 5
    stop.set()


def test_redirects_share_the_time(pages: PageServer) -> None:
    stop = Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        stop.wait(0.4)
        request.wfile.write(b"HTTP/1.1 302 Found\r\nLocation: " + request.path.encode() + b"x\r\n\r\n")

    for path in ("/", "/x", "/xx"):
        pages.answer(path, slow)
    pages.page("/xxx", PAGE)
    assert fetching(LOOPBACK, seconds=0.6)(job(pages.url("/"))).state == "failed"
    assert "/xxx" not in pages.paths
    stop.set()


def test_a_resolver_that_hangs_is_left_in_time() -> None:
    stop = Event()

    def hang(_: str) -> Sequence[Address]:
        stop.wait(30)
        return []

    began = time.monotonic()
    assert fetching(seconds=0.3, resolve=hang, network=NoNetwork())(job(URL)).state == "failed"
    assert time.monotonic() - began < 5
    stop.set()


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://localhost/", "http://LOCALHOST./", "http://127.1/", "http://127.0.0.1./"),
        *("http://0x7f.1/", "http://0x7f000001/", "http://2130706433/", "http://017700000001/", "http://0177.0.0.1/"),
        *("http://0/", "http://0.0.0.0/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/"),
        *("http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[fe80::1%25lo]/"),
        *("http://[fe80::1%lo]/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[fd00::1]/"),
        *("http://127。0。0。1/", "http://%31%32%37.0.0.1/", "http://１２７.0.0.1/", "http://①②⑦.⓪.⓪.①/"),
        *("http://user@93.184.215.14/", "http://user:password@93.184.215.14/", "http://93.184.215.14@127.0.0.1/"),
        *(
            "http://93.184.215.14:80@127.0.0.1/",
            "http://93.184.215.14\\@127.0.0.1/",
            "http://127.0.0.1#@93.184.215.14/",
        ),
        *("http://93.184.215.14:22/", "http://93.184.215.14:8080/", "https://93.184.215.14:6379/", "http://1.1.1.1:0/"),
        *("ftp://93.184.215.14/", "file:///etc/passwd", "gopher://93.184.215.14/", "javascript:alert(1)", "data:,x"),
        *("//93.184.215.14/", "/etc/passwd", "", "http://", "http:///path", "http://:80/", "http://.example/"),
        *("http://a b/", "http://a\r\nHost: b/", "http://[1:2/", "http://1.1.1.1:99999999/", "http://" + "a" * 70_000),
        "http://1.1.1.1\t@127.0.0.1/",
    ],
)
def test_no_spelling_leads_inside(url: str) -> None:
    assert fetching(network=NoNetwork())(job(url)) == PreviewResult(7, 2, url, "refused")


@pytest.mark.parametrize("answer", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["fd00::1", PUBLIC], ["::ffff:1.1.1.1"], []])
def test_a_name_that_leads_inside_is_refused(answer: list[str]) -> None:
    names = Names(answer)
    assert fetching(resolve=names, network=NoNetwork())(job(URL)).state == "refused"
    assert names.asked == ["pages.example"]


def test_an_allowed_network_opens_nothing_else(pages: PageServer) -> None:
    url = pages.page("/", PAGE)
    elsewhere = fetching((ip_network("127.9.0.0/16"),), network=NoNetwork())
    assert elsewhere(job(url)).state == "refused"
    assert fetching((ip_network("127.0.0.1/32"),))(job(url)).state == "ready"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(pages: PageServer, fetch: Fetcher, status: int) -> None:
    pages.page("/there/page", PAGE)
    pages.redirect("/there/from", "page#x", status)
    assert fetch(job(pages.url("/there/from"))).title == "Hello"


def test_three_redirects_and_no_more(pages: PageServer, fetch: Fetcher) -> None:
    for number in range(4):
        pages.redirect(f"/{number}", f"/{number + 1}")
    pages.page("/4", PAGE)
    assert fetch(job(pages.url("/1"))).state == "ready"
    assert fetch(job(pages.url("/0"))).state == "refused"
    assert pages.paths == ["/1", "/2", "/3", "/4", "/0", "/1", "/2", "/3"]


@pytest.mark.parametrize(
    "to",
    [
        *("http://127.0.0.2:{port}/", "http://169.254.169.254/", "http://[::1]:{port}/"),
        *(
            "file:///etc/passwd",
            "ftp://127.0.0.1/",
            "http://a:b@127.0.0.1:{port}/",
            "//10.0.0.1/",
            "http://[",
        ),
        *("http://0x7f.2:{port}/", "http://[::ffff:127.0.0.1]:{port}/"),
    ],
)
def test_a_redirect_inside_is_refused(pages: PageServer, to: str) -> None:
    pages.page("/", PAGE)
    url = pages.redirect("/from", to.format(port=pages.port))
    fetch = fetching((ip_network("127.0.0.1/32"),))
    assert fetch(job(url)).state == "refused"
    assert pages.paths == ["/from"]


def test_a_redirect_without_a_place_fails(pages: PageServer, fetch: Fetcher) -> None:
    assert fetch(job(pages.page("/", status=302))).state == "failed"


# ── the checked address is the dialled one ──────────────────────────────────────────────────────────


def test_a_name_is_asked_once_and_the_answer_dialled(pages: PageServer) -> None:
    """Rebinding: by the second question the name would lead inside; nobody asks twice."""
    pages.page("/", PAGE)
    names, network = Names([PUBLIC], ["127.0.0.1"]), Recorded(pages)
    assert fetching(resolve=names, network=network)(job(URL)).state == "ready"
    assert names.asked == ["pages.example"]
    assert network.dialled == [(PUBLIC, 80)]
    assert pages.requests[0][1]["Host"] == "pages.example"


def test_a_name_is_judged_again_on_each_redirect(pages: PageServer) -> None:
    pages.redirect("/", "http://pages.example/inside")
    names, network = Names([PUBLIC], ["127.0.0.1"]), Recorded(pages)
    assert fetching(resolve=names, network=network)(job(URL)).state == "refused"
    assert names.asked == ["pages.example"] * 2
    assert network.dialled == [(PUBLIC, 80)]


def test_the_next_address_is_tried(pages: PageServer) -> None:
    pages.page("/", PAGE)
    names, network = Names(["2606:4700::1111", PUBLIC]), Recorded(pages, unreachable=["2606:4700::1111"])
    assert fetching(resolve=names, network=network)(job(URL)).state == "ready"
    assert network.dialled == [("2606:4700::1111", 80), (PUBLIC, 80)]
    assert (
        fetching(resolve=names, network=Recorded(pages, unreachable=["2606:4700::1111", PUBLIC]))(job(URL)).state
        == "failed"
    )


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://BÜCHER.example./", "xn--bcher-kva.example", 80),
        ("http://pages.example:443/", "pages.example:443", 443),
        ("http://[2606:4700::1111]/", "[2606:4700::1111]", 80),
    ],
)
def test_the_name_in_one_form(pages: PageServer, url: str, host: str, port: int) -> None:
    pages.page("/", PAGE)
    names, network = Names([PUBLIC]), Recorded(pages)
    assert fetching(resolve=names, network=network)(job(url)).state == "ready"
    assert network.dialled == [(PUBLIC, port)]
    assert pages.requests[0][1]["Host"] == host


def test_the_environment_offers_no_proxy(pages: PageServer, fetch: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetch(job(pages.page("/", PAGE))).state == "ready"


def test_cookies_are_forgotten(pages: PageServer, fetch: Fetcher) -> None:
    pages.page("/from", status=302, headers={"Location": "/to", "Set-Cookie": "a=b; Path=/"})
    pages.page("/to", PAGE)
    assert fetch(job(pages.url("/from"))).state == "ready"
    assert "Cookie" not in pages.requests[1][1]


# ── TLS ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_certificate_is_checked_against_the_name(secured: PageServer) -> None:
    secured.page("/", PAGE)
    trusting = ssl.create_default_context(cafile=TLS / "certificate.pem")
    names, network = Names([PUBLIC]), Recorded(secured)
    fetch = fetching(resolve=names, network=network, tls=trusting)
    assert fetch(job("https://pages.example./")).state == "ready"
    assert network.dialled == [(PUBLIC, 443)]
    assert fetch(job("https://other.example/")).state == "failed"
    assert fetch(job(f"https://{PUBLIC}/")).state == "failed"
    assert fetching(resolve=names, network=network)(job("https://pages.example/")).state == "failed"  # who signed that?
    assert secured.paths == ["/"]


def test_the_settings_reach_the_fetcher() -> None:
    fetch = Fetcher.of(Settings(preview_allow=LOOPBACK, preview_timeout=1.5, preview_bytes=1000))
    assert (fetch.exceptions, fetch.seconds, fetch.size) == (LOOPBACK, 1.5, 1000)
