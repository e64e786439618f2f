"""Direct conversations: rooms that are the people in them, and have no other name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from parley.core.entries import entry
from parley.core.membership import check_person, seat_by
from parley.errors import Invalid
from parley.seats import RoomFacts, direct_key
from parley.store.batch import Batch, Command

MOST_PEOPLE = 8


class Opened(NamedTuple):
    """A conversation; `new`: nobody had opened it before."""

    room: int
    new: bool


@dataclass(slots=True)
class OpenConversation(Command):
    """The conversation of these people and of who opens it: the one there is, or a new one."""

    user: int
    others: Sequence[int]

    def prepare(self) -> None:
        """Raises Invalid for too few people or too many."""
        if not 2 <= len({self.user, *self.others}) <= MOST_PEOPLE:
            raise Invalid(f"A direct conversation is between 2 and {MOST_PEOPLE} people, you among them.")

    def apply(self, batch: Batch) -> Opened:
        """Raises NotFound when one of them is not there."""
        people = sorted({self.user, *self.others})
        name_key = direct_key(people)
        known = batch.seating.named(name_key)
        if known is not None:
            return Opened(known, False)
        for person in people:
            check_person(batch, person)
        number = batch.seating.add_room(name="", name_key=name_key, kind="direct")
        created = batch.post(entry(batch, number, "created", self.user))
        for person in people:
            seat_by(batch, RoomFacts(number, "", "direct"), person, "member", created)
        return Opened(number, True)
