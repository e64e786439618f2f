"""Files in a folder of this machine, or one that several machines share."""

import os
import secrets
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from parley.errors import NotFound, Unavailable
from parley.files.storage import Storage
from parley.once import made_once
from parley.settings import SetupError

PARTIAL = ".part"
IDENTITY = "identity"  # a file beside the 256 folders
LEFT_AFTER = 24 * 3600  # seconds after which nobody is writing a partial file any more


class Folder(Storage):
    """A file for each name, in 256 folders, so that none of them gets too long to look into."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def spool(self) -> Path:
        """The folder itself: the system's is often a part of the memory."""
        return self._path

    @property
    def identity(self) -> str | None:
        """Chance made it, and it stands in the folder: on another machine the same path may be another folder."""
        try:
            return made_once(self._path / IDENTITY, secrets.token_hex(16))
        except OSError:  # a file system without links
            return None

    def check(self) -> None:
        """Make the folder, and remove what somebody left who was killed while writing."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._path):
                pass
            for left in self._path.glob(f"*/*{PARTIAL}"):
                with suppress(FileNotFoundError):  # another node was faster
                    if time.time() - left.stat().st_mtime > LEFT_AFTER:
                        left.unlink()
        except OSError as error:
            raise SetupError(f"{self._path} cannot be written ({error.strerror or error}): see FILES_URL.") from None

    def put(self, name: str, body: IO[bytes]) -> None:
        """The file gets its name when all of it is on the disk."""
        place = self._place(name)
        try:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor, partial = tempfile.mkstemp(PARTIAL, dir=place.parent)  # mode 0600
            try:
                with open(descriptor, "wb") as file:
                    body.seek(0)
                    shutil.copyfileobj(body, file, 2**20)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(partial, place)
            except BaseException:
                with suppress(OSError):
                    os.unlink(partial)
                raise
        except OSError as error:
            raise _unavailable(error) from None

    def read(self, name: str, start: int, length: int) -> bytes:
        """From the file."""
        try:
            with open(self._place(name), "rb", buffering=0) as file:
                return os.pread(file.fileno(), length, start)
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None
        except OSError as error:
            raise _unavailable(error) from None

    def remove(self, name: str) -> None:
        """Away with the file."""
        try:
            self._place(name).unlink(missing_ok=True)
        except OSError as error:
            raise _unavailable(error) from None

    def _place(self, name: str) -> Path:
        return self._path / name[:2] / name


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(f"Files cannot be kept or read right now ({error.strerror or 'input/output'}); try again later.")
