"""Fetching, with real servers on loopback addresses: what is shown, what fails, what ends in time."""

import gzip
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest
from structlog.testing import capture_logs

from parley import __version__
from parley.jobs.addresses import Address
from parley.jobs.fetch import Fetcher
from parley.jobs.queue import PreviewResult
from parley.settings import Settings
from tests.fetching import PAGE, URL, NoNetwork, fetching, job
from tests.services import LOOPBACK, PageServer

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
    assert [each["event"] for each in logs] == ["preview_broke", "preview"]


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


def test_the_settings_reach_the_fetcher() -> None:
    fetch = Fetcher.of(Settings(preview_allow=LOOPBACK, preview_timeout=1.5, preview_bytes=1000))
    assert (fetch.exceptions, fetch.seconds, fetch.size) == (LOOPBACK, 1.5, 1000)
