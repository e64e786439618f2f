"""What a request brings, decoded into typed structs; what does not fit is refused by the name of the field."""

from collections.abc import Callable
from typing import Any, TypeVar

import flask
import msgspec
from flask import Response, request
from msgspec import Struct
from msgspec.structs import asdict
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from parley.errors import Invalid
from parley.wire import encode

LONGEST = 128 * 1024  # bytes in a body: 8,000 characters fit, even escaped as surrogate pairs

T = TypeVar("T", bound=Struct)


class Request(flask.Request):
    """A request whose body ends by itself, so that one in chunks can be read as well."""

    def __init__(self, environ: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        environ["wsgi.input_terminated"] = True
        super().__init__(environ, *args, **kwargs)


def body(shape: type[T]) -> T:
    """The JSON body of the request. Raises Invalid, or 413 and 415 as Werkzeug's exceptions."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    data = request.get_data(cache=False)
    if request.content_length is None and len(data) >= LONGEST:
        raise RequestEntityTooLarge  # Werkzeug cuts a body in chunks off at the limit and says nothing
    return _decode("body", lambda: msgspec.json.decode(data, type=shape))


def query(shape: type[T]) -> T:
    """The query string of the request. Raises Invalid."""
    given = request.args
    for name, values in given.lists():
        if len(values) > 1:
            raise Invalid(f"The query gives {name} more than once.")
    return _decode("query", lambda: msgspec.convert(given.to_dict(), shape, strict=False))


def _decode(part: str, decode: Callable[[], T]) -> T:
    try:
        found = decode()
    except msgspec.ValidationError as error:
        raise Invalid(f"The {part} does not fit: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid("The body is not JSON, or holds text that is no Unicode.", code="not_json") from None
    for name, value in asdict(found).items():
        if isinstance(value, str) and "\x00" in value:
            raise Invalid(f"The {part} does not fit: NUL is no text - at `$.{name}`.", code="invalid_text")
    return found


def answer(shape: object, status: int = 200, location: str | None = None) -> Response:
    """A JSON response."""
    response = Response(encode(shape), status, mimetype="application/json")
    if location is not None:
        response.headers["Location"] = location
    return response


def no_content() -> Response:
    """A response that has nothing to add."""
    return Response(status=204)
