"""Files: who may send and see them, and which are needed no more. Their bytes are elsewhere (`parley.filing`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parley.core import permissions
from parley.errors import Conflict, NotFound
from parley.store import files, rooms
from parley.store.batch import Batch, Command, Needs
from parley.store.files import NewFile, Stored
from parley.store.store import Store
from parley.wire import File

POSTED_WITHIN = timedelta(days=1)  # or it goes


@dataclass(slots=True)
class Add(Command):
    """A file that somebody may post, for whose bytes there is room now."""

    new: NewFile
    quota: int  # bytes that one person may keep

    def apply(self, batch: Batch) -> File:
        """Raises Conflict when the person keeps too much."""
        _check_quota(files.kept(batch.connection, self.new.owner) + self.new.size, self.quota)
        return batch.files.add(self.new)


@dataclass(slots=True)
class Discard(Command):
    """Its owner does not want to post it."""

    user: int
    file: int

    def needs(self) -> Needs:
        """The file."""
        return Needs(files=(self.file,))

    def apply(self, batch: Batch) -> None:
        """Raises NotFound, also when it was posted: then the message is what can be deleted."""
        loose = batch.files.loose(self.file)
        if loose is None or not permissions.may_use_file(self.user, loose.owner):
            raise no_file()
        batch.files.let_go([self.file])


@dataclass(slots=True)
class Condemn(Command):
    """Nobody posts these any more, so that their bytes may go."""

    blobs: Sequence[str]

    def apply(self, batch: Batch) -> list[str]:
        """Those that were not posted meanwhile."""
        return files.condemn(batch.connection, self.blobs, batch.now)


@dataclass(slots=True)
class Forget(Command):
    """The bytes of these are gone."""

    blobs: Sequence[str]

    def apply(self, batch: Batch) -> None:
        """Twice is once."""
        files.forget(batch.connection, self.blobs)


def no_file() -> NotFound:
    """There is no such file, as far as this person is concerned."""
    return NotFound("There is no such file, or you may not see it.")


def check_room_for(store: Store, user: int, size: int, quota: int) -> None:
    """Raises Conflict when this person would keep too much with so many bytes more, Unavailable."""
    with store.reading() as connection:
        _check_quota(files.kept(connection, user) + size, quota)


def _check_quota(bytes_kept: int, quota: int) -> None:
    if bytes_kept > quota:
        raise Conflict(
            f"Your files take all of the {quota // 2**20:,} MiB that one person has here: delete messages with files "
            "that nobody needs any more.",
            code="quota_exceeded",
        )


def readable(store: Store, user: int | None, number: int) -> Stored:
    """A file, for somebody who may read the message it is in now, or is about to post it. Raises NotFound.

    `user` None reads as the public may, when the settings let it.
    """
    with store.reading() as connection:
        found = files.one(connection, number)
        if found is None:
            raise no_file()
        if found.message is None:
            if user is None or not permissions.may_use_file(user, found.owner):
                raise no_file()
            return found
        standing = rooms.standing(connection, found.message.room, user)
    if standing is None:
        raise no_file()
    room, seat = standing
    public = user is None and permissions.may_read_without_seat(room)
    if not public and not permissions.may_read_message(seat, room, found.message):
        raise no_file()
    return found


def unneeded(store: Store, now: datetime, limit: int) -> list[str]:
    """Blobs of files that were deleted, or sent long ago and never posted."""
    with store.reading() as connection:
        return files.unneeded(connection, now - POSTED_WITHIN, limit)
