"""Making, naming, describing and archiving rooms."""

import pytest

from parley.core import rooms
from parley.core.membership import InviteMember, JoinRoom
from parley.core.messages import Post
from parley.core.room_changes import LONGEST_TOPIC, ArchiveRoom, ChangeRoom, CreateRoom
from parley.errors import Conflict, Invalid
from parley.wire import Room
from tests.stores import Place
from tests.test_core_membership import events, refuse


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "a\nb", "x" * 65, "...", "a\x00"])
def test_a_name_that_will_not_do(small: Place, ann: int, name: str) -> None:
    refuse(small, CreateRoom(ann, name), Invalid, "unfit_room_name")
    refuse(small, ChangeRoom(ann, small.general, name=name), Invalid, "unfit_room_name")


@pytest.mark.parametrize("topic", ["x" * (LONGEST_TOPIC + 1), "a\x00b", "half \ud83d of a pair"])
def test_a_topic_that_will_not_do(small: Place, ann: int, topic: str) -> None:
    refuse(small, CreateRoom(ann, "tea", topic=topic), Invalid)


@pytest.mark.parametrize("name", ["STRASSE", "Straße", "ＳＴＲＡＳＳＥ", "strasse"])
@pytest.mark.parametrize("kind", ["public", "private"])
def test_a_name_is_taken_however_it_is_written_and_whoever_sees_it(place: Place, name: str, kind: str) -> None:
    ann, bob = place.register(), place.register()
    place.run(CreateRoom(ann, "Straße", "private"))
    other = place.run(CreateRoom(bob, "other"))
    refuse(place, CreateRoom(bob, name, "public" if kind == "public" else "private"), Conflict, "taken")
    refuse(place, ChangeRoom(bob, other, name=name), Conflict, "taken")
    refuse(place, CreateRoom(bob, "General"), Conflict, "taken")


def test_a_room_may_write_its_own_name_otherwise(place: Place) -> None:
    ann = place.register()
    room = place.run(CreateRoom(ann, "tea: green"))
    place.run(ChangeRoom(ann, room, name="TEA: Green", topic="leaves"))
    assert events(place, room)[1:] == [("renamed", ann, "TEA: Green"), ("topic", ann, "leaves")]
    assert rooms.of_users(place.store, [ann])[ann][1] == Room(room, "TEA: Green", "public", 3, 0, "owner", "leaves")
    place.run(CreateRoom(ann, "tea"))


def test_one_name_in_one_group_goes_to_the_first(place: Place) -> None:
    ann = place.register()
    one, two = place.run(CreateRoom(ann, "one")), place.run(CreateRoom(ann, "two"))
    answers = place.all_at_once([ChangeRoom(ann, one, name="tea"), ChangeRoom(ann, two, name="Tea")])
    assert isinstance(answers[1], Conflict)
    answers = place.all_at_once([CreateRoom(ann, "x"), CreateRoom(ann, "X"), CreateRoom(ann, "y")])
    assert [isinstance(each, int) for each in answers] == [True, False, True]


def test_an_archived_room_is_read_only_until_it_is_opened_again(place: Place) -> None:
    ann, bob = place.register(), place.register()
    room = place.run(CreateRoom(ann, "tea"))
    place.run(ArchiveRoom(ann, room, True))
    assert [each.archived for each in rooms.of_users(place.store, [ann])[ann]] == [False, True]
    for command in (
        Post(ann, room, "x"),
        JoinRoom(bob, room),
        InviteMember(ann, room, bob),
        ChangeRoom(ann, room, topic="x"),
    ):
        refuse(place, command, Conflict, "archived")
    place.run(ArchiveRoom(ann, room, False))
    place.run(JoinRoom(bob, room))
    assert events(place, room) == [
        ("created", ann, "tea"),
        ("archived", ann, ""),
        ("unarchived", ann, ""),
        ("joined", bob, ""),
    ]
