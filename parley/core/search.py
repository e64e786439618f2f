"""Search: pages of what a person may read, by relevance or by time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from parley.core import permissions
from parley.core.excerpt import Piece, excerpt, relevance
from parley.core.query import Query, parse, refuse
from parley.errors import Invalid
from parley.folding import fold
from parley.store import index, messages, rooms, search, users
from parley.store.batch import Batch, Command
from parley.store.rooms import Standing
from parley.store.search import Hit, Wanted
from parley.store.store import Store
from parley.wire import Message

PAGE = 50  # results at most
RANKED = 500  # of the newest that fit are put in order of relevance, then the next so many
ME = "me"

Order = Literal["relevance", "time"]

_CURSOR = re.compile(r"(\d{1,15})(?:\.(\d{1,3}))?")


class Result(NamedTuple):
    """A message that was found, and of its text what to show."""

    message: Message
    excerpt: list[Piece]


class Found(NamedTuple):
    """A page of results; `next` is the cursor of the following one, None at the end."""

    results: list[Result]
    next: str | None


def page(
    store: Store, user: int, text: str, order: Order, before: str | None, limit: int, room: int | None = None
) -> Found:
    """A page of what this person may read and that fits. `before`: the `next` of the page before, in the same order.

    With `room`, only what is in that one.

    By time the newest come first. By relevance the best of the newest RANKED do, then the rest of those, then
    the next so many. Raises Invalid.
    """
    if not 1 <= limit <= PAGE:
        raise Invalid(f"limit is between 1 and {PAGE}.")
    query = parse(text)
    with store.reading() as connection:
        people = {name: _number(users.by_key(connection, name)) for name in query.people if name != ME}
        places = {name: search.room_named(connection, user, name) for name in query.rooms}
        wanted = _wanted(query, {**people, ME: user}, places)
        if room is not None:
            wanted = replace(wanted, rooms=[room] if not wanted.rooms or room in wanted.rooms else [0])
        below, offset = _cursor(before) if before is not None else (search.top(connection), 0)
        if order == "time" or not query.terms:
            hits = search.find(connection, user, wanted, before=below, limit=limit + 1)
            following = str(hits[limit - 1].message) if len(hits) > limit else None
            hits = hits[:limit]
        else:
            among = search.find(connection, user, wanted, before=below, limit=RANKED)
            hits = _ranked(among, query.terms)[offset : offset + limit]
            following = _after(among, below, offset + limit)
        found = {each.id: each for each in messages.these(connection, [hit.message for hit in hits])}
        standings = {room: rooms.standing(connection, room, user) for room in {each.room for each in found.values()}}
    stored = [found[hit.message] for hit in hits if hit.message in found]
    shown = [each for each in stored if _may_read(standings[each.room], each) and _still_fits(each, query.terms)]
    return Found([Result(each, excerpt(each.source, query.terms)) for each in shown], following)


def _number(row: users.UserRow | None) -> int | None:
    return None if row is None else row.id


def _wanted(query: Query, people: Mapping[str, int | None], places: Mapping[str, int | None]) -> Wanted:
    return Wanted(
        query.terms,
        [places[name] or refuse(f"You are in no room called “{name}”: write its whole name.") for name in query.rooms],
        [people[name] or refuse(f"Nobody has the nickname “{name}”: write all of it.") for name in query.people],
        query.since,
        query.until,
        query.link,
        query.file,
    )


def _cursor(before: str) -> tuple[int, int]:
    found = _CURSOR.fullmatch(before)
    if found is None:
        raise Invalid("before is the `next` of the page before; give it as it was, or leave it out.")
    return int(found[1]), int(found[2] or 0)


def _ranked(among: Sequence[Hit], terms: Sequence[str]) -> list[Hit]:
    return sorted(among, key=lambda hit: (relevance(hit.folded, terms), hit.message), reverse=True)


def _after(among: Sequence[Hit], below: int, offset: int) -> str | None:
    if offset < len(among):
        return f"{below}.{offset}"
    return str(among[-1].message) if len(among) == RANKED else None


def _may_read(standing: Standing | None, message: Message) -> bool:
    """The query has seen to that; but who may read is decided in one place."""
    return standing is not None and permissions.may_read_message(standing.seat, standing.room, message)


def _still_fits(message: Message, terms: Sequence[str]) -> bool:
    """A node of the release before may have changed the message, and not the index."""
    folded = fold(message.source)
    return message.deleted_at is None and all(term in folded for term in terms)


@dataclass(slots=True)
class Follow(Command):
    """The index goes a step further in the log of a room, see `parley.store.index`."""

    room: int

    def apply(self, batch: Batch) -> int:
        """Where it is then."""
        return index.follow(batch.connection, self.room)
