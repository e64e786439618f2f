"""Mentions: whom a message calls, and since when. How many somebody has not seen, `store/mentions.py` counts."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from parley.mentions import WHOLE_ROOM, settle
from parley.names import RESERVED
from parley.text import Rendered
from parley.wire import Mention, Message

Mentions = list[Mention] | UnsetType


def mentioned_at(message: Message, user: int) -> int | None:
    """The seq since which this message mentions this person, by name or with the whole room; None if it does not.

    Nobody is mentioned by what they wrote themselves. It is unseen while the read position is below.
    """
    if not message.mentions or message.author == user:
        return None
    return max((each.seq for each in message.mentions if each.user in (user, None)), default=None)


class Settled(NamedTuple):
    """The HTML of a message, and whom it mentions; a seq of 0 becomes that of the change."""

    html: str
    mentions: Mentions


def names_in(rendered: Rendered) -> set[str]:
    """The keys of the names that a text may mention: whoever has one of them and sits in the room."""
    return {name.key for each in rendered.candidates for name in each.names} - RESERVED


def settled(rendered: Rendered, person: Callable[[str], int | None], before: Mentions = UNSET) -> Settled:
    """A text, when it is known who of the room has which name. Who was mentioned `before` stays so since then."""
    if not rendered.candidates:
        return Settled(rendered.html, UNSET)
    html, called = settle(
        rendered.marked, rendered.candidates, lambda name: WHOLE_ROOM if name in RESERVED else person(name)
    )
    known = {each.user: each for each in before or ()}
    people = [None if each == WHOLE_ROOM else each for each in called]
    return Settled(html, [known.get(each) or Mention(each, 0) for each in people] or UNSET)
