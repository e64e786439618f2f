"""What a person wants to be told of: by room, and by the hours of the day; and why they are told of a message."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from msgspec import UNSET, UnsetType

from parley.core import permissions
from parley.core.membership import here
from parley.core.notifications import Decision, Level, Listener, decide, words
from parley.core.profiles import check_timezone
from parley.core.refusals import no_room
from parley.errors import Invalid, NotFound
from parley.signals import Signal
from parley.store import attention, following, messages, rooms
from parley.store.attention import Attention, QuietHours
from parley.store.batch import Batch, Command, Needs
from parley.store.store import Store
from parley.wire import Quiet

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(slots=True)
class ChangeAttention(Command):
    """What somebody is told of in a room, None for what is usual there; and whether it is muted."""

    user: int
    room: int
    level: Level | UnsetType | None = UNSET
    muted: bool | UnsetType = UNSET

    def needs(self) -> Needs:
        """The seat."""
        return Needs(seats=((self.room, self.user),))

    def apply(self, batch: Batch) -> None:
        """The person's devices follow. Raises NotFound for who is not in the room."""
        here(batch, self.room, self.user)
        columns: dict[str, Any] = {}
        if self.level is not UNSET:
            columns["notify"] = self.level
        if self.muted is not UNSET:
            columns["muted"] = self.muted
        if columns:
            attention.change(batch.connection, self.room, self.user, columns)
            batch.signals.append(Signal("membership", self.user, self.room))


def of_room(store: Store, user: int, room: int) -> Attention:
    """What this person is told of in a room. Raises NotFound for who is not in it."""
    with store.reading() as connection:
        found = attention.of_room(connection, user, room)
    if found is None:
        raise no_room()
    return found


def check_quiet(quiet: Quiet) -> QuietHours:
    """Hours without notifications as they are stored. Raises Invalid."""
    if not (_TIME.fullmatch(quiet.from_) and _TIME.fullmatch(quiet.to)):
        raise Invalid("from and to are times of the day, from 00:00 to 23:59.")
    if quiet.from_ == quiet.to:
        raise Invalid("from and to are the same time; to be told of nothing at all, choose that for each room.")
    return QuietHours(quiet.from_, quiet.to, check_timezone(quiet.timezone))


@dataclass(slots=True)
class ChangeQuiet(Command):
    """The hours in which somebody wants no notifications; None: there are none. Made of what `check_quiet` returns."""

    user: int
    hours: QuietHours | None

    def apply(self, batch: Batch) -> None:
        """The person's devices follow."""
        attention.set_quiet(batch.connection, self.user, self.hours)
        batch.signals.append(Signal("preferences", self.user))


def quiet_of(store: Store, user: int) -> Quiet | None:
    """The hours in which this person wants no notifications, in the time zone of their profile if it has one."""
    with store.reading() as connection:
        return attention.quiet_of(connection, user)


class Answer(NamedTuple):
    """Why somebody is told of a message, or not, in a sentence."""

    decision: Decision
    detail: str


def why(store: Store, user: int, number: int) -> Answer:
    """Whether this person is told of a message by what they have chosen now. Raises NotFound, as for the message."""
    with store.reading() as connection:
        message = messages.one(connection, number)
        standing = None if message is None else rooms.standing(connection, message.room, user)
        if (
            message is None
            or standing is None
            or not permissions.may_read_message(standing.seat, standing.room, message)
        ):
            raise NotFound("There is no such message.")
        chosen = attention.of_room(connection, user, message.room) or Attention(None, False)
        quiet = attention.quiet_of(connection, user)
        thread = message.reply_to
        follows = thread is not None and following.one(connection, user, thread) is not None
    listener = Listener(user, standing.room.kind, chosen.notify, chosen.muted, quiet, follows)
    decision = decide(message, listener)
    return Answer(decision, words(decision, listener))
