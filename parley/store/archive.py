"""The file of a backup, of the same form whatever database it came from.

A zip archive: for each table a `NAME.ndjson`, one row a line as a JSON array, and at the end `manifest.json`, which
says what the lines mean, how many there are and their SHA-256. Written and read as a stream, in bounded memory.
"""

import fcntl
import glob
import hashlib
import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import GenericAlias, TracebackType
from typing import IO, Any, NamedTuple

import msgspec

from parley.settings import SetupError
from parley.store.revisions import Newer

FORMAT = 1
MANIFEST = "manifest.json"
LONGEST_LINE = 16 * 2**20  # bytes; the longest that Parley writes is far below
LONGEST_MANIFEST = 2**20
COMPRESSION = 3  # of 9: nearly as small as more, and several times quicker

# What zipfile raises for a file that is none, or no longer one, beside OSError.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, ValueError)

Row = tuple[Any, ...]


class Part(msgspec.Struct, frozen=True):
    """What the manifest says of one table."""

    table: str
    columns: list[str]
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What an archive holds. `revision` is the migration that made its tables, `epoch` that of its source."""

    format: int
    parley: str
    revision: str
    epoch: str
    created_at: datetime
    parts: list[Part]

    def rows(self, table: str) -> int:
        """How many rows of a table it holds; none of one that its source did not have yet."""
        return sum(part.rows for part in self.parts if part.table == table)


class _Format(msgspec.Struct):
    format: int


class Damaged(SetupError):
    """The archive is not what was written."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} is damaged ({what}): take another copy of it, or an older backup.")


class Content(NamedTuple):
    """A table on its way into an archive; its rows come in batches."""

    table: str
    columns: list[str]
    batches: Iterable[Sequence[Row]]


@contextmanager
def replacing(path: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """A file that gets its name when it is complete and on the disk; before, `path` stays what it was.

    Only its owner may read it. Raises SetupError when there is such a file and `overwrite` is not said, or when
    it cannot be written.
    """
    try:
        _keep(path, overwrite)
        _tidy(path)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # mode 0600
        try:
            with suppress(OSError):  # a file system without locks
                _claim(descriptor)
            with open(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _keep(path, overwrite)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
        folder = os.open(path.parent, os.O_RDONLY)  # the name is on the disk once its folder is
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise SetupError(f"{path} cannot be written ({error.strerror or error}).") from None


def _tidy(path: Path) -> None:
    """Remove what a backup of this name left that was killed, and not what another is writing."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(OSError), left.open("rb") as file:
            _claim(file.fileno())
            left.unlink()


def _claim(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _keep(path: Path, overwrite: bool) -> None:
    if not overwrite and path.exists():
        raise SetupError(f"{path} exists already: choose another name, or replace it with --force.")


def write(file: IO[bytes], manifest: Manifest, contents: Iterable[Content]) -> Manifest:
    """Write an archive; returns the manifest with its parts, which are filled in here."""
    encoder = msgspec.json.Encoder()
    parts = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
        for content in contents:
            digest, rows = hashlib.sha256(), 0
            with archive.open(_member(content.table), "w", force_zip64=True) as member:
                for batch in content.batches:
                    lines = encoder.encode_lines(batch)
                    digest.update(lines)
                    member.write(lines)
                    rows += len(batch)
            parts.append(Part(content.table, content.columns, rows, digest.hexdigest()))
        whole = msgspec.structs.replace(manifest, parts=parts)
        archive.writestr(MANIFEST, msgspec.json.format(encoder.encode(whole)))
    return whole


def _member(table: str) -> str:
    return f"{table}.ndjson"


class Archive:
    """An archive to read from.

    Opening it raises SetupError when it cannot be read, is none, is damaged, or is of a newer Parley.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise SetupError(f"{path} cannot be read ({error.strerror or error}).") from None
        except _BROKEN:
            raise SetupError(f"{path} is no backup of Parley, or only the beginning of one.") from None
        self.manifest = self._manifest()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def rows(self, part: Part, row: GenericAlias) -> Iterator[Row]:
        """The rows of a table, each of the type `row`.

        Raises Damaged, at the end at the latest, when they are not exactly what was written.
        """
        decoder: msgspec.json.Decoder[Row] = msgspec.json.Decoder(row)
        digest, rows = hashlib.sha256(), 0
        try:
            with self._zip.open(_member(part.table)) as member:
                lines = io.BufferedReader(member, 2**16)  # type: ignore[type-var]  # typeshed: lacks nothing it needs
                while line := lines.readline(LONGEST_LINE):
                    digest.update(line)
                    rows += 1
                    found = decoder.decode(line)
                    if b"\\u0000" in line and any("\0" in each for each in found if isinstance(each, str)):
                        raise ValueError("a NUL, which no database takes")
                    yield found
        except msgspec.MsgspecError:
            raise Damaged(self.path, f"line {rows} of {_member(part.table)}") from None
        except (*_BROKEN, OSError):
            raise Damaged(self.path, f"in {_member(part.table)}") from None
        if rows != part.rows or digest.hexdigest() != part.sha256:
            raise Damaged(self.path, f"{_member(part.table)} is not what was written")

    def _manifest(self) -> Manifest:
        try:
            with self._zip.open(MANIFEST) as member:
                data = member.read(LONGEST_MANIFEST)
            if msgspec.json.decode(data, type=_Format).format > FORMAT:
                raise Newer(str(self.path))
            return msgspec.json.decode(data, type=Manifest)
        except KeyError:
            raise SetupError(f"{self.path} is a zip file, but no backup of Parley.") from None
        except (*_BROKEN, OSError):
            raise Damaged(self.path, MANIFEST) from None
