"""Whether a person is told of a message, and why. Pure, and the only rule.

`static/js/notification.js` says it again for browsers; `tests/notification_cases.json` holds the two together.
"""

from datetime import datetime
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from parley.wire import Message, Quiet

Level = Literal["everything", "mentions", "nothing"]
LEVELS = get_args(Level)

Reason = Literal[
    "mention",  # these five: told
    "room_mention",
    "thread",
    "direct",
    "everything",
    "event",  # from here on: not told
    "own",
    "deleted",
    "muted",
    "nothing",
    "reply",
    "mentions_only",
    "quiet",
    "read",
]


class Listener(NamedTuple):
    """A person as they stand to the room of the message.

    `kind` is that of the room. `level` None: as is usual there. `follows`: the thread that the message is in. `read`:
    how far they have read, in that thread if they follow it, else in the room; None where it does not matter, for they
    may be reading right now.
    """

    user: int
    kind: str
    level: str | None = None
    muted: bool = False
    quiet: Quiet | None = None
    follows: bool = False
    read: int | None = None


class Decision(NamedTuple):
    """Whether this person is told of the message, and why. `at`: when it called them."""

    told: bool
    reason: Reason
    at: datetime


def usual(kind: str) -> Level:
    """What is told in a room for which nothing else was chosen."""
    return "everything" if kind == "direct" else "mentions"


def level_of(listener: Listener) -> str:
    """What is told in the room."""
    return listener.level if listener.level is not None and listener.level in LEVELS else usual(listener.kind)


def decide(message: Message, listener: Listener) -> Decision:
    """Whether this person is told of the message as it is now, and why."""
    called = [each for each in message.mentions or () if each.user in (listener.user, None)]
    by_name = any(each.user is not None for each in called)
    since = max((each.seq for each in called), default=message.seq)
    # An edit that mentions somebody calls them when it is made.
    at = message.edited_at if since > message.seq and message.edited_at else message.created_at
    level = level_of(listener)
    in_thread = message.reply_to is not None
    reason: Reason
    if message.kind != "text":
        reason = "event"
    elif message.author == listener.user:
        reason = "own"
    elif message.deleted_at is not None:
        reason = "deleted"
    elif listener.muted:
        reason = "muted"
    elif level == "nothing":
        reason = "nothing"
    elif not called and in_thread and not listener.follows:
        reason = "reply"
    elif not called and not in_thread and level == "mentions":
        reason = "mentions_only"
    elif listener.quiet is not None and is_quiet(listener.quiet, at):
        reason = "quiet"
    elif listener.read is not None and listener.read >= since:
        reason = "read"
    else:
        if called:
            reason = "mention" if by_name else "room_mention"
        elif in_thread:
            reason = "thread"
        else:
            reason = "direct" if listener.kind == "direct" else "everything"
        return Decision(True, reason, at)
    return Decision(False, reason, at)


def is_quiet(quiet: Quiet, at: datetime) -> bool:
    """Whether a moment is in somebody's hours without notifications; at `to` they are over."""
    now = f"{at.astimezone(ZoneInfo(quiet.timezone)):%H:%M}"
    if quiet.from_ <= quiet.to:
        return quiet.from_ <= now < quiet.to
    return now >= quiet.from_ or now < quiet.to


_WORDS: dict[Reason, str] = {
    "mention": "You are told of this message: it mentions you.",
    "room_mention": "You are told of this message: it mentions everybody in the room.",
    "thread": "You are told of this message: it answers in a thread that you follow.",
    "direct": "You are told of this message: it is in a direct conversation.",
    "everything": "You are told of this message: you are told of everything in this room.",
    "event": "Nobody is told of this: the room wrote it, not a person.",
    "own": "You are not told of this message: you wrote it.",
    "deleted": "Nobody is told of this message any more: it was deleted.",
    "muted": "You are not told of this message: you have muted the room.",
    "nothing": "You are not told of this message: in this room you are told of nothing.",
    "reply": "You are not told of this message: it answers in a thread that you do not follow, "
    "and does not mention you.",
    "mentions_only": "You are not told of this message: it does not mention you, "
    "and in this room you are told only of mentions, and of threads that you follow.",
    "read": "You are not told of this message: you have read it.",
}
_ELSEWHERE = " A device stays silent while you read it, on this or another one."


def words(decision: Decision, listener: Listener) -> str:
    """The decision as a sentence for this person."""
    if decision.reason == "quiet" and (quiet := listener.quiet) is not None:
        now = f"{decision.at.astimezone(ZoneInfo(quiet.timezone)):%H:%M}"
        hours = f"between {quiet.from_} and {quiet.to} you want no notifications"
        return f"You are not told of this message: it was {now} ({quiet.timezone}), and {hours}."
    return _WORDS[decision.reason] + (_ELSEWHERE if decision.told else "")
