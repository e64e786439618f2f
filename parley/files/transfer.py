"""What the web face and the server in front of it tell each other about bytes that pass through none of its threads.

A thread that waits for a slow sender, or a slow reader, serves nobody else. So the server takes the body of an upload
in by itself, and carries out by itself what is long; the web face says whether, and what. It is asked twice about an
upload: before there is a body, when it may admit one, and again when the body is on the disk.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

KEY = "parley.transfer"  # in the scope of a request (ASGI)


class Stretch(NamedTuple):
    """A part of what is kept under a name, in bytes."""

    name: str
    start: int
    length: int


@dataclass(slots=True)
class Transfer:
    """That of one request."""

    admitted: int = 0  # bytes that may come
    done: Callable[[], None] = lambda: None  # called when an upload that was admitted is over, however it ended
    body: IO[bytes] | None = None  # of an upload, once it is whole
    # In place of the empty body of the answer: something that is kept, or is made while it is sent.
    sends: Stretch | Iterator[bytes] | None = None


def transfer_of(environ: Mapping[str, Any]) -> Transfer:
    """That of the request with this environment (WSGI); one that leads nowhere if no such server is in front."""
    found: Transfer = environ.get("asgi.scope", {}).get(KEY) or Transfer()
    return found
