"""A person as others see them. Pure, no I/O."""

from msgspec import UNSET, Struct, UnsetType, field

from parley.message import Instant


class Status(Struct, frozen=True):
    """What somebody is up to, until a moment if there is one."""

    emoji: str
    text: str | UnsetType = UNSET
    until: Instant | UnsetType = UNSET


class Quiet(Struct, frozen=True, forbid_unknown_fields=True):
    """Hours of the day in which somebody wants no notifications: from HH:MM to HH:MM, perhaps over midnight."""

    from_: str = field(name="from")
    to: str
    timezone: str


class User(Struct, frozen=True):
    """A person as others see them. `seen_at`: when they were last here, to a minute; null while they are, or never.

    `name` is shown instead of the nickname. `picture` is the last part but one of its address. What a person has not
    set is left out. `removed`: the account is gone.
    """

    id: int
    nickname: str
    created_at: Instant
    online: bool = False
    seen_at: Instant | None = None
    name: str | UnsetType = UNSET
    picture: str | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    removed: bool | UnsetType = UNSET
