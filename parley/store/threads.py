"""Threads as a batch changes them: what stands under their roots, who follows them, and how far each has read.

A thread is named by its root, the message it is under. Whoever changes a thread has locked its root, so that nodes take
turns and nothing here is counted twice.
"""

from collections.abc import Collection
from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from parley.signals import Signal
from parley.store.tables import followers, members, messages, rooms
from parley.wire import Message, Replies

SHOWN = 8  # people who replied, under the root
ABOVE_ALL = 2**53

# Statements are made once: making one anew costs as much as running it.
_THESE = followers.c.root_id == bindparam("root"), followers.c.user_id == bindparam("user")
_SEATED = select(bindparam("root", type_=followers.c.root_id.type), members.c.user_id, members.c.room_id).where(
    members.c.room_id == bindparam("room"),
    members.c.user_id == bindparam("user"),
    members.c.since < bindparam("place"),
)
_FOLLOW = insert(followers).from_select(
    ["root_id", "user_id", "room_id", "read_seq"],
    _SEATED.add_columns(bindparam("read", type_=followers.c.read_seq.type)).where(
        ~select(followers.c.root_id).where(*_THESE).exists()
    ),
)
_UNFOLLOW = delete(followers).where(*_THESE)
_FOLLOWERS = select(followers.c.root_id, followers.c.user_id, followers.c.room_id, followers.c.read_seq).where(
    followers.c.root_id.in_(bindparam("roots", expanding=True))
)
_HEAD = select(rooms.c.id, rooms.c.head).join(followers, followers.c.room_id == rooms.c.id).where(*_THESE)
_READ = update(followers).where(*_THESE, followers.c.read_seq < bindparam("seq")).values(read_seq=bindparam("seq"))
_REPLIES = (
    select(
        *(messages.c.reply_to, messages.c.author_id, func.count(), func.max(messages.c.seq)),
        *(func.max(messages.c.created_at), func.min(messages.c.seq).label("first")),
    )
    .where(messages.c.reply_to.in_(bindparam("roots", expanding=True)), messages.c.deleted_at.is_(None))
    .group_by(messages.c.reply_to, messages.c.author_id)
    .order_by(messages.c.reply_to, "first")
)


class Threads:
    """Part of a batch."""

    def __init__(self, connection: Connection, signals: list[Signal]) -> None:
        self._connection = connection
        self._signals = signals
        self._replied: dict[int, list[Message]] = {}  # root → new replies
        self._shrunk: set[int] = set()  # roots that lose a reply
        self._following: dict[tuple[int, int], dict[str, int]] = {}  # (root, user) → who begins to follow
        self._told: set[tuple[int, int]] = set()  # (root, user) who asked for it
        self._reads: dict[tuple[int, int], int] = {}

    # ── what commands do ────────────────────────────────────────────────────────────────────────────

    def replied(self, root: Message, reply: Message) -> None:
        """There is a new reply under this root, whose author follows it from now on, as its author does."""
        self._replied.setdefault(root.id, []).append(reply)
        for user in (reply.author, root.author if root.replies is UNSET else None):
            if user is not None:
                self.follow(root, user)

    def lost(self, root: int) -> None:
        """A reply under this root is deleted."""
        self._shrunk.add(root)

    def follow(self, root: Message, user: int, *, read: int | None = None, tell: bool = False) -> None:
        """This person follows a thread; what stands in it by now counts as read, or what stands up to `read`.

        Nothing happens for who has no seat in its room, does not see the reply that stands behind `read`, or follows it
        already. `tell`: their devices hear of it at once.
        """
        place = ABOVE_ALL if read is None else read + 1
        if read is None:
            read = root.seq if root.replies is UNSET else root.replies.seq
        self._following.setdefault(
            (root.id, user), {"root": root.id, "user": user, "room": root.room, "place": place, "read": read}
        )
        if tell:
            self._told.add((root.id, user))

    def unfollow(self, root: Message, user: int) -> None:
        """This person no longer follows a thread, and hears of that."""
        self._following.pop((root.id, user), None)
        self._told.discard((root.id, user))
        self._connection.execute(_UNFOLLOW, {"root": root.id, "user": user})
        self._signals.append(Signal("unfollow", user, root.room, thread=root.id))

    def read(self, root: int, user: int, seq: int) -> None:
        """Move the position forward to which a follower has read; nothing happens for anybody else."""
        self._reads[root, user] = max(seq, self._reads.get((root, user), 0))

    # ── at the end of the batch ─────────────────────────────────────────────────────────────────────

    @property
    def changed(self) -> Collection[int]:
        """The roots that change because replies came or went."""
        return sorted(self._replied.keys() | self._shrunk)

    @property
    def recounted(self) -> Collection[int]:
        """Those of them whose replies have to be counted anew, once they are written."""
        return self._shrunk

    def before_heads(self) -> None:
        """Move read positions and write who follows: like seats, these are locked before the heads. In order, for the
        same person may act at two nodes at once.
        """
        for (root, user), seq in sorted(self._reads.items()):
            self._move_read(root, user, seq)
        if self._following:
            self._connection.execute(_FOLLOW, [self._following[each] for each in sorted(self._following)])
        if roots := sorted(self._replied.keys() | {root for root, _ in self._told}):
            for root, user, room, read in self._connection.execute(_FOLLOWERS, {"roots": roots}):
                if root in self._replied or (root, user) in self._told:
                    self._signals.append(Signal("follow", user, room, read, thread=root))

    def _move_read(self, root: int, user: int, seq: int) -> None:
        found = self._connection.execute(_HEAD, {"root": root, "user": user}).first()
        if found is None:
            return
        room, head = found
        moved = min(seq, head)
        if self._connection.execute(_READ, {"root": root, "user": user, "seq": moved}).rowcount:
            self._signals.append(Signal("read", user, room, moved, thread=root))

    def under(self, root: Message) -> Replies | UnsetType:
        """What stands under a root once the new replies, which have their numbers, are counted as well."""
        replies = root.replies
        for reply in self._replied.get(root.id, ()):
            users = [] if replies is UNSET else replies.users
            if reply.author is not None and reply.author not in users:
                users = [*users, reply.author][:SHOWN]
            replies = Replies(1 if replies is UNSET else replies.count + 1, reply.seq, reply.created_at, users)
        return replies

    def recount(self) -> dict[int, Replies | UnsetType]:
        """What stands under the roots that lost a reply, counted in what is written."""
        if not self._shrunk:
            return {}
        found: dict[int, Replies | UnsetType] = dict.fromkeys(self._shrunk, UNSET)
        for root, author, *row in self._connection.execute(_REPLIES, {"roots": sorted(self._shrunk)}):
            found[root] = _add(found[root], author, *row)
        return found


def _add(replies: Replies | UnsetType, author: int | None, count: int, seq: int, at: Any, _first: int) -> Replies:
    """The same with all replies of one more author."""
    users = [author] if author is not None else []
    if replies is UNSET:
        return Replies(count, seq, at, users)
    last = max((replies.seq, replies.at), (seq, at))
    return replace(
        replies, count=replies.count + count, seq=last[0], at=last[1], users=[*replies.users, *users][:SHOWN]
    )
