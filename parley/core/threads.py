"""Threads: what is said under a message, who follows it, and what of it they have not read.

A thread is named by its root, the message it is under. The replies are messages of the room's log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import UNSET

from parley.core import permissions
from parley.core.refusals import refusal
from parley.core.rooms import PAGE
from parley.core.visible import Visible, check_not_deleted
from parley.errors import Invalid, NotFound
from parley.seats import RoomFacts, Seat
from parley.store import following, messages, rooms
from parley.store.batch import Batch, Change, Command, Needs
from parley.store.following import Followed
from parley.store.messages import Page
from parley.store.store import Store
from parley.wire import Message

HIDDEN = "This thread began before you came into the room."
LONG_AGO = datetime.fromtimestamp(0, UTC)


def open_thread(batch: Batch, number: int, room: int, author: int) -> Message:
    """The root of the thread that a reply to this message goes into.

    Raises NotFound when it is not in this room or not for this person to see, Denied when nobody replies to it,
    Conflict when it is deleted.
    """
    root, facts, seat = _thread(batch, number, author)
    if root.room != room:
        raise NotFound("There is no such message in this room.")
    if not permissions.may_reply(seat, facts, root, _last(root)):
        raise refusal(seat, facts, "Only what people write takes replies.")
    check_not_deleted(root)
    return root


def _thread(batch: Batch, number: int, user: int) -> Visible:
    """The root of the thread that this message is in, or would begin. Raises NotFound."""
    message = batch.message(number)
    root = message if message is None or message.reply_to is None else batch.message(message.reply_to)
    if message is not None and root is not None:
        room, seat = batch.seating.room(root.room), batch.seating.seat(root.room, user)
        if room is not None and seat is not None and _leads(seat, room, message, root):
            return Visible(root, room, seat)
    raise NotFound("There is no such message.")


def _leads(seat: Seat | None, room: RoomFacts, message: Message, root: Message) -> bool:
    """Whether this person may come to a thread by this message, its root or a reply."""
    known = message is root or permissions.may_read_message(seat, room, message)
    return known and permissions.may_read_thread(seat, room, root, _last(root))


def _last(root: Message) -> int:
    """The place of the last reply, or of the root while there is none."""
    return root.seq if root.replies is UNSET else root.replies.seq


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
        if not permissions.may_follow(seat, room, root, _last(root)):
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
    message, since = _root(store, user, root)
    with store.reading() as connection:
        if wanted.beyond is not None:
            return message, messages.thread_beyond(connection, message, max(wanted.beyond, since), wanted.limit)
        before = following.TOP if wanted.before is None else wanted.before
        return message, messages.thread_before(connection, message, before, wanted.limit, since)


def root(store: Store, user: int | None, number: int) -> Message:
    """The message that a thread is under, by itself or by a reply, as this person may see it. Raises NotFound."""
    return _root(store, user, number)[0]


def _root(store: Store, user: int | None, number: int) -> tuple[Message, int]:
    """And after which place they see messages of its room."""
    with store.reading() as connection:
        found = messages.one(connection, number)
        top = found if found is None or found.reply_to is None else messages.one(connection, found.reply_to)
        standing = None if top is None else rooms.standing(connection, top.room, user)
    if found is not None and top is not None and standing is not None:
        room, seat = standing
        if user is None and permissions.may_read_without_seat(room):
            return top, 0
        if seat is not None and _leads(seat, room, found, top):
            return _shown(top, standing), seat.since
    raise NotFound("There is no such message.")


def _shown(root: Message, standing: rooms.Standing | None) -> Message:
    """A root as somebody may see it who may see its thread: of one from before they came, nothing but its number."""
    if standing is not None and permissions.may_read_message(standing.seat, standing.room, root):
        return root
    return Message(
        id=root.id,
        room=root.room,
        seq=root.seq,
        changed_seq=root.seq,
        kind="hidden",
        author=None,
        key=None,
        source=HIDDEN,
        html=f"<p>{HIDDEN}</p>",
        created_at=LONG_AGO if root.replies is UNSET else root.replies.at,
    )


class Standing(NamedTuple):
    """How somebody stands to a thread; `followed` None: they do not follow it."""

    root: Message
    followed: Followed | None


def standing(store: Store, user: int, number: int) -> Standing:
    """The thread under a message, or the one that it is in. Raises NotFound."""
    message = root(store, user, number)
    with store.reading() as connection:
        return Standing(message, following.one(connection, user, message.id))


def followed(store: Store, user: int, *, before: int | None, limit: int) -> tuple[list[Standing], bool]:
    """Threads that a person follows, under messages with an id below `before`, the newest message first; whether there
    are more.
    """
    with store.reading() as connection:
        found = following.followed(connection, user, following.TOP if before is None else before, limit + 1)
    return _with_roots(store, user, found[:limit]), len(found) > limit


def unread(store: Store, user: int, *, limit: int) -> tuple[list[Standing], bool]:
    """Those of them with unread replies, the newest reply first; whether there are more."""
    with store.reading() as connection:
        found = following.unread(connection, [user], limit).get(user)
    if found is None:
        return [], False
    mine = [Followed(each.root, each.read, each.unread) for each in found.threads]
    return _with_roots(store, user, mine), found.more > 0


def _with_roots(store: Store, user: int, found: Sequence[Followed]) -> list[Standing]:
    with store.reading() as connection:
        roots = {each.id: each for each in messages.these(connection, [each.root for each in found])}
        places = {room: rooms.standing(connection, room, user) for room in {each.room for each in roots.values()}}
    return [Standing(_shown(roots[each.root], places[roots[each.root].room]), each) for each in found]
