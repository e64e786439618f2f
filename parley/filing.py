"""Files between the store, which says what there is and whose, and the storage, which has the bytes.

A row is there before its bytes are, and goes after them: so whatever ends a process in between leaves a row that says
what to remove, and the storage need never be looked through.
"""

import io
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO

import structlog

from parley.core import files
from parley.errors import Refused
from parley.files.examined import Examined, examined
from parley.files.filename import clean
from parley.files.storage import Storage
from parley.settings import Settings
from parley.store import facts
from parley.store.files import NewFile
from parley.store.store import Store
from parley.sweep import Sweep
from parley.wire import File

PAUSE = 600.0  # seconds between looks for what nobody needs any more
SWEPT_AT_ONCE = 200

log = structlog.get_logger(__name__)


def thumbnail_of(blob: str) -> str:
    """The name of the small copy of a picture in the storage."""
    return f"{blob}.thumbnail"


class Filing(Sweep):
    """Takes files in, and lets go of them. Wake it when something is no longer needed."""

    def __init__(self, store: Store, storage: Storage, settings: Settings) -> None:
        super().__init__("file-sweep", PAUSE, self.sweep)
        self.storage = storage
        self._store = store
        self._settings = settings

    def start(self) -> None:
        """Begin to sweep. Raises SetupError when nothing can be kept in the storage."""
        self.storage.check()
        self._compare()
        super().start()

    def _compare(self) -> None:
        """Nodes over PostgreSQL have to share the place. One that another node has not got is told in the log."""
        identity = None if self._settings.embedded else self.storage.identity
        if identity is not None and facts.replaced(self._settings, "files_identity", identity) != identity:
            log.warning(
                "files_folder_changed",
                meaning="what was sent before, or to servers with another folder, is not in this one; let all share it",
            )

    def take(self, user: int, name: str, body: IO[bytes]) -> File:
        """Keep a file for this person, who may then post it.

        Raises Conflict when the person keeps too much, Unavailable.
        """
        with examined(body, self._settings.picture_pixels, self.storage.spool) as found:
            blob = secrets.token_hex(16)
            picture = found.picture
            shown = (None, None, None) if picture is None else (picture.width, picture.height, len(picture.thumbnail))
            new = NewFile(user, blob, clean(name), found.type, found.size, *shown)
            file: File = self._store.run(files.Add(new, self._settings.file_quota))
            try:
                self._put(blob, found)
            except Refused:
                with suppress(Refused):  # else in a day
                    self._store.run(files.Discard(user, file.id))
                raise
        return file

    def _put(self, blob: str, found: Examined) -> None:
        self.storage.put(blob, found.body)
        if found.picture is not None:
            self.storage.put(thumbnail_of(blob), io.BytesIO(found.picture.thumbnail))

    def sweep(self, now: datetime | None = None) -> None:
        """Remove what was deleted, and what was never posted. Doing it twice, or at two nodes, is doing it once.

        Raises Refused.
        """
        while found := files.unneeded(self._store, now or datetime.now(UTC), SWEPT_AT_ONCE):
            blobs = self._store.run(files.Condemn(found))
            for blob in blobs:
                self.storage.remove(blob)
                self.storage.remove(thumbnail_of(blob))
            self._store.run(files.Forget(blobs))
