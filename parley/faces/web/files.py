"""Files over HTTP, sent and fetched. Their bytes pass by the threads of this face, see `parley.files.transfer`."""

import hashlib
import unicodedata
from urllib.parse import quote

from flask import Blueprint, Response, request
from msgspec import Struct

from parley.core import files
from parley.errors import Invalid, TooLarge
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, no_content, query
from parley.faces.web.operation import ANY, Operation
from parley.files.kind import SHOWN
from parley.files.pictures import THUMBNAIL_TYPE
from parley.files.transfer import Stretch, Transfer, transfer_of
from parley.filing import thumbnail_of
from parley.node import Node
from parley.store.files import Stored
from parley.wire import File

# What comes from people is shown as if it came from nowhere, and runs nothing.
CSP = "default-src 'none'; sandbox"
CACHE = "private, no-cache"  # kept, but asked for each time: who was removed may see it no longer


class FileQuery(Struct, forbid_unknown_fields=True):
    """The name of the file that is sent. Its type is found by its content."""

    name: str


FILES = (
    Operation(
        "post",
        "/api/files",
        "Send a file, which one may then post. The body is the file as it is, with Content-Length.",
        {201: File},
        body=ANY,
        query=FileQuery,
        refusals=(408, 409),
    ),
    Operation("get", "/api/files/{number}", "What a file is.", {200: File}, login="reader", refusals=(404,)),
    Operation(
        "delete",
        "/api/files/{number}",
        "Throw away a file that one has sent and not posted.",
        {204: None},
        refusals=(404,),
    ),
)


def files_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/files`, and the files themselves."""
    routes = Blueprint("files", __name__)

    @routes.post("/api/files")
    def send() -> Response:
        """Asked twice: may a body come, and here it is."""
        session = visitors.signed_in()
        wanted = query(FileQuery)
        transfer = transfer_of(request.environ)
        if transfer.body is None:
            admit(session.user, transfer)
            return no_content()
        file = node.filing.take(session.user, wanted.name, transfer.body)
        return answer(file, 201, f"/api/files/{file.id}")

    def admit(user: int, transfer: Transfer) -> None:
        """Raises Invalid, TooLarge, TooMany, Conflict, Unavailable."""
        length, most = request.content_length, node.settings.file_size
        if length is None:
            raise Invalid("Say with Content-Length how long the file is.", code="length_required")
        if length == 0:
            raise Invalid("The file is empty.", code="empty")
        if length > most:
            raise TooLarge(f"The file has {length:,} bytes; {most:,} are the most that are taken here.")
        node.limits.spend("upload", user)
        files.check_room_for(node.store, user, length, node.settings.file_quota)
        transfer.done = node.uploads.begin(user)
        transfer.admitted = length

    @routes.get("/api/files/<id:number>")
    def show(number: int) -> Response:
        return answer(files.readable(node.store, visitors.reader(), number).file)

    @routes.delete("/api/files/<id:number>")
    def discard(number: int) -> Response:
        session = visitors.signed_in()
        node.store.run(files.Discard(session.user, number))
        node.filing.wake()
        return no_content()

    @routes.get("/files/<id:number>/thumbnail")
    def thumbnail(number: int) -> Response:
        found = readable(number)
        if found.thumbnail is None:
            raise files.no_file()
        return carry(thumbnail_of(found.blob), found.thumbnail, THUMBNAIL_TYPE, "inline")

    @routes.get("/files/<id:number>/<name>")
    def fetch(number: int, name: str) -> Response:
        found = readable(number)
        if name != found.file.name:
            raise files.no_file()
        told = "inline" if found.file.type in SHOWN else "attachment"
        return carry(found.blob, found.file.size, found.file.type, f"{told}; {_named(name)}")

    def readable(number: int) -> Stored:
        return files.readable(node.store, visitors.reader("download"), number)

    def carry(blob: str, size: int, kind: str, disposition: str) -> Response:
        """An answer whose body the server in front sends: all of it, a range (RFC 9110 §14), or none if it is known."""
        response = Response(content_type=kind)
        response.headers["Content-Security-Policy"] = CSP
        response.headers["Content-Disposition"] = disposition
        response.headers["Cache-Control"] = CACHE
        response.content_length = size
        response.set_etag(hashlib.sha256(blob.encode()).hexdigest()[:16])
        response.make_conditional(request, accept_ranges=True, complete_length=size)
        response.response = ()
        if request.method == "GET" and response.status_code in (200, 206):
            start = response.content_range.start or 0
            transfer_of(request.environ).sends = Stretch(blob, start, response.content_length or 0)
        return response

    return routes


def _named(name: str) -> str:
    """The name as RFC 6266 and RFC 8187 want it: for every client, and for those that know more than ASCII."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    quoted = plain.replace("\\", "_").replace('"', "_")
    return f"filename=\"{quoted}\"; filename*=UTF-8''{quote(name, safe='')}"
