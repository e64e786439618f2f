"""Rooms and the seats in them, as far as a decision about them needs to know. Plain values, no I/O."""

from collections.abc import Iterable
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


def direct_key(people: Iterable[int]) -> str:
    """What a direct conversation of these people has for the key of a name; none has it, for they are casefolded."""
    return " ".join(["DIRECT", *map(str, sorted(people))])


def people_in(name_key: str) -> list[int]:
    """Who is in the direct conversation with this key; nobody, if it is the key of a name."""
    first, *people = name_key.split(" ")
    return [int(each) for each in people] if first == "DIRECT" else []
