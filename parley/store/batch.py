"""What a group of commands reads and writes within one transaction.

Reading is done for the whole group at once; writing too, at the end: then the heads of the rooms are taken,
last and in order of room, so that their locks are held shortly and two nodes never wait for each other in a
circle; each change gets its seq; the rows follow.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, or_, select, update

from parley.signals import Signal
from parley.store import index, mentions, positions
from parley.store.files import Files
from parley.store.pairs import one_of
from parley.store.positions import Move
from parley.store.rows import MESSAGE_COLUMNS, insert_messages, load_messages, update_messages
from parley.store.seating import Seating
from parley.store.tables import messages, rooms
from parley.store.threads import Threads
from parley.wire import Message

# Statements are made once: making one anew costs as much as running it.
_MESSAGES = select(*MESSAGE_COLUMNS)
_THESE_MESSAGES = (
    _MESSAGES.where(messages.c.id.in_(bindparam("numbers", expanding=True))).order_by(messages.c.id).with_for_update()
)
_THESE_AND_ROOTS = (
    _MESSAGES.where(
        or_(
            messages.c.id.in_(bindparam("numbers", expanding=True)),
            messages.c.id.in_(
                select(messages.c.reply_to)
                .where(messages.c.id.in_(bindparam("replies", expanding=True)), messages.c.reply_to.is_not(None))
                .correlate(None)
            ),
        )
    )
    .order_by(messages.c.id)
    .with_for_update()
)
_TAKE_HEAD = (
    update(rooms)
    .where(rooms.c.id == bindparam("room"))
    .values(head=rooms.c.head + bindparam("count"))
    .returning(rooms.c.head)
)


@dataclass(slots=True)
class Needs:
    """What a command wants to find in its batch."""

    keys: Sequence[tuple[int, str]] = ()  # (author, key) of posts
    messages: Sequence[int] = ()
    roots: Sequence[int] = ()  # messages, and those that they reply to
    seats: Sequence[tuple[int, int]] = ()  # (room, user)
    user: int | None = None  # whose seat matters in the rooms of `messages` and `roots`
    rooms: Sequence[int] = ()  # that may be changed, or who is in them
    names: Collection[str] = ()  # keys of those who may sit in the rooms of `seats`, `messages` and `roots`
    files: Sequence[int] = ()  # that are in no message yet


@dataclass(slots=True)
class Change:
    """One change of one message: it takes one seq of its room, known once the batch is flushed."""

    message: Message
    before: Message | None = None  # as it was, unless it is new

    @property
    def room(self) -> int:
        """The room whose log this change is an entry of."""
        return self.message.room

    @property
    def seq(self) -> int:
        """Its number in the log; 0 before the flush."""
        return self.message.changed_seq


class Command(ABC):
    """Something to be written. `core` defines them; the committer runs them."""

    __slots__ = ()

    def prepare(self) -> None:  # noqa: B027 - most commands have nothing to prepare
        """Work that needs no transaction, such as rendering. May raise Refused."""

    def needs(self) -> Needs:
        """What `apply` will look up in the batch."""
        return Needs()

    @abstractmethod
    def apply(self, batch: "Batch") -> Any:
        """Check the rules and change the batch; the answer goes to whoever asked.

        May raise Refused, but only before it has changed anything.
        """


@dataclass(slots=True)
class Batch:
    """The unit of work of one transaction."""

    connection: Connection
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    changes: list[Change] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    _messages: dict[int, Message] = field(default_factory=dict)
    _stored: dict[int, Message] = field(default_factory=dict)
    _by_key: dict[tuple[int, str], Change] = field(default_factory=dict)
    _moves: dict[tuple[int, int], list[Move]] = field(default_factory=dict)
    _named: dict[tuple[int, str], int] = field(default_factory=dict)
    seating: Seating = field(init=False)
    threads: Threads = field(init=False)
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        self.seating = Seating(self.connection, self.now)
        self.threads = Threads(self.connection, self.signals)
        self.files = Files(self.connection, self.now)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────

    def load(self, needs: Iterable[Needs]) -> None:
        """Fetch what a group of commands needs: a query for each kind of it, however many commands."""
        wanted = list(needs)
        self._load_keys({key for need in wanted for key in need.keys})
        replies = sorted({number for need in wanted for number in need.roots})
        self._load_messages(sorted({number for need in wanted for number in need.messages} | set(replies)), replies)
        seats = {seat for need in wanted for seat in need.seats}
        for need in wanted:
            if need.user is not None:
                numbers = [*need.messages, *need.roots]
                seats |= {(self._messages[n].room, need.user) for n in numbers if n in self._messages}
        self.seating.load_rooms({room for need in wanted for room in need.rooms})
        self.seating.load(seats)
        self._load_names([need for need in wanted if need.names])
        self.files.load({number for need in wanted for number in need.files})

    def posted(self, author: int, key: str) -> Change | None:
        """The post that this author made with this key, in an earlier transaction or in this one."""
        return self._by_key.get((author, key))

    def message(self, number: int) -> Message | None:
        """A message as this batch has it so far. Do not alter it: `change` a copy."""
        return self._messages.get(number)

    def named(self, room: int, name: str) -> int | None:
        """Who sits in this room and has this name, by its key, if it was needed."""
        return self._named.get((room, name))

    def _load_names(self, needs: Sequence[Needs]) -> None:
        if needs:
            rooms = {room for need in needs for room, _ in need.seats}
            numbers = {number for need in needs for number in (*need.messages, *need.roots)}
            rooms |= {self._messages[number].room for number in numbers if number in self._messages}
            self._named = mentions.seated(self.connection, rooms, {name for need in needs for name in need.names})

    def _load_keys(self, keys: set[tuple[int, str]]) -> None:
        if keys:
            query, parameters = one_of(_MESSAGES, messages.c.author_id, messages.c.key, keys)
            for message in load_messages(self.connection, query, parameters):
                if message.author is not None and message.key is not None:
                    # The answer to a retry is the first answer: the seq of the post, not of its latest change.
                    first = replace(message, changed_seq=message.seq)
                    self._by_key[message.author, message.key] = Change(first)

    def _load_messages(self, numbers: list[int], replies: list[int]) -> None:
        """Those that are replies with their roots, all locked in one order."""
        if numbers:
            wanted = {"numbers": numbers, **({"replies": replies} if replies else {})}
            for message in load_messages(self.connection, _THESE_AND_ROOTS if replies else _THESE_MESSAGES, wanted):
                self._messages[message.id] = self._stored[message.id] = message

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────

    def post(self, message: Message) -> Change:
        """Add a new message; its id and seq are filled in by `flush`."""
        change = Change(message)
        self.changes.append(change)
        if message.author is not None and message.key is not None:
            self._by_key[message.author, message.key] = change
        return change

    def change(self, message: Message) -> Change:
        """Replace a message by this copy of it."""
        change = Change(message, self._messages.get(message.id))
        self._messages[message.id] = message
        self.changes.append(change)
        return change

    def move_read(self, room: int, user: int, move: Move) -> None:
        """Move this person's read position; `flush` does it and signals where it stands then."""
        moves = self._moves.setdefault((room, user), [])
        if moves and moves[-1][1:] == move[1:] == (move.generation, False):  # the further of two
            moves[-1] = max(moves[-1], move)
        else:
            moves.append(move)

    def flush(self) -> None:
        """Take the heads, number the changes, write the rows. Nothing may be added afterwards."""
        for room, user, moved in positions.move(self.connection, self._moves):
            self.signals.append(Signal("read", user, room, moved.seq, moved.generation))
        self.threads.before_heads()
        if not self.changes:
            return
        roots = [self.change(replace(self._messages[root])) for root in self.threads.changed]
        self._number()
        for root in roots:
            root.message.replies = self.threads.under(root.message)
        new = [change.message for change in self.changes if change.message.id == 0]
        insert_messages(self.connection, new, self.now)
        index.add(self.connection, new)
        self._write_changed(new)
        self.seating.flush()

    def _number(self) -> None:
        heads = self._take_heads()
        for change in self.changes:
            message = change.message
            heads[message.room] += 1
            message.changed_seq = heads[message.room]
            if message.id == 0:
                message.seq = message.changed_seq
            for mention in message.mentions or ():
                mention.seq = mention.seq or message.changed_seq

    def _write_changed(self, new: Sequence[Message]) -> None:
        """A root whose thread lost a reply is written after that reply: what is left is counted then."""
        stored, recounted = self._stored, self.threads.recounted
        last = {change.message.id: change.message for change in self.changes if change.message.id in stored}
        rest = [each for number, each in last.items() if number not in recounted]
        update_messages(self.connection, rest, stored, self.now)
        for number, replies in self.threads.recount().items():
            last[number].replies = replies
        update_messages(self.connection, [last[number] for number in sorted(recounted)], stored, self.now)
        index.renew(self.connection, [each for number, each in last.items() if _reads_otherwise(each, stored[number])])
        self.files.flush(new, [stored[number] for number, each in last.items() if each.files != stored[number].files])

    def _take_heads(self) -> dict[int, int]:
        """Lock the rooms in order and move their heads; returns where each head was before."""
        before = {}
        for room, count in sorted(Counter(change.room for change in self.changes).items()):
            head: int = self.connection.execute(_TAKE_HEAD, {"room": room, "count": count}).scalar_one()
            before[room] = head - count
        return before


def _reads_otherwise(message: Message, before: Message) -> bool:
    """Whether search has to look at it again; what is deleted need not have had a text."""
    return message.source != before.source or message.deleted_at != before.deleted_at
