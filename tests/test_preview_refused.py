"""Fetching, with real servers on loopback addresses: what is refused; the checked address is the dialled one."""

import ssl
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from parley.jobs.fetch import Fetcher
from parley.jobs.queue import PreviewResult
from tests.fetching import PAGE, PUBLIC, URL, Names, NoNetwork, Recorded, fetching, job
from tests.services import TLS, PageServer


@pytest.fixture
def secured() -> Iterator[PageServer]:
    server = PageServer(tls=True)
    yield server
    server.close()


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
