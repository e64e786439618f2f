"""Title, description and site out of a page. Pure, no I/O.

What comes out is plain text, never HTML, and short: whoever shows it escapes it like any other text.

The page is never parsed whole. The tree construction of HTML takes quadratic time for deep nesting, in every
parser that follows the standard: half a megabyte of `<div>` costs 20 seconds. So a linear scan finds where
`<title>` and `<meta>` begin, and the parser sees a short piece from there.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

TITLE_LENGTH = 300
DESCRIPTION_LENGTH = 500
SITE_LENGTH = 100

PIECE = 8192  # characters within which a tag must end to be seen
METAS = 100  # tags of a page that are looked at

_START = re.compile(r"<(!--|(?:meta|title|script|style|textarea|template)(?=[\s/>]))", re.IGNORECASE)
_ENDS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("title", "script", "style", "textarea", "template")}

_TITLES = ("og:title", "twitter:title")
_DESCRIPTIONS = ("og:description", "twitter:description", "description")
_JOINERS = "\u200c\u200d"  # invisible, but words and emoji are spelled with them


class Extract(NamedTuple):
    """What a page says of itself; an empty title means that there is nothing to show."""

    title: str
    description: str
    site: str


def extract(page: str, host: str) -> Extract:
    """Read a page, whole or cut off anywhere; `host` stands in for a site that does not name itself."""
    said: dict[str, str] = {}
    for node in _tags(page):
        if node.tag == "title":
            said.setdefault("<title>", plain(node.text()))
            continue
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        if content := plain(node.attributes.get("content") or ""):
            said.setdefault(name.strip().lower(), content)
    return Extract(
        shorten(_first(said, *_TITLES, "<title>"), TITLE_LENGTH),
        shorten(_first(said, *_DESCRIPTIONS), DESCRIPTION_LENGTH),
        shorten(_first(said, "og:site_name") or plain(host), SITE_LENGTH),
    )


def _tags(page: str) -> Iterator[LexborNode]:
    """The title and the metas of a page, outside of comments, scripts and other text."""
    position = metas = 0
    while metas < METAS and (start := _START.search(page, position)):
        name, position = start[1].lower(), start.end()
        if name in ("meta", "title"):
            node = LexborHTMLParser(page[start.start() : start.start() + PIECE]).css_first(name)
            metas += 1
            if node:
                yield node
        if name == "!--":
            position = page.find("-->", start.start() + 2) + 1
            if not position:
                return
        elif name in _ENDS:
            end = _ENDS[name].search(page, position)
            if not end:
                return
            position = end.end()


def _first(said: dict[str, str], *names: str) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def plain(text: str) -> str:
    """Collapse whitespace, and remove control characters and those that turn the direction of text."""
    visible = "".join(each if _visible(each) else " " if each.isspace() else "" for each in text)
    return " ".join(visible.split())


def _visible(character: str) -> bool:
    if "\U000e0020" <= character <= "\U000e007f":
        return True  # tags, which spell the flags of regions
    return character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")


def shorten(text: str, length: int) -> str:
    """Cut a text to at most `length` characters, at the end of a word where there is one, and mark the cut."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    if not text[length - 1].isspace():
        head, _, tail = cut.rpartition(" ")
        if head and len(tail) < length // 3:  # else a script without spaces, or one endless word
            cut = head
    return cut.rstrip(_JOINERS + " ,;:–—-") + "…"
