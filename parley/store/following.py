"""Reading which threads people follow, and what is new in them.

The statements look at the rows of these people alone, and for each of those into the index of replies.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from parley.store.tables import followers, messages

_NEW = (
    *(messages.c.reply_to == followers.c.root_id, messages.c.seq > followers.c.read_seq),
    *(messages.c.author_id.is_distinct_from(followers.c.user_id), messages.c.deleted_at.is_(None)),
)
_LAST = func.max(messages.c.id)
_MINE = followers.c.user_id.in_(bindparam("people", expanding=True))
_COLUMNS = (followers.c.user_id, followers.c.root_id, followers.c.room_id, followers.c.read_seq)
_COUNTED = (
    select(
        *_COLUMNS,
        *(func.max(messages.c.seq).label("seq"), func.count().label("unread")),
        func.row_number().over(partition_by=followers.c.user_id, order_by=_LAST.desc()).label("place"),
        func.count().over(partition_by=followers.c.user_id).label("all"),
    )
    .join(messages, _NEW[0] & _NEW[1] & _NEW[2] & _NEW[3])
    .where(_MINE)
    .group_by(*_COLUMNS)
    .subquery("counted")
)
_UNREAD = (
    select(*(_COUNTED.c[name] for name in ("user_id", "root_id", "room_id", "read_seq", "seq", "unread", "all")))
    .where(_COUNTED.c.place <= bindparam("most"))
    .order_by(_COUNTED.c.user_id, _COUNTED.c.place)
)
_HOW_MANY = (
    select(func.count())
    .select_from(messages)
    .where(_NEW[0], _NEW[1], _NEW[2], _NEW[3])
    .correlate(followers)
    .scalar_subquery()
)
_FOLLOWED = (
    select(followers.c.root_id, followers.c.read_seq, _HOW_MANY)
    .where(followers.c.user_id == bindparam("user"), followers.c.root_id < bindparam("before"))
    .order_by(followers.c.root_id.desc())
    .limit(bindparam("most"))
)
_ONE = _FOLLOWED.where(followers.c.root_id == bindparam("root"))


class UnreadThread(NamedTuple):
    """A followed thread with `unread` replies of others beyond `read`, the last of which stands at `seq`."""

    root: int
    room: int
    read: int
    seq: int
    unread: int


class Unread(NamedTuple):
    """Threads with unread replies, the newest first, and how many there are beyond these."""

    threads: list[UnreadThread]
    more: int


def unread(connection: Connection, people: Sequence[int], most: int) -> dict[int, Unread]:
    """At most so many unread threads of each of these people; nothing for who has none."""
    found: dict[int, Unread] = {}
    for user, *row, count in connection.execute(_UNREAD, {"people": people, "most": most}):
        found.setdefault(user, Unread([], max(0, count - most))).threads.append(UnreadThread(*row))
    return found


class Followed(NamedTuple):
    """A thread that somebody follows, how far they have read it, and how many replies of others came after that."""

    root: int
    read: int
    unread: int


TOP = 2**53  # above every id


def followed(connection: Connection, user: int, before: int, limit: int) -> list[Followed]:
    """The threads that this person follows under messages with an id below `before`, the newest message first."""
    wanted = {"user": user, "before": before, "most": limit}
    return [Followed(*row) for row in connection.execute(_FOLLOWED, wanted)]


def one(connection: Connection, user: int, root: int) -> Followed | None:
    """How this person follows a thread, if they do."""
    row = connection.execute(_ONE, {"user": user, "root": root, "before": TOP + 1, "most": 1}).first()
    return None if row is None else Followed(*row)
