"""A file that somebody sent, looked at: what it is, how large, and as it is kept."""

import io
import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from parley.files.kind import HEAD, UNKNOWN, kind
from parley.files.metadata import Unreadable, stripped
from parley.files.pictures import Picture, look


class Examined(NamedTuple):
    """`body` is what to keep; `picture` is there if it is one that may be shown."""

    type: str
    size: int  # bytes
    body: IO[bytes]
    picture: Picture | None


@contextmanager
def examined(body: IO[bytes], pixels: int, folder: Path | None) -> Iterator[Examined]:
    """Look at a file. A picture loses what tells of its making; all else is kept as it came, and so is a picture with
    more than so many pixels.

    `folder` is where a copy may lie meanwhile.
    """
    body.seek(0)
    found = kind(body.read(HEAD))
    if not found.startswith("image/"):
        yield Examined(found, body.seek(0, io.SEEK_END), body, None)
        return
    with tempfile.TemporaryFile(dir=folder) as plain:
        body.seek(0)
        picture = look(body, pixels)
        if picture is not None and _strip(found, body, plain):
            yield Examined(found, plain.tell(), plain, picture)
        else:  # whatever it is, a browser shall not try to draw it
            yield Examined(UNKNOWN, body.seek(0, io.SEEK_END), body, None)


def _strip(kind: str, body: IO[bytes], plain: IO[bytes]) -> bool:
    with mmap.mmap(body.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as data:
        try:
            plain.writelines(stripped(kind, data))  # and keeps no part, which would hold the mapping
        except Unreadable:
            return False
    return True
