"""How an operation of the API is described; each resource has its own, and `reference.py` has all of them."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

JSON = "application/json"
ANY = "application/octet-stream"
Shape = type[Struct] | str | None  # JSON of a struct, another media type, or nothing


class Operation(NamedTuple):
    """One method of one path.

    `login`: who may, a person signed in, `reader` (anyone, with PUBLIC_READ), somebody with a `password`, or
    `anyone`. `refusals`: statuses that follow neither from `login` nor from `body` and `query`.
    """

    method: str
    path: str
    summary: str
    answers: dict[int, Shape]
    login: Literal["person", "reader", "password", "anyone"] = "person"
    body: type[Struct] | str | None = None  # JSON of a struct, or another media type
    body_required: bool = True
    query: type[Struct] | None = None
    refusals: Sequence[int] = ()
