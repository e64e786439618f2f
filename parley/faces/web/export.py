"""A person's own data as a ZIP file, sent while it is made, so that it needs no memory and no disk."""

import time
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain

from flask import Blueprint, Response, request

from parley.core import export
from parley.core.export import Own, Part
from parley.faces.web.authentication import Visitors
from parley.faces.web.operation import Operation
from parley.files.transfer import transfer_of
from parley.node import Node

EXPORT = Operation(
    "get",
    "/api/users/{number}/export",
    "Everything that is one's own, as a ZIP file.",
    {200: "application/zip"},
    refusals=(403, 404),
)


class Sink:
    """What a ZIP file is written to: a file that cannot be read or sought, and gives away what it has got."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        """Take some."""
        self._waiting += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits for this."""

    def take(self) -> bytes:
        """All that came since the last call."""
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


def zipped(parts: Iterable[Part]) -> Iterator[bytes]:
    """These files in one, in pieces."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # it is enough of a file
        for name, pieces in parts:
            entry = zipfile.ZipInfo(name, time.gmtime()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            with archive.open(entry, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
                    yield sink.take()
    yield sink.take()


def export_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/users/ID/export`."""
    routes = Blueprint("export", __name__)
    own = Own(node.store, node.presence, node.filing.storage.read)

    @routes.get("/api/users/<id:number>/export")
    def take(number: int) -> Response:
        visitors.themselves(number, "Only one's own data can be taken along.")
        response = Response(iter(()), mimetype="application/zip")
        response.headers["Content-Disposition"] = 'attachment; filename="parley.zip"'
        if request.method == "GET":
            node.limits.spend("export", number)
            pieces = zipped(export.parts(own, number))
            first = next(pieces)  # what is wrong at once can still be said
            transfer_of(request.environ).sends = chain((first,), pieces)
        return response

    return routes
