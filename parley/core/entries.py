"""What a room writes into its own log when something of it changes."""

from parley.store.batch import Batch
from parley.wire import Message


def entry(batch: Batch, room: int, kind: str, user: int, source: str = "") -> Message:
    """A message by which the room says that this person did something; see docs/protocol.md for each kind."""
    return Message(
        id=0,
        room=room,
        seq=0,
        changed_seq=0,
        kind=kind,
        author=user,
        key=None,
        source=source,
        html="",
        created_at=batch.now,
    )
