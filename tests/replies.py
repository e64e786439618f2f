"""What tests of threads say and look at."""

from msgspec import UNSET

from parley.core.messages import Post
from parley.core.people import surroundings
from parley.core.presence import Presence
from parley.signals import Signal
from parley.store.batch import Change
from parley.wire import Message, Welcome
from tests.stores import Place


def reply(place: Place, author: int, root: Message, source: str = "a reply", *, key: str | None = None) -> Change:
    change: Change = place.run(Post(author, root.room, source, key, reply_to=root.id))
    return change


def welcome(place: Place, person: int) -> Welcome:
    return surroundings(place.store, Presence(4.0), [person])[person].welcome("epoch")


def unread(place: Place, person: int) -> list[int]:
    """The roots of the threads in which something is new for this person, the newest first."""
    found = welcome(place, person).threads
    return [] if found is UNSET else [each.id for each in found]


def signals(place: Place) -> list[Signal]:
    return [signal for committed in place.committed for signal in committed.signals]
