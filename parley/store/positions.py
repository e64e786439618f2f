"""How far people have read, and how much is unread beyond that."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from parley.store.mentions import unseen
from parley.store.messages import heads
from parley.store.tables import members, messages, rooms


class Move(NamedTuple):
    """A read position goes to `seq`: forward, or with `back` wherever that is, which begins the next generation.

    `generation`: the one in which somebody read; whatever was read before the latest mark is ignored. None: by who
    knows of no generations.
    """

    seq: int
    generation: int | None = None
    back: bool = False


class Position(NamedTuple):
    """Where a read position stands, and how often it was set back on purpose."""

    seq: int
    generation: int


_MOVE = (
    update(members)
    .where(members.c.room_id == bindparam("at"), members.c.user_id == bindparam("who"))
    .values(read_seq=bindparam("to"))
    .returning(members.c.read_generation)
)
_BACK = _MOVE.values(read_generation=members.c.read_generation + 1)
_FORWARD = _MOVE.where(members.c.read_seq < bindparam("to"))
_FORWARD_IN = _FORWARD.where(members.c.read_generation == bindparam("generation"))


def move(
    connection: Connection, moves: Mapping[tuple[int, int], Sequence[Move]]
) -> Iterator[tuple[int, int, Position]]:
    """Make the moves of each (room, user), one after the other, none beyond the head of the room.

    Gives each whose position was moved, and where it then stands. Who is not in the room has none.
    """
    if not moves:
        return
    tops = heads(connection, sorted({room for room, _ in moves}))
    for (room, user), theirs in sorted(moves.items()):  # the same person may read at two nodes at once
        found = None
        for each in theirs if room in tops else ():
            wanted = {"at": room, "who": user, "to": min(each.seq, tops[room])}
            if each.back:
                generation = connection.scalar(_BACK, wanted)
            elif each.generation is None:
                generation = connection.scalar(_FORWARD, wanted)
            else:
                generation = connection.scalar(_FORWARD_IN, {**wanted, "generation": each.generation})
            if generation is not None:
                found = Position(wanted["to"], generation)
        if found is not None:
            yield room, user, found


# Of the rows of `members` beside it: others' messages above the read position, in the room's flow and not deleted.
UNREAD: ColumnElement[int] = (
    select(func.count())
    .select_from(messages)
    .where(
        messages.c.room_id == members.c.room_id,
        messages.c.seq > members.c.read_seq,
        messages.c.seq > members.c.since,
        messages.c.kind == "text",
        messages.c.deleted_at.is_(None),
        messages.c.reply_to.is_(None),
        messages.c.author_id.is_distinct_from(members.c.user_id),
    )
    .correlate(members)
    .scalar_subquery()
)


class Unread(NamedTuple):
    """What is unread in a room as of `head`, for who has read it up to `read`, and how many messages mention them."""

    room: int
    head: int
    read: int
    generation: int
    unread: int
    mentions: int = 0


# One statement, so that the count and the head are of the same moment.
_OF_USER = (
    select(rooms.c.id, rooms.c.head, members.c.read_seq, members.c.read_generation, UNREAD)
    .join(rooms, rooms.c.id == members.c.room_id)
    .where(members.c.user_id == bindparam("user"))
    .order_by(rooms.c.id)
    .limit(bindparam("most"))
)
_OF_THESE = _OF_USER.where(rooms.c.id.in_(bindparam("numbers", expanding=True)))


def unread_of(connection: Connection, user: int, numbers: Sequence[int] | None, most: int) -> list[Unread]:
    """How this person stands to their rooms, or to these of them: `most` at most, in order of id."""
    wanted = {"user": user, "most": most}
    found = (
        connection.execute(_OF_USER, wanted)
        if numbers is None
        else connection.execute(_OF_THESE, {**wanted, "numbers": list(numbers)})
    )
    rows = [Unread(*row) for row in found]
    mentioned = unseen(connection, [user]) if any(row.read < row.head for row in rows) else {}
    return [row._replace(mentions=mentioned.get((user, row.room), 0)) for row in rows]
