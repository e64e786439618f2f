"""What of a message is shown when it is found, and how well it fits. Pure."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from parley.folding import traced

WIDTH = 160  # characters around the first hit
LEAD = 40  # of them before it
WORD, START, INSIDE = 4.0, 2.0, 1.0  # what a term is worth as a word, as its beginning, and within it


class Piece(NamedTuple):
    """A part of an excerpt; `hit`: it is what was looked for."""

    text: str
    hit: bool


def excerpt(source: str, terms: Sequence[str]) -> list[Piece]:
    """The text around the first hit, in one line, whose pieces are hits and what lies between them."""
    spans = list(_merged(_spans(source, terms)))
    start = max((spans[0][0] if spans else 0) - LEAD, 0)
    end = min(start + WIDTH, len(source))
    cuts = [start, *(min(place, end) for span in spans if span[0] < end for place in span), end]
    pieces = [
        Piece(re.sub(r"\s+", " ", source[one:other]), position % 2 == 1)
        for position, (one, other) in enumerate(pairwise(cuts))
    ]
    if start > 0:
        pieces.insert(0, Piece("…", False))
    if end < len(source):
        pieces.append(Piece("…", False))
    return [piece for piece in pieces if piece.text]


def _spans(source: str, terms: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Where the folded terms stand in the text, as it was typed."""
    folded, places = traced(source)
    for term in terms:
        for found in re.finditer(re.escape(term), folded):
            end = found.end()
            while end < len(folded) and places[end] == places[end - 1]:  # half of an ß is the whole of it
                end += 1
            yield places[found.start()], places[end]


def _merged(spans: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    reached: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if reached is not None and start <= reached[1]:
            reached = reached[0], max(end, reached[1])
            continue
        if reached is not None:
            yield reached
        reached = start, end
    if reached is not None:
        yield reached


def relevance(folded: str, terms: Sequence[str]) -> float:
    """How well a folded text fits: whole words before beginnings before the rest, often before once, terms side by
    side before terms apart, and short texts before long ones.
    """
    score = sum(_worth(folded, term) + min(folded.count(term), 5) / 5 for term in terms)
    if len(terms) > 1 and " ".join(terms) in folded:
        score += WORD
    return score / (1 + len(folded) / 1000)


def _worth(folded: str, term: str) -> float:
    best = INSIDE
    for found in re.finditer(re.escape(term), folded):
        if found.start() == 0 or not folded[found.start() - 1].isalnum():
            if found.end() == len(folded) or not folded[found.end()].isalnum():
                return WORD
            best = START
    return best
