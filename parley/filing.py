"""Files between the store, which says what there is and whose, and the storage, which has the bytes.

A row is there before its bytes are, and goes after them: so whatever ends a process in between leaves a row that says
what to remove, and the storage need never be looked through.
"""

import io
import random
import secrets
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO

import structlog

from parley.core import files
from parley.errors import Refused
from parley.files.examined import Examined, examined
from parley.files.filename import clean
from parley.files.pictures import Pictures
from parley.files.storage import Storage
from parley.settings import Settings
from parley.store.files import NewFile
from parley.store.store import Store
from parley.wire import File

SWEEP = 600.0  # seconds between looks for what nobody needs any more
SWEPT_AT_ONCE = 200

log = structlog.get_logger(__name__)


def thumbnail_of(blob: str) -> str:
    """The name of the small copy of a picture in the storage."""
    return f"{blob}.thumbnail"


class Filing:
    """Takes files in, and lets go of them; for that it has a thread."""

    def __init__(self, store: Store, storage: Storage, settings: Settings) -> None:
        self.storage = storage
        self._store = store
        self._quota = settings.file_quota
        self._pictures = Pictures(settings.picture_pixels)
        self._stopping = False
        self._wanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="file-sweep", daemon=True)

    def start(self) -> None:
        """Begin to sweep. Raises SetupError when nothing can be kept in the storage."""
        self.storage.check()
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is under way; nobody waits for it."""
        self._stopping = True
        self._wanted.set()

    def take(self, user: int, name: str, body: IO[bytes]) -> File:
        """Keep a file for this person, who may then post it.

        Raises Conflict when the person keeps too much, Unavailable.
        """
        with examined(body, self._pictures, self.storage.spool) as found:
            blob = secrets.token_hex(16)
            picture = found.picture
            shown = (None, None, None) if picture is None else (picture.width, picture.height, len(picture.thumbnail))
            new = NewFile(user, blob, clean(name), found.type, found.size, *shown)
            file: File = self._store.run(files.Add(new, self._quota))
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

    def tidy(self) -> None:
        """Something is no longer needed: remove it now."""
        self._wanted.set()

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

    def _run(self) -> None:
        while True:
            self._wanted.wait(SWEEP * random.uniform(0.7, 1.3))  # noqa: S311 - not at the same moment as other nodes
            self._wanted.clear()
            if self._stopping:
                return
            try:
                self.sweep()
            except Refused as refused:
                log.warning("file_sweep_failed", reason=refused.code)
            except Exception:
                log.exception("file_sweep_failed")
