"""Pinned messages."""

import pytest
from msgspec import UNSET

from parley.core.conversations import OpenConversation
from parley.core.membership import ChangeRole, InviteMember
from parley.core.messages import Delete, Edit
from parley.core.pins import MOST, Pin, pinned
from parley.core.room_changes import ArchiveRoom, CreateRoom
from parley.errors import Conflict, Denied, NotFound
from parley.wire import Message, Pinned
from tests.stores import Place
from tests.test_core_messages import refusal


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


@pytest.fixture
def bob(small: Place) -> int:
    return small.register("bob")


def in_room(place: Place, user: int | None, room: int) -> list[Message]:
    return pinned(place.store, user, room)


def test_a_pin_is_a_change_of_its_message_and_the_latest_stands_first(place: Place) -> None:
    ann, bob = place.register(), place.register()
    room = place.run(CreateRoom(ann, "tea"))
    place.run(InviteMember(ann, room, bob))
    first, second = (place.post(ann, room=room).message for _ in range(2))
    change = place.run(Pin(bob, second.id, True))
    assert change.seq == place.head(room) == second.seq + 1
    assert place.message(second.id) == change.message
    assert isinstance(change.message.pinned, Pinned)
    assert change.message.pinned.by == bob
    place.run(Pin(ann, first.id, True))
    assert [each.id for each in in_room(place, bob, room)] == [first.id, second.id]
    assert place.run(Pin(ann, second.id, True)).seq == change.seq  # twice is once, and it stays the first one's
    place.run(Edit(ann, second.id, "edited"))
    assert place.message(second.id).pinned == change.message.pinned
    place.run(Pin(ann, second.id, False))
    assert place.message(second.id).pinned is UNSET
    assert [each.id for each in in_room(place, ann, room)] == [first.id]
    place.run(Delete(ann, first.id))
    assert place.message(first.id).pinned is UNSET
    assert in_room(place, ann, room) == []


def test_in_the_general_room_those_pin_who_keep_order(small: Place, ann: int, bob: int) -> None:
    number = small.post(bob).message.id  # ann, the first, owns it
    refused = refusal(small, Pin(bob, number, True))
    assert isinstance(refused, Denied)
    assert "owners and moderators" in refused.detail
    small.run(ChangeRole(ann, small.general, bob, "moderator"))
    small.run(Pin(bob, number, True))
    assert [each.id for each in in_room(small, None, small.general)] == [number]  # the public may read it
    talk = small.run(OpenConversation(bob, [ann])).room
    small.run(Pin(bob, small.post(ann, room=talk).message.id, True))


def test_what_may_not_be_pinned_and_by_whom(small: Place, ann: int, bob: int) -> None:
    room = small.run(CreateRoom(ann, "den", "private", history="joined"))
    old, gone = (small.post(ann, room=room).message for _ in range(2))
    event = next(each for each in small.log(room) if each.kind == "created")
    small.run(Pin(ann, old.id, True))
    small.run(Delete(ann, gone.id))
    for number, error in ((old.id, NotFound), (99, NotFound)):
        assert isinstance(refusal(small, Pin(bob, number, True)), error)
    with pytest.raises(NotFound):
        in_room(small, bob, room)
    with pytest.raises(NotFound):
        in_room(small, None, room)
    assert isinstance(refusal(small, Pin(ann, event.id, True)), Denied)
    refused = refusal(small, Pin(ann, gone.id, True))
    assert refused.code == "deleted"
    small.run(InviteMember(ann, room, bob))
    assert in_room(small, bob, room) == []  # before his time
    assert isinstance(refusal(small, Pin(bob, old.id, False)), NotFound)
    small.run(ArchiveRoom(ann, room, True))
    assert refusal(small, Pin(ann, old.id, False)).code == "archived"


def test_a_room_takes_so_many_and_says_what_to_do(small: Place, ann: int) -> None:
    room = small.run(CreateRoom(ann, "tea"))
    numbers = [small.post(ann, str(number), room=room).message.id for number in range(MOST + 2)]
    answers = small.all_at_once([Pin(ann, number, True) for number in numbers[: MOST + 1]])  # in one transaction
    assert [isinstance(each, Conflict) for each in answers] == [False] * MOST + [True]
    refused = refusal(small, Pin(ann, numbers[-1], True))
    assert refused.code == "too_many_pins"
    assert "take one of them off" in refused.detail
    small.run(Pin(ann, numbers[0], False))
    small.run(Pin(ann, numbers[-1], True))
    assert len(in_room(small, ann, room)) == MOST
