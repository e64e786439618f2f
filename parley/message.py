"""A message as it travels and as `store` gives it, with what hangs under it. Pure, no I/O."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Instant = Annotated[datetime, Meta(tz=True)]  # ISO 8601, in UTC


class Preview(Struct, frozen=True):
    """A link of a message, unfolded or on its way to it. `position` names it within its message."""

    position: int
    url: str
    state: Literal["pending", "ready", "failed", "refused", "removed"]
    title: str = ""
    description: str = ""
    site: str = ""


class Reaction(Struct, frozen=True):
    """One emoji under a message and the people who chose it, in the order in which they did."""

    emoji: str
    users: list[int]


class Mention(Struct):
    """Somebody whom a message calls, or the whole room (`user` is null), since this seq of the room's log."""

    user: int | None
    seq: int


class Replies(Struct, frozen=True):
    """The thread under a message: how many replies are in it, the place of the last one, when it came, and who replied,
    at most 8 of them, in the order in which they did.
    """

    count: int
    seq: int
    at: Instant
    users: list[int]


class Pinned(Struct, frozen=True):
    """Who pinned a message in its room, and when."""

    by: int
    at: Instant


class File(Struct, frozen=True):
    """A file of a message. Of a picture that is shown there are width and height, in pixels, and a thumbnail."""

    id: int
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    thumbnail: bool = False


class Message(Struct):
    """A message as of `changed_seq`; its place in the room, `seq`, never changes.

    `reply_to`: the message under which its thread is. What is UNSET when there is nothing of the kind is left out.
    """

    id: int
    room: int
    seq: int
    changed_seq: int
    kind: str
    author: int | None
    key: str | None
    source: str
    html: str
    created_at: Instant
    edited_at: Instant | None = None
    deleted_at: Instant | None = None
    reactions: list[Reaction] = []
    previews: list[Preview] = []
    reply_to: int | None = None
    mentions: list[Mention] | UnsetType = UNSET
    replies: Replies | UnsetType = UNSET
    pinned: Pinned | UnsetType = UNSET
    files: list[File] | UnsetType = UNSET
