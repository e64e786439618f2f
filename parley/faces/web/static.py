"""The browser's files, read and compressed once.

Their address holds a digest of them all, so that a browser may keep them for ever, and modules that import each
other by relative paths come from the same version.
"""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

FOLDER = Path(__file__).parent / "static"
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


class File(NamedTuple):
    """One file, ready to be sent."""

    content: bytes
    compressed: bytes | None
    type: str
    etag: str


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
            type = TEXT.get(path.suffix) or BINARY.get(path.suffix)
            if type is None or not path.is_file():
                continue
            name, content = path.relative_to(folder).as_posix(), path.read_bytes()
            etag = hashlib.sha256(content).hexdigest()[:16]
            whole.update(f"{name} {etag}\n".encode())
            compressed = gzip.compress(content, 9, mtime=0) if path.suffix in TEXT else None
            found[name] = File(content, compressed, type, etag)
        return cls(found, whole.hexdigest()[:12])

    @property
    def prefix(self) -> str:
        """What addresses of files begin with."""
        return f"/static/{self.digest}"


def static_files(static: StaticFiles) -> Blueprint:
    """Serve them from memory, by lookup only: no path of a request ever reaches the disk."""
    routes = Blueprint("static_files", __name__)

    @routes.get("/static/<digest>/<path:name>")
    def file(digest: str, name: str) -> Response:
        # A page of an older version may still ask: it gets today's file, and shall not keep it.
        return _send(static, name, FOR_EVER if digest == static.digest else "no-cache")

    @routes.get("/<any({}):name>".format(",".join(f'"{name}"' for name in AT_THE_ROOT)))
    def at_the_root(name: str) -> Response:
        if name == "favicon.ico" and name not in static.files:
            name = "icon.svg"
        return _send(static, name, "no-cache")

    return routes


def _send(static: StaticFiles, name: str, cache: str) -> Response:
    file = static.files.get(name)
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
