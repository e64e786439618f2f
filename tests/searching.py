"""Looking for something, by every way that there is, and people who leave."""

import pytest
from sqlalchemy import delete

from parley.core.search import Found, Order, page
from parley.store import search, tables
from parley.store.batch import Batch, Command
from tests.stores import Place


def look(place: Place, user: int, text: str, *, order: Order = "time", limit: int = 50) -> list[int]:
    """The ids of all that is found, in the order of the pages."""
    found: list[int] = []
    before: str | None = None
    while True:
        answer: Found = page(place.store, user, text, order, before, limit)
        assert len(answer.results) <= limit
        found += [each.message.id for each in answer.results]
        before = answer.next
        if before is None:
            return found


@pytest.fixture(params=[10_000, 0], ids=["newest", "by index"])
def near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new is looked at one by one, what is old is looked up: both find the same."""
    monkeypatch.setattr(search, "NEWEST", request.param)


class Leave(Command):
    """Somebody is no longer in a room."""

    def __init__(self, room: int, user: int) -> None:
        self.room, self.user = room, user

    def apply(self, batch: Batch) -> None:
        members = tables.members
        batch.connection.execute(delete(members).where(members.c.room_id == self.room, members.c.user_id == self.user))
