"""Reading which messages of a room are pinned."""

from sqlalchemy import Connection, bindparam, func, select

from parley.store.batch import Batch
from parley.store.rows import MESSAGE_COLUMNS, load_messages
from parley.store.tables import messages
from parley.wire import Message, Pinned

_PINNED = messages.c.room_id == bindparam("room"), messages.c.pinned.is_not(None)
_COUNT = select(func.count()).select_from(messages).where(*_PINNED)
# Not the room's own row: whoever posts waits for that, and it is locked last.
_TAKE_TURN = select(func.pg_advisory_xact_lock(bindparam("room")))
_OF_ROOM = select(*MESSAGE_COLUMNS).where(*_PINNED, messages.c.seq > bindparam("since"))


def of_room(connection: Connection, room: int, since: int) -> list[Message]:
    """The pinned messages of a room whose place is after `since`, the latest pin first."""
    found = load_messages(connection, _OF_ROOM, {"room": room, "since": since})
    return sorted(found, key=_pinned_at, reverse=True)


def count(batch: Batch, room: int) -> int:
    """How many messages are pinned in a room, as the batch has it so far. Until it ends no other node counts there."""
    if batch.connection.dialect.name == "postgresql":
        batch.connection.execute(_TAKE_TURN, {"room": room})
    stored = batch.connection.scalar(_COUNT, {"room": room}) or 0
    changes = [each for each in batch.changes if each.room == room and each.before is not None]
    return stored + sum(
        isinstance(each.message.pinned, Pinned) - isinstance(each.before.pinned, Pinned)
        for each in changes
        if each.before is not None
    )


def _pinned_at(message: Message) -> tuple[object, int]:
    return (message.pinned.at if isinstance(message.pinned, Pinned) else message.created_at), message.changed_seq
