"""Where the bytes of files are kept. What there is, and whose, only the database says."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import IO

PIECE = 256 * 1024  # bytes that are read at once, and held in memory for a reader


class Storage(ABC):
    """Bytes by name. A name is never used for other bytes again, and `remove` of what is not there does nothing.

    Every method may take its time, and raises Unavailable when the storage does not do it now.
    """

    @property
    def spool(self) -> Path | None:
        """A folder for what is on its way here; None: the system's."""
        return None

    @property
    def identity(self) -> str | None:
        """What tells this place from others of the same name; None if there cannot be another, or nothing can tell."""
        return None

    @abstractmethod
    def check(self) -> None:
        """Raises SetupError, saying what to change, when nothing can be kept here."""

    @abstractmethod
    def put(self, name: str, body: IO[bytes]) -> None:
        """Keep all of `body` under this name. It is there once this returns, whole; before, nothing is."""

    @abstractmethod
    def read(self, name: str, start: int, length: int) -> bytes:
        """So many bytes from `start` on, fewer only at the end. Raises NotFound when there is no such name."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Forget what is kept under this name."""
