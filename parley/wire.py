"""What travels: the frames of the socket. Pure, no I/O. The shapes inside them are named here too.

Client frames (`parsing.py` reads them) are structs that refuse unknown types, unknown fields and wrong types; server
frames are encoded once, into bytes that every socket shares. `docs/protocol.md` describes each of them.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

# Whoever speaks the protocol finds its shapes here.
from parley.message import File as File
from parley.message import Instant as Instant
from parley.message import Mention as Mention
from parley.message import Message as Message
from parley.message import Pinned as Pinned
from parley.message import Preview as Preview
from parley.message import Reaction as Reaction
from parley.message import Replies as Replies
from parley.room import Room as Room
from parley.room import Thread as Thread
from parley.user import Quiet as Quiet
from parley.user import Status as Status
from parley.user import User as User

PROTOCOL_LIMIT = 128 * 1024  # bytes in a frame from a client: 8,000 characters fit, even escaped as surrogate pairs

Id = Annotated[int, Meta(ge=1, le=2**53)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Emoji = Annotated[str, Meta(min_length=1, max_length=32)]
Posted = Annotated[list[Id], Meta(max_length=10)]
Watched = Annotated[list[Id], Meta(max_length=200)]


# ── from the client ─────────────────────────────────────────────────────────────────────────────────


class Hello(Struct, tag="hello", forbid_unknown_fields=True):
    """The first frame: where this client stands in each room it knows."""

    cursors: dict[Id, Seq] = {}
    epoch: str = ""


class Post(Struct, tag="post", forbid_unknown_fields=True):
    """A new message, or a reply in the thread of another; the key makes a retry harmless.

    With files, which were sent before, the text may be empty.
    """

    key: Key
    room: Id
    source: str
    reply_to: Id | None = None
    files: Posted = []


class Edit(Struct, tag="edit", forbid_unknown_fields=True):
    """A new text for one's own message."""

    key: Key
    message: Id
    source: str


class Delete(Struct, tag="delete", forbid_unknown_fields=True):
    """Make a tombstone of one's own message."""

    key: Key
    message: Id


class React(Struct, tag="react", forbid_unknown_fields=True):
    """Put an emoji under a message, or take it back."""

    key: Key
    message: Id
    emoji: Emoji
    on: bool


class Pin(Struct, tag="pin", forbid_unknown_fields=True):
    """Pin a message in its room, or take it off."""

    key: Key
    message: Id
    on: bool


class Follow(Struct, tag="follow", forbid_unknown_fields=True):
    """Hear of new replies under a message, or no longer."""

    key: Key
    message: Id
    on: bool


class Read(Struct, tag="read", forbid_unknown_fields=True):
    """This person has seen everything up to `seq`, in the room or in one of its threads; never goes backward.

    `generation`: of the room's read position, when they saw it; if it was set back since then, the frame is ignored.
    """

    room: Id
    seq: Seq
    generation: Seq | None = None
    thread: Id | None = None


class Unread(Struct, tag="unread", forbid_unknown_fields=True):
    """The message at this place is unread again, and all that follow: the next generation of the read position."""

    room: Id
    seq: Annotated[int, Meta(ge=1, le=2**53)]


class Typing(Struct, tag="typing", forbid_unknown_fields=True):
    """This person is writing in a room."""

    room: Id


class Watch(Struct, tag="watch", forbid_unknown_fields=True):
    """The people whose presence this client shows, instead of those it named before."""

    users: Watched


class Ping(Struct, tag="ping", forbid_unknown_fields=True):
    """Answered with a pong."""


ClientFrame = Hello | Post | Edit | Delete | React | Pin | Follow | Read | Unread | Typing | Watch | Ping


# ── to the client ───────────────────────────────────────────────────────────────────────────────────


class Welcome(Struct, tag="welcome"):
    """The answer to hello: who you are, which rooms you are in, who is here. `log` frames follow.

    `threads`: those one follows with unread replies, the newest of them; `more_threads`: how many others there are.
    """

    epoch: str
    user: User
    rooms: list[Room]
    users: list[User]
    online: int
    threads: list[Thread] | UnsetType = UNSET
    more_threads: int | UnsetType = UNSET
    quiet: Quiet | UnsetType = UNSET


class Log(Struct, tag="log"):
    """Everything in `(from, to]`, each message as it is now. `more`: another page follows by itself.

    Without a cursor it is the newest page: then `from` is 0, `older` says whether there is history before
    it, and the client starts afresh with it (`reset`).
    """

    room: int
    from_: int = msgspec.field(name="from")
    to: int
    messages: list[msgspec.Raw]
    more: bool = False
    reset: bool = False
    older: bool = False


class MessageEvent(Struct, tag="message"):
    """The one durable event: this message, as of seq n."""

    room: int
    seq: int
    message: msgspec.Raw


class Ack(Struct, tag="ack"):
    """The command with this key is stored. Sent after COMMIT has returned, never before."""

    key: str
    room: int
    seq: int
    message: int


class Error(Struct, tag="error", omit_defaults=True):
    """A refused command; nothing was changed by it."""

    code: str
    detail: str
    key: str | None = None
    retry_after: float | None = None


class Heads(Struct, tag="heads"):
    """The heartbeat: where each room of this person stands, and how many people are online."""

    heads: dict[int, int]
    online: int


class Presence(Struct, tag="presence"):
    """Somebody came or went."""

    user: int
    online: bool


class UserEvent(Struct, tag="user"):
    """Somebody has another name, picture, status or time zone, or is gone."""

    user: User


class TypingEvent(Struct, tag="typing"):
    """Somebody writes in a room; forget it after a few seconds."""

    room: int
    user: int


class ReadEvent(Struct, tag="read", omit_defaults=True):
    """This person's own read position moved, in a room or in one of its threads, perhaps on another device; in a later
    generation, be it backward.
    """

    room: int
    seq: int
    generation: int = 0
    thread: int = 0


class ThreadEvent(Struct, tag="thread"):
    """How this person stands to a thread: said when a reply comes into one they follow, and when they follow it or no
    longer, perhaps on another device.
    """

    room: int
    thread: int
    following: bool
    read: int


class RoomEvent(Struct, tag="room"):
    """This person is in this room now, or in another role; when it is new to them, its `log` follows."""

    room: Room


class LeftEvent(Struct, tag="left"):
    """This person is no longer in this room: forget it."""

    room: int


class PreferencesEvent(Struct, tag="preferences"):
    """What this person likes has changed, perhaps at another device."""

    quiet: Quiet | None


class Pong(Struct, tag="pong"):
    """The answer to ping."""


encode = msgspec.json.Encoder().encode
