"""The language in which people search. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from parley import names
from parley.errors import Invalid
from parley.folding import fold

LONGEST = 200  # characters of a query
MOST_TERMS = 10

_TOKEN = re.compile(
    r"""(?P<key>from|in|before|after|has):(?:"(?P<quoted>[^"]*)"|(?P<value>\S*))|"(?P<phrase>[^"]*)"|(?P<word>\S+)""",
    re.IGNORECASE,
)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Terms are folded, people and rooms are keys of names; a message has to fit all of it."""

    terms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    link: bool = False
    file: bool = False


def parse(text: str) -> Query:
    """Read a query: words, `"several words"`, `from:`, `in:`, `before:`, `after:`, `has:link`, `has:file`.

    Days are those of UTC, and what was said on a day is neither before nor after it. Raises Invalid, saying what
    to write instead.
    """
    if len(text) > LONGEST:
        refuse(f"A search has at most {LONGEST} characters; leave some out.")
    terms: list[str] = []
    people: list[str] = []
    rooms: list[str] = []
    since: datetime | None = None
    until: datetime | None = None
    has: set[str] = set()
    for token in _TOKEN.finditer(text):
        key, value = (token["key"] or "").lower(), token["quoted"] or token["value"] or ""
        match key:
            case "from":
                people.append(names.key(value.removeprefix("@")) or refuse("Write a nickname after from:, or me."))
            case "in":
                rooms.append(names.key(value.removeprefix("#")) or refuse("Write the name of a room after in:."))
            case "before":
                start, _ = _period(key, value)
                until = start if until is None else min(until, start)
            case "after":
                _, end = _period(key, value)
                since = end if since is None else max(since, end)
            case "has":
                what = value.casefold().removesuffix("s")
                has.add(what if what in ("link", "file") else refuse("Of has: there are has:link and has:file."))
            case _:
                terms.append(fold(token["phrase"] or token["word"] or ""))
    terms = list(dict.fromkeys(filter(None, terms)))
    if len(terms) > MOST_TERMS:
        refuse(f"A search has at most {MOST_TERMS} words; leave some out, or put them in quotes.")
    query = Query(tuple(terms), tuple(people), tuple(rooms), since, until, "link" in has, "file" in has)
    if query == Query():
        refuse("Write what to look for: words, or from:, in:, before:, after:, has:link, has:file.")
    return query


def _period(key: str, value: str) -> tuple[datetime, datetime]:
    """The beginning and the end of a day, a month or a year, in UTC."""
    found = _DAY.fullmatch(value)
    try:
        year, month, day = (int(each) if each else None for each in found.groups()) if found else (None, None, None)
        if year is None or not 1970 <= year <= 9000:
            raise ValueError("no date that a message may have")
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day is not None:
            return start, datetime.fromtimestamp(start.timestamp() + 86_400, UTC)
        return start, start.replace(year=year + (month in (None, 12)), month=(month or 12) % 12 + 1)
    except (ValueError, OverflowError):
        refuse(f"Write a day after {key}:, like 2026-11-22, or a month or a year.")


def refuse(sentence: str) -> NoReturn:
    """Raise Invalid for a query."""
    raise Invalid(sentence, code="invalid_search")
