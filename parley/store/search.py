"""Finding messages by what they say.

The newest are looked at one by one: what is said often is found there at once, and needs no index that would first
collect a million places. Only when they do not fill the page the index is asked, for all that is older.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, cast, column, exists, func, select, text
from sqlalchemy import table as light_table
from sqlalchemy.dialects.postgresql import TSQUERY

from parley.folding import GRAM, grams_within
from parley.store.index import FILE, LINK, tag_of_author, tag_of_room
from parley.store.tables import members, rooms, search

NEWEST = 10_000  # messages that are looked at without the index
MOST_GRAMS = 16  # that a term is looked for by; what has so many is rare enough
MOST_ROOMS = 50  # that the index is asked for by name
SKEW = timedelta(days=1)  # by which the clocks of nodes may differ

_GRAMS = light_table("search_grams", column("rowid"))
_NEXT = (
    select(search.c.created_at).where(search.c.message_id >= bindparam("number")).order_by(search.c.message_id).limit(1)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a message has to be: all of it. `rooms` and `authors`: one of these, or any when there are none."""

    terms: Sequence[str] = ()  # folded
    rooms: Sequence[int] = ()
    authors: Sequence[int] = ()
    since: datetime | None = None
    until: datetime | None = None  # exclusive
    link: bool = False
    file: bool = False


class Hit(NamedTuple):
    """A message that is wanted, and its folded text."""

    message: int
    folded: str


def find(connection: Connection, user: int, wanted: Wanted, *, before: int, limit: int) -> list[Hit]:
    """The newest messages with an id below `before` that this person may read and that are wanted, newest first."""
    first, last = _between(connection, wanted, before)
    floor = max(last - NEWEST, first - 1)
    query = _wanted(connection, user, wanted)
    newest = query.where(search.c.message_id.between(floor + 1, last)).order_by(search.c.message_id.desc())
    found = [Hit(*row) for row in connection.execute(newest.limit(limit))]
    if len(found) < limit and first <= floor:
        among = _rooms(connection, user, wanted)
        words = _words(wanted, among)
        by_index = _in_gin if connection.dialect.name == "postgresql" else _in_fts
        older = by_index(query, words, first, floor).limit(limit - len(found))
        found += [Hit(*row) for row in connection.execute(older)] if among else []
    return found


def top(connection: Connection) -> int:
    """An id above those of all messages that can be found."""
    return (connection.scalar(select(func.max(search.c.message_id))) or 0) + 1


def room_named(connection: Connection, user: int, key: str) -> int | None:
    """The room of this name, by its key (`parley.names`), if this person is in it."""
    query = select(rooms.c.id).join(members, members.c.room_id == rooms.c.id)
    return connection.scalar(query.where(members.c.user_id == user, rooms.c.name_key == key))


def _wanted(connection: Connection, user: int, wanted: Wanted) -> Select[Any]:
    """Whatever is wanted and was said in a room where this person may read it, wherever it stands."""
    place = func.strpos if connection.dialect.name == "postgresql" else func.instr
    seat = and_(
        members.c.room_id == search.c.room_id,
        members.c.user_id == user,
        members.c.since < search.c.seq,
    )
    return select(search.c.message_id, search.c.folded).where(
        *(place(search.c.folded, term) > 0 for term in wanted.terms),
        *([search.c.room_id.in_(wanted.rooms)] if wanted.rooms else []),
        *([search.c.author_id.in_(wanted.authors)] if wanted.authors else []),
        *([search.c.created_at >= wanted.since] if wanted.since else []),
        *([search.c.created_at < wanted.until] if wanted.until else []),
        *([search.c.has_link] if wanted.link else []),
        *([search.c.has_file] if wanted.file else []),
        exists().where(seat),
    )


# ── the index ───────────────────────────────────────────────────────────────────────────────────────


def _rooms(connection: Connection, user: int, wanted: Wanted) -> list[int]:
    seats = connection.scalars(select(members.c.room_id).where(members.c.user_id == user))
    return [room for room in seats if not wanted.rooms or room in wanted.rooms]


def _words(wanted: Wanted, among: Sequence[int]) -> list[list[str]]:
    """What the index is asked for: of each list one. Whatever is wanted has it; what has it may not be wanted."""
    grams = [gram for term in wanted.terms for gram in _spread(grams_within(term))]
    asked = [[gram] for gram in grams if len(gram) == GRAM or not gram.isascii()]
    if wanted.authors:
        asked.append([tag_of_author(author) for author in wanted.authors])
    if wanted.link:
        asked.append([LINK])
    if wanted.file:
        asked.append([FILE])
    if not asked:  # one or two letters are the beginning of so many grams that anything else is better
        asked = [[gram] for gram in grams]
    if len(among) <= MOST_ROOMS or not asked:
        asked.append([tag_of_room(room) for room in among])
    return asked


def _spread(grams: list[str]) -> list[str]:
    """At most so many of them, from all over the term."""
    return grams[:: -(-len(grams) // MOST_GRAMS)]


def _in_fts(query: Select[Any], words: Sequence[Sequence[str]], first: int, last: int) -> Select[Any]:
    """By FTS5, which finds in the order of the numbers and stops when there are enough."""
    match = " AND ".join(f"({' OR '.join(_fts(word) for word in either)})" for either in words)
    return (
        query.join(_GRAMS, _GRAMS.c.rowid == search.c.message_id)
        .where(text("search_grams MATCH :match").bindparams(match=match), _GRAMS.c.rowid.between(first, last))
        .order_by(_GRAMS.c.rowid.desc())
    )


def _fts(word: str) -> str:
    return f'"{word}"' if len(word) >= GRAM else f'"{word}" *'


def _in_gin(query: Select[Any], words: Sequence[Sequence[str]], first: int, last: int) -> Select[Any]:
    """By GIN, which finds in no order. PostgreSQL would rather read on where we have just been, row by row: so the
    numbers and their order are looked at when everything else is found.
    """
    match = " & ".join(f"({' | '.join(_tsquery(word) for word in either)})" for either in words)
    hits = query.where(search.c.grams.bool_op("@@")(cast(match, TSQUERY))).cte("hits").prefix_with("MATERIALIZED")
    between = hits.c.message_id.between(first, last)
    return select(hits.c.message_id, hits.c.folded).where(between).order_by(hits.c.message_id.desc())


def _tsquery(word: str) -> str:
    return f"'{word}'" if len(word) >= GRAM else f"'{word}':*"


# ── dates ───────────────────────────────────────────────────────────────────────────────────────────


def _between(connection: Connection, wanted: Wanted, before: int) -> tuple[int, int]:
    """The first and the last id that what is wanted can have; ids grow with time, but for the clocks."""
    end = top(connection)
    first = 1 if wanted.since is None else _place(connection, wanted.since - SKEW, end)
    last = end if wanted.until is None else _place(connection, wanted.until + SKEW, end)
    return first, min(last, before) - 1


def _place(connection: Connection, moment: datetime, end: int) -> int:
    """The lowest id from which on messages are not older than that, by bisection."""
    low, high = 1, end
    while low < high:
        middle = (low + high) // 2
        created = connection.scalar(_NEXT, {"number": middle})
        if created is None or created >= moment:
            high = middle
        else:
            low = middle + 1
    return low
