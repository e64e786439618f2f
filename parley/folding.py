"""Text as search compares it: without case, accents and width; and the short pieces of it that the index holds. Pure.

What is folded is stored, and what is asked for is folded by the same function: so a change of these rules needs an
index that is built anew.
"""

import re
from unicodedata import combining, normalize

GRAM = 3  # characters
_END = "_" * (GRAM - 1)

# Accents of Latin, Greek and Cyrillic, the points of Hebrew and Arabic; and what is not drawn. Other marks are vowels
# or make another letter, as in Devanagari, Thai and Japanese.
_DROPPED = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
# Letters with a stroke and the like, which Unicode does not take apart.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})
# SQLite's tokenizer and PostgreSQL's queries leave these alone: letters, digits, and all that is not ASCII.
_PLAIN = {code: "_" for code in range(128) if not chr(code).isalnum()}


def fold(text: str) -> str:
    """The text in NFKC and casefolded (Unicode Standard, §3.13) without accents, with single spaces. Idempotent."""
    return " ".join((text.lower() if text.isascii() else _fold(text)).split())


def traced(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters, and its end, the place in the text that it came from."""
    folded: list[str] = []
    places: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _continues(text[end]):
            continue
        piece = text[start:end]
        for character in piece.lower() if piece.isascii() else _fold(piece):
            if not character.isspace():
                folded.append(character)
                places.append(start)
            elif folded and folded[-1] != " ":
                folded.append(" ")
                places.append(start)
        start = end
    if folded and folded[-1] == " ":
        folded.pop()
        places.pop()
    return "".join(folded), [*places, len(text)]


def grams(folded: str) -> set[str]:
    """Every three characters in a row; what follows the last one counts as a space, so that each character begins one.

    Punctuation is all the same: whoever finds a text by its grams has to look into it.
    """
    text = folded.translate(_PLAIN) + _END
    return {text[place : place + GRAM] for place in range(len(folded))}


def grams_within(term: str) -> list[str]:
    """What every text with this folded term in it has among its grams; of a short term, how one of them begins."""
    text = term.translate(_PLAIN)
    return list(dict.fromkeys(text[place : place + GRAM] for place in range(max(len(text) - GRAM, 0) + 1)))


def _fold(text: str) -> str:
    bare = _DROPPED.sub("", normalize("NFKD", text)).casefold().translate(_LETTERS)
    return normalize("NFC", bare)  # Hangul and kana, whose parts are no letters of their own


def _continues(character: str) -> bool:
    """Whether it belongs to the character before it: a mark, or a vowel or end of a Hangul syllable."""
    return not character.isascii() and (
        combining(normalize("NFKD", character)[0]) != 0 or "\u1160" <= character <= "\u11ff"
    )
