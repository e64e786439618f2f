"""Fetch the page behind a link, as a server may that anybody can send anywhere.

`docs/decisions/0006-fetching-previews-safely.md` says against what, and why so.
"""

import re
import ssl
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpcore
import httpx
import structlog

from parley import __version__
from parley.jobs.addresses import Network, permitted
from parley.jobs.charset import decode
from parley.jobs.extract import Extract, extract
from parley.jobs.pinned import Deadline, PinnedBackend, Resolve, resolve
from parley.jobs.queue import PreviewJob, PreviewResult, State
from parley.settings import Settings

REDIRECTS = 3
HTML = frozenset({"text/html", "application/xhtml+xml"})
HEADERS = {
    "User-Agent": f"Parley/{__version__} (link preview)",
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip",
}
PORT_OF = {"http": 80, "https": 443}

_HOST = re.compile(r"[a-z0-9_-][a-z0-9_.-]*|[0-9a-f:.]*:[0-9a-f:.]*")  # a name, IPv4 or IPv6; no zone, no %
_CHARSET = re.compile(r";\s*charset\s*=\s*([^;]+)", re.IGNORECASE)
_REDIRECTING = frozenset({301, 302, 303, 307, 308})

_log = structlog.get_logger(__name__)


class _Refused(Exception):
    """Our rules forbid to go on."""


class _Failed(Exception):
    """There is nothing to show."""


# What names, networks, servers and their compression can do to us; each is the page's failure, not ours.
_FAILURES = (
    *(_Failed, OSError, UnicodeError, zlib.error),
    *(httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, httpcore.UnsupportedProtocol),
)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Does preview jobs. May be called from many threads at once."""

    exceptions: Sequence[Network] = ()  # private networks that are allowed all the same, at any port
    seconds: float = 5.0  # in all
    size: int = 524288  # bytes that are read, after decompression
    resolve: Resolve = resolve
    network: httpcore.NetworkBackend = field(default_factory=httpcore.SyncBackend)
    tls: ssl.SSLContext = field(default_factory=httpcore.default_ssl_context)

    @classmethod
    def of(cls, settings: Settings) -> "Fetcher":
        """The fetcher that the settings ask for."""
        return cls(settings.preview_allow, settings.preview_timeout, settings.preview_bytes)

    def __call__(self, job: PreviewJob) -> PreviewResult:
        """Fetch a page and say what to show. Never raises; logs the host, the state and the time only."""
        began = time.monotonic()
        said = Extract("", "", "")
        host = ""
        state: State
        try:
            url = httpx.URL(job.url)
            host = url.host
            said = self._follow(_checked(url), Deadline(self.seconds))
            state = "ready"
        except (_Refused, httpx.InvalidURL):
            state = "refused"
        except _FAILURES:
            state = "failed"
        except Exception:
            _log.exception("preview_broke", host=host)
            state = "failed"
        _log.info("preview", host=host, state=state, ms=round(1000 * (time.monotonic() - began)))
        return PreviewResult(job.message, job.position, job.url, state, *said)

    def _follow(self, url: httpx.URL, deadline: Deadline) -> Extract:
        for _ in range(1 + REDIRECTS):
            found = self._get(url, deadline)
            if isinstance(found, Extract):
                return found
            url = _checked(url.join(found))
        raise _Refused("too many redirects")

    def _get(self, url: httpx.URL, deadline: Deadline) -> Extract | str:
        """One request: what the page says, or where it points to."""
        port = url.port or PORT_OF[url.scheme]
        addresses = deadline.resolve(url.raw_host.decode("ascii"), self.resolve)
        if not permitted(addresses, port, self.exceptions):
            raise _Refused("address or port")
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=port, target=url.raw_path)
        headers = {"Host": url.netloc.decode("ascii"), **HEADERS}
        pinned = PinnedBackend(addresses, deadline, self.network)
        # A pool for one request: it has no proxy, no cookies, and nothing that a later request could inherit.
        with (
            httpcore.ConnectionPool(self.tls, network_backend=pinned) as pool,
            pool.stream("GET", target, headers=list(headers.items())) as response,
        ):
            answer = httpx.Headers(response.headers)
            if response.status in _REDIRECTING and "Location" in answer:
                return answer["Location"]
            if not 200 <= response.status < 300:
                raise _Failed("status")
            kind = answer.get("Content-Type", "")
            if kind.partition(";")[0].strip().lower() not in HTML:
                raise _Refused("not HTML")
            charset = _CHARSET.search(kind)
            body = self._read(response, answer.get("Content-Encoding", "").strip().lower())
        said = extract(decode(body, charset[1] if charset else None), url.host)
        if not said.title:
            raise _Failed("no title")
        return said

    def _read(self, response: httpcore.Response, encoding: str) -> bytes:
        """The beginning of the body, decompressed no further than needed: a bomb never unfolds."""
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise _Failed("an encoding that was not asked for")
        gunzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding.endswith("gzip") else None
        body = bytearray()
        received = 0
        for chunk in response.iter_stream():
            received += len(chunk)
            body += gunzip.decompress(chunk, self.size - len(body)) if gunzip else chunk
            if max(received, len(body)) >= self.size:
                break
        return bytes(body[: self.size])


def _checked(url: httpx.URL) -> httpx.URL:
    """The address in the one form that everything after this sees. Raises _Refused."""
    host = url.raw_host.decode("ascii").lower().removesuffix(".")
    if url.scheme not in PORT_OF or url.userinfo or not _HOST.fullmatch(host) or url.port == 0:
        raise _Refused("scheme, userinfo or host")
    return url.copy_with(host=host, fragment=None)
