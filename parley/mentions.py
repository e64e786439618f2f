"""Mentions: which words of a text may name somebody, and how those stand in its HTML. Pure, no I/O.

`text.py` finds candidates and marks them. Whom they name is only known where members are (`core/mentions.py`), and
then `settle` turns each mark into a mention, or back into plain text.

- `@name` names whoever has the longest name that the text goes on with: of `@ann's` that is `ann's`, else `ann`. A
  name ends where a word does; dots, hyphens and underscores within it belong to it. Han, kana, Hangul, Thai and other
  scripts without spaces between words are tried at every place.
- `@"Ann Lee"` names who is called just that; the quotes may be curly, as telephones make them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from unicodedata import category

from msgspec import Struct

from parley.names import key

MOST = 50  # candidates in a message; what comes after is plain text
MOST_ENDS = 16  # places that are tried as the end of a name
WHOLE_ROOM = 0  # whom `@room` names: no person has this id

_CANDIDATE = re.compile(r'@(?:"([^"]{1,64})"|[“”„]([^"“”„]{1,64})["“”]|[^\s:@"“”„\0]{1,64})')
_MARK = re.compile(r'<span class="mention" data-user="(\d+)">[^<]*</span>')
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_CONNECTORS = "-._"
_JOINERS = "\u200c\u200d"


class Name(Struct, frozen=True):
    """One reading of a candidate: the key of a name (`parley.names`), and how many characters with the @ spell it."""

    key: str
    length: int


class Candidate(Struct, frozen=True):
    """What may be a mention, as it was typed, and its readings, the longest first."""

    typed: str
    names: tuple[Name, ...]
    quoted: bool = False


class Found(NamedTuple):
    """A candidate and its place."""

    start: int
    candidate: Candidate

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.start + len(self.candidate.typed)


def find(text: str, literal: str) -> Iterator[Found]:
    """The candidates of a line, in order. `literal`: the line with a NUL for each character that is not meant as one
    of ours, because a backslash stands before it.
    """
    for match in _CANDIDATE.finditer(literal):
        start, end = match.span()
        if _within_word(literal, start):
            continue
        quoted = match.lastindex is not None
        if quoted:
            spelled = key(text[start + 2 : end - 1])
            names = [Name(spelled, end - start)] if spelled else []
        else:
            names = list(_readings(text, start, end))
            end = start + names[0].length if names else end
        if names:
            yield Found(start, Candidate(text[start:end], tuple(names), quoted))


def _readings(text: str, start: int, end: int) -> list[Name]:
    ends = [place for place in range(start + 2, end + 1) if _ends(text, place)][:MOST_ENDS]
    named = [Name(key(text[start + 1 : place]), place - start) for place in reversed(ends)]
    return [name for name in named if any(each.isalnum() or category(each)[0] == "S" for each in name.key)]


def _within_word(text: str, place: int) -> bool:
    """Whether the @ is part of a mail address or the like."""
    before = text[place - 1 : place]
    return before in ("@", "_") or (_wordy(before) and not _UNSPACED.match(before))


def _ends(text: str, place: int) -> bool:
    """Whether a name may end before this place."""
    before, after, beyond = text[place - 1], text[place : place + 1], text[place + 1 : place + 2]
    if not after:
        return True
    if category(after)[0] == "M" or after in _JOINERS or before in _JOINERS:
        return False
    if _wordy(before) and _wordy(after):
        return bool(_UNSPACED.match(before) or _UNSPACED.match(after))
    if after in _CONNECTORS:
        return not _wordy(beyond)
    return not (before in _CONNECTORS and _wordy(after))


def _wordy(character: str) -> bool:
    return character.isalnum() or (character != "" and category(character)[0] == "M")


def mark(number: int, escaped: str) -> str:
    """The place of a candidate in HTML, until it is settled."""
    return f'<span class="mention" data-user="{number}">{escaped}</span>'


def settle(html: str, candidates: Sequence[Candidate], who: Callable[[str], int | None]) -> tuple[str, list[int]]:
    """Sanitized HTML with mentions instead of the marks, and who is mentioned, in order and once each.

    `who` tells whose name has this key: nobody, a person's id, or `WHOLE_ROOM`.
    """
    mentioned: dict[int, None] = {}

    def settled(found: re.Match[str]) -> str:
        candidate = candidates[int(found[1])]
        for name in candidate.names:
            person = who(name.key)
            if person is not None:
                mentioned[person] = None
                typed = candidate.typed
                shown = f"@{typed[2:-1]}" if candidate.quoted else typed[: name.length]
                data = "room" if person == WHOLE_ROOM else str(person)
                rest = "" if candidate.quoted else _escape(typed[name.length :])
                return f'<span class="mention" data-user="{data}">{_escape(shown)}</span>{rest}'
        return _escape(candidate.typed)

    return _MARK.sub(settled, html), list(mentioned)


def _escape(text: str) -> str:
    """As the sanitizer does it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\xa0", "&nbsp;")
