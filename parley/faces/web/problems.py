"""Every refusal and failure, told as a problem (RFC 9457) to programs and as a page to people."""

import math
import secrets
from http import HTTPStatus

import structlog
from flask import Flask, Response, render_template, request
from msgspec import Struct
from werkzeug.exceptions import HTTPException

from parley.errors import Refused, Unauthenticated
from parley.faces.web.bodies import LONGEST
from parley.node import Node
from parley.wire import encode

MEDIA_TYPE = "application/problem+json"

_UNSERVED = {  # what Flask refuses by itself: code and sentence
    400: ("bad_request", "The request is not one that this server understands."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not know that method; the header Allow names those it does."),
    413: ("too_large", f"The body is larger than {LONGEST // 1024} KiB."),
    416: ("range_not_satisfiable", "The file has nothing in that range."),
    415: ("unsupported_media_type", "Send JSON, with the header Content-Type: application/json."),
}
_TITLES = {
    404: "There is nothing here",
    429: "Too fast",
    500: "Something went wrong",
    503: "Back in a moment",
}

log = structlog.get_logger(__name__)


class Problem(Struct, omit_defaults=True):
    """Why a request was not carried out. `code` is for programs, `detail` for people."""

    title: str
    status: int
    detail: str
    code: str
    id: str = ""  # of a failure inside; the log has it as well


def tell_problems(app: Flask, node: Node) -> None:
    """Handle everything that a view, or Flask itself, may raise."""

    def refused(error: Refused) -> Response:
        node.metrics.refusals.labels(error.code).inc()
        response = _tell(error.status, error.detail, error.code)
        if isinstance(error, Unauthenticated):
            response.headers["WWW-Authenticate"] = _challenge()
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(math.ceil(error.retry_after))
        return response

    def unserved(error: HTTPException) -> Response:
        status = error.code or 500
        code, detail = _UNSERVED.get(status, ("refused", f"{HTTPStatus(status).phrase}."))
        response = _tell(status, detail, code)
        for name, value in error.get_headers():
            if name in ("Allow", "Content-Range"):
                response.headers[name] = value
        return response

    def failed(error: Exception) -> Response:
        number = secrets.token_hex(5)
        log.error("request_failed", id=number, endpoint=request.endpoint, exc_info=error)
        detail = f"This is our fault. Whoever runs this server finds out more under the number {number}."
        return _tell(500, detail, "internal", number)

    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, unserved)
    app.register_error_handler(Exception, failed)


def _tell(status: int, detail: str, code: str, number: str = "") -> Response:
    phrase = HTTPStatus(status).phrase
    if _is_person():
        page = render_template("error.html", title=_TITLES.get(status, phrase), detail=detail, status=status)
        return Response(page, status)
    return Response(encode(Problem(phrase, status, detail, code, number)), status, mimetype=MEDIA_TYPE)


def _is_person() -> bool:
    """Whether a page is wanted rather than JSON. The API never answers with pages."""
    accepted = request.accept_mimetypes
    return (
        not request.path.startswith("/api/")
        and "text/html" in accepted.values()
        and accepted["text/html"] >= accepted["application/json"]
    )


def _challenge() -> str:
    # Only a program asks for a token: a browser that is told of Basic asks for a password by itself.
    return 'Basic realm="Parley", charset="UTF-8"' if request.path == "/api/tokens" else 'Bearer realm="Parley"'
