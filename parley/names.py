"""Nicknames and the names of rooms: which are allowed, and when two are the same. Pure, no I/O.

A name shows itself as it was typed, in any script; what cannot be seen in it never makes it another name.
Letters of different scripts that look alike are not told apart: that needs judgement, not a rule.
"""

import re
from unicodedata import bidirectional, category, combining, normalize

from parley.errors import Invalid

LONGEST = 32  # code points, for a nickname
LONGEST_ROOM = 64
LONGEST_DISPLAY = 64
MOST_MARKS = 4  # combining marks on one letter; Vietnamese, Thai and Tibetan need three
RESERVED = frozenset({"all", "channel", "everyone", "here", "room"})  # to address many at once
REMOVED = "Removed user"  # what everybody is called whose account is gone, and nobody else

# Default_Ignorable_Code_Point of the Unicode Character Database: what is not drawn.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BLANK = "\u2800"  # the Braille cell without dots
_JOINERS = "\u200c\u200d"
_EMOJI_OR_TEXT = "\ufe0e\ufe0f"


def check(raw: str) -> str:
    """The nickname as it will be shown: NFC, without space around it, with single spaces inside.

    Raises Invalid, saying what is wrong: empty or over 32 code points, a colon (RFC 7617 has none in a
    user-id), control, format, private or unassigned characters, nothing but punctuation, stray or stacked
    combining marks, or a reserved word. Idempotent.
    """
    name = _name(raw, "nickname", LONGEST)
    if ":" in name:
        raise _unfit("nickname", "cannot contain a colon; leave it out.")
    _check_reserved(name, "nickname")
    return name


def check_display(raw: str) -> str:
    """The name that is shown instead of a nickname: like one, but of up to 64 code points, colons may be in it, and
    several people may have the same.

    Raises Invalid, saying what is wrong. Idempotent.
    """
    name = _name(raw, "display_name", LONGEST_DISPLAY)
    _check_reserved(name, "display_name")
    return name


def check_room(raw: str) -> str:
    """The name of a room as it will be shown, like a nickname, but of up to 64 code points, and colons may be in it.

    Raises Invalid, saying what is wrong. Idempotent.
    """
    return _name(raw, "room_name", LONGEST_ROOM)


def _name(raw: str, what: str, longest: int) -> str:
    text = raw.strip()
    if any(category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise _unfit(what, "is one line without control characters; remove them.")
    name = " ".join(normalize("NFC", text).split())
    if not name:
        raise _unfit(what, "cannot be empty; choose one.")
    if len(name) > longest:
        raise _unfit(what, f"has at most {longest} characters; choose a shorter one.")
    _check_invisible(name, what)
    _check_marks(name, what)
    if not any(category(character)[0] in "LNS" for character in name):
        raise _unfit(what, "needs at least one letter, digit or symbol; add one.")
    return name


def _check_reserved(name: str, what: str) -> None:
    if key(name) in RESERVED:
        raise _unfit(what, f"cannot be “{name}”, reserved for addressing many people at once; choose another.")
    if key(name) == key(REMOVED):
        raise _unfit(what, f"cannot be “{name}”, reserved for those who are gone; choose another.")


def key(name: str) -> str:
    """What makes a nickname unique: two names with the same key are the same name.

    NFKC_Casefold of the Unicode Standard (§3.13), repeated until nothing changes, with single spaces: case,
    width, ligatures and characters that are not drawn make no difference. Idempotent, but it may be longer
    than the name. Accepts any text.
    """
    previous = None
    while name != previous:
        previous = name
        name = _IGNORABLE.sub("", normalize("NFKC", name).casefold())
        name = " ".join(normalize("NFKC", name).split())
    return name


def is_blank(text: str) -> bool:
    """Whether nothing of it is drawn: spaces and invisible characters only."""
    return all(each.isspace() or each == _BLANK or _IGNORABLE.match(each) for each in text)


def _check_invisible(name: str, what: str) -> None:
    for before, character in zip(" " + name, name, strict=False):
        allowed = True
        if character in _JOINERS:
            # RFC 5892, appendix A: Arabic letters and the viramas of Indic scripts; and the parts of an emoji.
            allowed = bidirectional(before) == "AL" or combining(before) == 9 or _is_emoji(before)
        elif character in _EMOJI_OR_TEXT:
            allowed = category(before)[0] in "NPS"
        elif category(character) in ("Cf", "Co", "Cn") or character == _BLANK or _IGNORABLE.match(character):
            allowed = False
        if not allowed:
            raise _unfit(what, "cannot contain invisible or unassigned characters; type it anew without them.")


def _check_marks(name: str, what: str) -> None:
    marks = MOST_MARKS
    for character in name:
        if character in _EMOJI_OR_TEXT:
            continue
        if category(character)[0] == "M":
            marks += 1
        elif character == " ":
            marks = MOST_MARKS
        else:
            marks = 0
        if marks > MOST_MARKS:
            raise _unfit(what, "has an accent without a letter or too many on one; take some away.")


def _is_emoji(character: str) -> bool:
    return category(character) in ("So", "Sk") or character == "\ufe0f"


def _unfit(what: str, detail: str) -> Invalid:
    return Invalid(f"A {what.replace('_', ' ')} {detail}", code=f"unfit_{what}")
