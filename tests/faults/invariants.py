"""What must be true when all is quiet again. Pure: judged from what clients were told and what a fresh load shows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.running import Frame

DESERVED = {"empty"}  # what people here do wrong on purpose


class Place(NamedTuple):
    """What an ack says: where a command was stored."""

    seq: int
    message: int


@dataclass
class Ledger:
    """What one client was told about its own commands."""

    author: int
    posts: dict[str, Place] = field(default_factory=dict)  # by key
    changes: dict[str, Place] = field(default_factory=dict)  # edits and deletions, by key
    texts: dict[int, str] = field(default_factory=dict)  # message → its last acknowledged text; "" when deleted
    refused: dict[str, str] = field(default_factory=dict)  # key → why it was finally refused
    doubled: list[str] = field(default_factory=list)  # one key, two answers
    disorder: list[str] = field(default_factory=list)  # what came and was not the next thing

    def acknowledged_again(self, key: str, place: Place) -> None:
        """Note a further ack of a post; the same place again is fine."""
        if key in self.posts and self.posts[key] != place:
            self.doubled.append(f"{key} was answered {self.posts[key]} and {place}")


@dataclass
class Findings:
    """Each sentence is one broken promise."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def add(self, more: "Findings") -> None:
        """Take in what another look has found."""
        for name in ("lost", "doubled", "disorder", "other"):
            ours: list[str] = getattr(self, name)
            ours += [each for each in getattr(more, name) if each not in ours]

    @property
    def clean(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.doubled or self.disorder or self.other)


def check(
    fresh: Mapping[int, Frame], ledgers: Iterable[Ledger], readers: Mapping[str, Mapping[int, Frame]]
) -> Findings:
    """Hold a fresh load of a room, by message id, against what its clients were told and what its readers show.

    Every change of the room must be one of the clients', or a message of the room itself.
    """
    ledgers = list(ledgers)
    found = Findings()
    keys = Counter((each["author"], each["key"]) for each in fresh.values() if each["key"])
    found.doubled += [f"{key} is stored {count} times" for (_, key), count in keys.items() if count > 1]
    for ledger in ledgers:
        _check_own(fresh, ledger, {key for author, key in keys if author == ledger.author}, found)
    _check_numbers(fresh, ledgers, found)
    for name, shown in readers.items():
        _check_reader(fresh, name, shown, found)
    return found


def _check_own(fresh: Mapping[int, Frame], ledger: Ledger, stored: set[str], found: Findings) -> None:
    found.doubled += ledger.doubled
    found.disorder += ledger.disorder
    for key, place in ledger.posts.items():
        message = fresh.get(place.message)
        if message is None or (message["key"], message["seq"]) != (key, place.seq):
            found.lost.append(f"{key}, acknowledged as {place}, is not there")
    for number, text in ledger.texts.items():
        if number in fresh and fresh[number]["source"] != text:
            found.lost.append(f"the last change of message {number} is not there")
    found.other += [f"{key} was refused, and is stored" for key in stored & ledger.refused.keys()]
    found.other += [f"{key} was refused: {why}" for key, why in ledger.refused.items() if why not in DESERVED]
    found.other += [f"{key} is stored and unanswered" for key in stored - ledger.refused.keys() - ledger.posts.keys()]


def _check_numbers(fresh: Mapping[int, Frame], ledgers: Iterable[Ledger], found: Findings) -> None:
    """Numbers without gap, none given twice. A change below a later one is known from its ack alone."""
    for name in ("seq", "changed_seq"):
        taken = Counter(int(each[name]) for each in fresh.values())
        found.doubled += [f"{name} {number} stands {count} times" for number, count in taken.items() if count > 1]
    known = {int(each[name]) for each in fresh.values() for name in ("seq", "changed_seq")}
    for ledger in ledgers:
        known |= {place.seq for place in (*ledger.posts.values(), *ledger.changes.values())}
    gaps = set(range(1, max(known, default=0))) - known
    found.lost += [f"nobody knows what seq {number} was" for number in sorted(gaps)]


def _check_reader(fresh: Mapping[int, Frame], name: str, shown: Mapping[int, Frame], found: Findings) -> None:
    for number in fresh.keys() - shown.keys():
        found.lost.append(f"{name} does not show message {number}")
    for number, message in shown.items():
        if fresh.get(number) != message:
            found.lost.append(f"{name} shows another message {number} than a fresh load")
