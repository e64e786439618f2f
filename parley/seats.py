"""Rooms and the seats in them, as far as a decision about them needs to know. Plain values, no I/O."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["member", "moderator", "owner"]
Kind = Literal["public", "private", "direct"]
History = Literal["all", "joined"]  # what somebody who joins sees: everything, or what comes from then on

RANK = {"member": 0, "moderator": 1, "owner": 2}


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in a room. Of its log they see what was posted after `since`."""

    user: int
    role: str = "member"
    since: int = 0

    @property
    def rank(self) -> int:
        """Higher for whoever may more."""
        return RANK.get(self.role, 0)  # a role of a later release is a member's


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What a room is. `general`: everybody is in it."""

    id: int
    name: str
    kind: str
    topic: str = ""
    history: str = "all"
    archived: bool = False
    general: bool = False
