"""Threads: what is said under a message, who follows it, and what of it they have not read.

A thread is named by its root, the message it is under. The replies are messages of the room's log.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from parley.core import permissions, rooms
from parley.core.refusals import refusal
from parley.core.rooms import PAGE
from parley.core.visible import Visible, check_not_deleted, visible
from parley.errors import Invalid, NotFound
from parley.store import following, messages
from parley.store.batch import Batch, Change, Command, Needs
from parley.store.following import Followed
from parley.store.messages import Page
from parley.store.store import Store
from parley.wire import Message


def open_thread(batch: Batch, number: int, room: int, author: int) -> Message:
    """The root of the thread that a reply to this message goes into.

    Raises NotFound when it is not in this room or not for this person to see, Denied when nobody replies to it,
    Conflict when it is deleted.
    """
    root, facts, seat = _thread(batch, number, author)
    if root.room != room:
        raise NotFound("There is no such message in this room.")
    if not permissions.may_reply(seat, facts, root):
        raise refusal(seat, facts, "Only what people write takes replies.")
    check_not_deleted(root)
    return root


def _thread(batch: Batch, number: int, user: int) -> Visible:
    found = visible(batch, number, user)
    return found if found.message.reply_to is None else visible(batch, found.message.reply_to, user)


def bring_in(batch: Batch, reply: Message) -> None:
    """Those whom a reply mentions by name from now on follow its thread, and have it before them, unless they follow it
    already. Who unfollowed is not brought back by an edit that mentions them as before.
    """
    root = None if reply.reply_to is None else batch.message(reply.reply_to)
    if root is None or not reply.mentions:
        return
    for mention in reply.mentions:
        if mention.user is not None and not mention.seq:
            batch.threads.follow(root, mention.user, read=reply.seq - 1 if reply.seq else None, tell=True)


@dataclass(slots=True)
class Follow(Command):
    """Hear of new replies under a message, or no longer. Doing it twice is doing it once."""

    user: int
    message: int
    on: bool

    def needs(self) -> Needs:
        """The message, its root, and a seat in their room."""
        return Needs(roots=(self.message,), user=self.user)

    def apply(self, batch: Batch) -> Change:
        """The person's devices are told. The root itself does not change. Raises NotFound, Denied for an event."""
        root, room, seat = _thread(batch, self.message, self.user)
        if not permissions.may_follow(seat, room, root):
            raise refusal(seat, room, "Only what people write takes replies.")
        if self.on:
            batch.threads.follow(root, self.user, tell=True)
        else:
            batch.threads.unfollow(root, self.user)
        return Change(root)


@dataclass(slots=True)
class MarkThreadRead(Command):
    """This person has seen everything up to `seq` in a thread they follow. Late packets never move it backward."""

    user: int
    thread: int
    seq: int

    def apply(self, batch: Batch) -> None:
        """The person's other devices are told."""
        batch.threads.read(self.thread, self.user, self.seq)


class Stretch(NamedTuple):
    """Which replies: those before a place, or beyond one; neither: the last."""

    before: int | None = None
    beyond: int | None = None
    limit: int = 50


def page(store: Store, user: int | None, root: int, wanted: Stretch) -> tuple[Message, Page]:
    """The root of a thread and a page of its replies, in the order of their places. `user` None: as the public reads.

    Raises NotFound, and Invalid for a limit or a combination that cannot be.
    """
    if not 1 <= wanted.limit <= PAGE:
        raise Invalid(f"limit is between 1 and {PAGE}.")
    if wanted.beyond is not None and wanted.before is not None:
        raise Invalid("before and beyond exclude each other; give one of them.")
    message = _root(store, user, root)
    with store.reading() as connection:
        if wanted.beyond is not None:
            return message, messages.thread_beyond(connection, message, wanted.beyond, wanted.limit)
        before = following.TOP if wanted.before is None else wanted.before
        return message, messages.thread_before(connection, message, before, wanted.limit)


def _root(store: Store, user: int | None, number: int) -> Message:
    found = rooms.message(store, user, number)
    return found if found.reply_to is None else rooms.message(store, user, found.reply_to)


class Standing(NamedTuple):
    """How somebody stands to a thread; `followed` None: they do not follow it."""

    root: Message
    followed: Followed | None


def standing(store: Store, user: int, root: int) -> Standing:
    """The thread under a message, or the one that it is in. Raises NotFound."""
    message = _root(store, user, root)
    with store.reading() as connection:
        return Standing(message, following.one(connection, user, message.id))


def followed(store: Store, user: int, *, before: int | None, limit: int) -> tuple[list[Standing], bool]:
    """Threads that a person follows, under messages with an id below `before`, the newest message first; whether there
    are more.
    """
    with store.reading() as connection:
        found = following.followed(connection, user, following.TOP if before is None else before, limit + 1)
        return _with_roots(messages.these(connection, [each.root for each in found]), found[:limit]), len(found) > limit


def unread(store: Store, user: int, *, limit: int) -> tuple[list[Standing], bool]:
    """Those of them with unread replies, the newest reply first; whether there are more."""
    with store.reading() as connection:
        found = following.unread(connection, [user], limit).get(user)
        if found is None:
            return [], False
        mine = [Followed(each.root, each.read, each.unread) for each in found.threads]
        return _with_roots(messages.these(connection, [each.root for each in mine]), mine), found.more > 0


def _with_roots(roots: Iterable[Message], found: Sequence[Followed]) -> list[Standing]:
    by_id = {root.id: root for root in roots}
    return [Standing(by_id[each.root], each) for each in found]
