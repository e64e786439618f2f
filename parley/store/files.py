"""Files as the tables know them: sent by a person, then part of a message, then gone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import UNSET
from sqlalchemy import Connection, bindparam, delete, func, insert, literal, or_, select, update

from parley.store.kinds import Instant
from parley.store.tables import files, messages
from parley.wire import File, Message

# Statements are made once: making one anew costs as much as running it.
_SHAPE = (files.c.id, files.c.name, files.c.type, files.c.size, files.c.width, files.c.height, files.c.thumbnail)
_UNDER = (
    select(files.c.message_id, *_SHAPE)
    .where(files.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(files.c.position)
)
_LOOSE = (
    select(files.c.owner_id, *_SHAPE)
    .where(
        files.c.id.in_(bindparam("ids", expanding=True)), files.c.message_id.is_(None), files.c.discarded_at.is_(None)
    )
    .order_by(files.c.id)
    .with_for_update()  # two posts at two nodes would both have it
)
_ONE = (
    select(
        *(*_SHAPE, files.c.owner_id, files.c.blob, files.c.discarded_at, files.c.message_id),
        *(messages.c.room_id, messages.c.seq, messages.c.kind, messages.c.author_id, messages.c.deleted_at),
    )
    .outerjoin(messages, messages.c.id == files.c.message_id)
    .where(files.c.id == bindparam("number"))
)
_KEPT = select(func.coalesce(func.sum(files.c.size), 0)).where(
    files.c.owner_id == bindparam("owner"), files.c.discarded_at.is_(None)
)
_BIND = (
    update(files)
    .where(files.c.id == bindparam("number"))
    .values(message_id=bindparam("message"), position=bindparam("place"))
)
_LET_GO = update(files).where(files.c.id.in_(bindparam("ids", expanding=True)))


class NewFile(NamedTuple):
    """What is known of a file that was sent; `blob` is its name in the storage."""

    owner: int
    blob: str
    name: str
    type: str
    size: int  # bytes
    width: int | None  # pixels, of a picture that is shown
    height: int | None
    thumbnail: int | None  # bytes


class Loose(NamedTuple):
    """A file that may be posted."""

    owner: int
    file: File


class Within(NamedTuple):
    """The message that a file is in, as far as permissions ask for it."""

    room: int
    seq: int
    kind: str
    author: int | None


class Stored(NamedTuple):
    """A file, its name in the storage, the bytes of its thumbnail if it has one, and the message it is in, if any."""

    file: File
    owner: int
    blob: str
    thumbnail: int | None
    message: Within | None


def under(connection: Connection, ids: Sequence[int]) -> dict[int, list[File]]:
    """The files of each of these messages."""
    found: dict[int, list[File]] = defaultdict(list)
    for message, *shape in connection.execute(_UNDER, {"ids": ids}):
        found[message].append(_file(*shape))
    return found


def one(connection: Connection, number: int) -> Stored | None:
    """A file that was neither discarded nor deleted with its message."""
    row = connection.execute(_ONE, {"number": number}).first()
    if row is None or row.discarded_at is not None or row.deleted_at is not None:
        return None
    message = None if row.message_id is None else Within(row.room_id, row.seq, row.kind, row.author_id)
    return Stored(_file(*row[: len(_SHAPE)]), row.owner_id, row.blob, row.thumbnail, message)


def kept(connection: Connection, owner: int) -> int:
    """Bytes of all files of this person."""
    return int(connection.execute(_KEPT, {"owner": owner}).scalar_one())


def unneeded(connection: Connection, before: datetime, limit: int) -> list[str]:
    """Blobs of what was discarded, and of what was sent before a moment and is in no message."""
    query = (
        select(files.c.blob)
        .where(files.c.message_id.is_(None), or_(files.c.discarded_at.is_not(None), files.c.created_at < before))
        .order_by(files.c.created_at)
        .limit(limit)
    )
    return list(connection.scalars(query))


def condemn(connection: Connection, blobs: Sequence[str], now: datetime) -> list[str]:
    """Nobody may post these from now on; those that are in a message are left out."""
    wanted = files.c.blob.in_(blobs), files.c.message_id.is_(None)
    query = update(files).where(*wanted).values(discarded_at=func.coalesce(files.c.discarded_at, literal(now, Instant)))
    return list(connection.scalars(query.returning(files.c.blob)))


def forget(connection: Connection, blobs: Sequence[str]) -> None:
    """Away with the rows of these, which nobody may post any more."""
    connection.execute(delete(files).where(files.c.blob.in_(blobs), files.c.discarded_at.is_not(None)))


class Files:
    """Part of a batch: the files that its commands may post, and those that go with their messages."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._loose: dict[int, Loose] = {}

    def load(self, ids: Collection[int]) -> None:
        """Fetch these, as far as they may still be posted."""
        if ids:
            for owner, *shape in self._connection.execute(_LOOSE, {"ids": sorted(ids)}):
                file = _file(*shape)
                self._loose[file.id] = Loose(owner, file)

    def loose(self, number: int) -> Loose | None:
        """A file that is in no message, neither stored nor of this batch."""
        return self._loose.get(number)

    def add(self, new: NewFile) -> File:
        """A new one."""
        row = {**new._asdict(), "created_at": self._now}
        row["owner_id"] = row.pop("owner")
        number = int(self._connection.execute(insert(files).values(row).returning(files.c.id)).scalar_one())
        return _file(number, new.name, new.type, new.size, new.width, new.height, new.thumbnail)

    def take(self, numbers: Iterable[int]) -> list[File]:
        """These are posted now, and by nobody else."""
        return [self._loose.pop(number).file for number in numbers]

    def let_go(self, numbers: Collection[int]) -> None:
        """These are in no message any more, and their bytes may go once this is committed."""
        gone = {"message_id": None, "discarded_at": self._now}
        self._connection.execute(_LET_GO.values(gone), {"ids": sorted(numbers)})
        for number in numbers:
            self._loose.pop(number, None)

    def flush(self, new: Iterable[Message], lost: Iterable[Message]) -> None:
        """Write which files the new messages have, and that those of messages which have lost them go."""
        bound = [
            {"number": file.id, "message": message.id, "place": place}
            for message in new
            if message.files is not UNSET
            for place, file in enumerate(message.files)
        ]
        if bound:
            self._connection.execute(_BIND, bound)
        if gone := [file.id for message in lost if message.files is not UNSET for file in message.files]:
            self.let_go(gone)


def _file(
    number: int, name: str, kind: str, size: int, width: int | None, height: int | None, thumbnail: int | None
) -> File:
    return File(number, name, kind, size, width, height, thumbnail is not None)
