"""The browser's files, read once, and sent compressed and without comments.

Their address holds a digest of them all, so that a browser may keep them for ever, and modules that import each
other by relative paths come from the same version. The service worker keeps all of one digest together.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from parley import shortcodes
from parley.faces.web.uncommented import LEXERS, uncommented

FOLDER = Path(__file__).parent / "static"
SHELL = "shell.html"  # the page without anybody's name in it, for when there is no network
WORKER = "js/service-worker.js"
EMOJI = "emoji.json"  # all of them, each with its names
UNKEPT = (WORKER, "js/wire.js")  # that one is only types
AT_THE_ROOT = ("favicon.ico", "manifest.webmanifest", "robots.txt")
FOR_EVER = "public, max-age=31536000, immutable"

# Not the system's table, which differs from machine to machine. Text is compressed.
TEXT = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
BINARY = {".ico": "image/x-icon", ".png": "image/png", ".woff2": "font/woff2"}


class File:
    """One file. What is sent of it is made when it is first asked for: most processes never send most files."""

    def __init__(self, source: bytes, suffix: str, *, bare: bool = False) -> None:
        self.source = source
        self.type = TEXT.get(suffix) or BINARY[suffix]
        self.etag = hashlib.sha256(source).hexdigest()[:16]
        self._suffix = suffix
        self._commented = suffix in LEXERS and not bare

    @cached_property
    def content(self) -> bytes:
        """What is sent."""
        return uncommented(self.source.decode(), self._suffix).encode() if self._commented else self.source

    @cached_property
    def compressed(self) -> bytes | None:
        """The same, compressed; None for what would not become smaller."""
        return gzip.compress(self.content, 9, mtime=0) if self._suffix in TEXT else None


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """All files of the folder, by their path in it."""

    files: dict[str, File]
    digest: str

    @classmethod
    def read(cls, folder: Path = FOLDER) -> "StaticFiles":
        """Read them; what has no type that browsers know is left out."""
        found = {}
        whole = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.suffix not in TEXT | BINARY or not path.is_file():
                continue
            name = path.relative_to(folder).as_posix()
            found[name] = File(path.read_bytes(), path.suffix)
        found[EMOJI] = File(json.dumps(shortcodes.catalogue(), ensure_ascii=False).encode(), ".json")
        for name, file in found.items():
            whole.update(f"{name} {file.etag}\n".encode())
        return cls(found, whole.hexdigest()[:12])

    def with_shell(self, render: Callable[[str], str]) -> "StaticFiles":
        """These and the shell, rendered for the prefix that addresses of files then have; it counts in the digest."""
        digest = hashlib.sha256((self.digest + render("")).encode()).hexdigest()[:12]
        whole = StaticFiles({**self.files}, digest)
        whole.files[SHELL] = File(render(whole.prefix).encode(), ".html")
        return whole

    def find(self, name: str) -> File | None:
        """A file; or several sheets in one, as `css/base+chat.css`: together they are half as long, and one request."""
        if name in self.files or "+" not in name or not name.endswith(".css"):
            return self.files.get(name)
        folder, _, sheets = name.removesuffix(".css").rpartition("/")
        parts = [self.files.get(f"{folder}/{sheet}.css") for sheet in sheets.split("+")]
        if len(parts) > len(set(parts)) or None in parts:
            return None
        return _together(tuple(part for part in parts if part))

    @property
    def prefix(self) -> str:
        """What addresses of files begin with."""
        return f"/static/{self.digest}"

    def worker(self, offline: bool) -> bytes:
        """The service worker, told which files make this release; if not `offline`, one that removes itself."""
        suffixes = (".js", ".css", ".html")
        kept = {name for name in self.files if name.endswith(suffixes) and name not in (*UNKEPT, SHELL)}
        kept.update(re.findall(rf'"{self.prefix}/([^"]+)"', self.files[SHELL].source.decode()))
        release = {"version": self.digest, "files": sorted(kept)} if offline else None
        return f"self.release = {json.dumps(release)};\n".encode() + self.files[WORKER].source


@lru_cache(maxsize=8)
def _together(sheets: tuple[File, ...]) -> File:
    # Of what is sent of each: to look for comments takes long, and anybody may ask for sheets in any order.
    return File(b"\n".join(sheet.content for sheet in sheets), ".css", bare=True)


def static_files(static: StaticFiles, offline: bool) -> Blueprint:
    """Serve them from memory, by lookup only: no path of a request ever reaches the disk."""
    routes = Blueprint("static_files", __name__)
    worker = File(static.worker(offline), ".js")

    @routes.get("/static/<digest>/<path:name>")
    def file(digest: str, name: str) -> Response:
        # A page of an older version may still ask: it gets today's file, and shall not keep it.
        return _send(static.find(name), FOR_EVER if digest == static.digest else "no-cache")

    @routes.get("/<any({}):name>".format(",".join(f'"{name}"' for name in AT_THE_ROOT)))
    def at_the_root(name: str) -> Response:
        if name == "favicon.ico" and name not in static.files:
            name = "icon.svg"
        return _send(static.files.get(name), "no-cache")

    @routes.get("/service-worker.js")
    def service_worker() -> Response:
        return _send(worker, "no-cache")  # at the root, for it may speak only for what is below it

    return routes


def _send(file: File | None, cache: str) -> Response:
    if file is None:
        raise NotFound
    compressed = file.compressed if request.accept_encodings["gzip"] > 0 else None
    response = Response(file.content if compressed is None else compressed, content_type=file.type)
    response.headers["Cache-Control"] = cache
    response.set_etag(file.etag if compressed is None else f"{file.etag}-gzip")
    if file.compressed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if compressed is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.make_conditional(request)
    return response
