"""What one client was told, and what it noticed itself. Pure; `invariants` holds it against the rooms."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.running import Frame

Key = str


class Told(NamedTuple):
    """An ack: what was asked for, and where it was stored."""

    command: Frame
    epoch: str
    room: int
    seq: int
    message: int

    @property
    def key(self) -> Key:
        """The key of the command."""
        return str(self.command["key"])

    @property
    def place(self) -> tuple[int, int, int]:
        """Room, seq and message."""
        return self.room, self.seq, self.message


class Refusal(NamedTuple):
    """A final no."""

    kind: str  # of the command
    code: str


@dataclass
class Ledger:
    """What one client was told about its own commands. The lists of sentences are broken promises."""

    author: int
    told: dict[Key, Told] = field(default_factory=dict)  # in the order in which the answers came
    refused: dict[Key, Refusal] = field(default_factory=dict)
    resent: Counter[int] = field(default_factory=Counter)  # message → changes whose first answer may be lost
    doubtful: set[int] = field(default_factory=set)  # messages of which a change was given up without an answer
    doubled: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def posts(self) -> list[Told]:
        """The acknowledged posts."""
        return [each for each in self.told.values() if each.command["type"] == "post"]

    def acknowledged(self, told: Told) -> None:
        """Note an ack. A post has one place for ever; a change that is there already is answered with its latest."""
        first = self.told.setdefault(told.key, told)
        if first.place != told.place and told.command["type"] == "post":
            self.doubled.append(f"{told.key} was answered {first.place} and {told.place}")

    def rewind(self, heads: Mapping[int, int], epoch: str) -> None:
        """A backup was restored that reaches to these heads: of what was told before `epoch`, the rest is gone."""
        self.told = {
            key: each for key, each in self.told.items() if each.epoch == epoch or each.seq <= heads.get(each.room, 0)
        }
