"""Direct conversations: the same people have one, whoever opens it, and nobody else knows of it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley import names
from parley.core import rooms
from parley.core.accounts import Ban
from parley.core.conversations import MOST_PEOPLE, OpenConversation
from parley.core.membership import ChangeRole, InviteMember, JoinRoom, LeaveRoom, RemoveMember
from parley.core.messages import Delete, Post
from parley.core.room_changes import ArchiveRoom, ChangeRoom
from parley.errors import Denied, Invalid, NotFound
from parley.seats import direct_key, people_in
from parley.settings import Settings
from parley.signals import Signal
from parley.store.verify import verify
from parley.wire import Room
from tests.stores import Place
from tests.test_core_membership import refuse


def test_the_same_people_have_one_conversation(place: Place) -> None:
    ann, bob, eve = place.register(), place.register(), place.register()
    opened = place.run(OpenConversation(ann, [bob]))
    room = opened.room
    signals = [each for committed in place.committed for each in committed.signals if each.kind == "membership"]
    assert signals == [Signal("membership", ann, room), Signal("membership", bob, room)]
    for user, others in ((bob, [ann]), (ann, [bob, ann, bob])):
        assert place.run(OpenConversation(user, others)) == (room, False)
    few = place.run(OpenConversation(eve, [ann, bob]))
    assert few.new
    assert rooms.of_users(place.store, [bob])[bob][1:] == [
        Room(room, "", "direct", 1, 0, people=[ann, bob]),
        Room(few.room, "", "direct", 1, 0, people=[ann, bob, eve]),
    ]
    assert len(rooms.of_users(place.store, [eve])[eve]) == 2
    answers = place.all_at_once([OpenConversation(eve, [bob]), OpenConversation(bob, [eve])])
    assert [each.new for each in answers] == [True, False]
    assert answers[0].room == answers[1].room
    place.store.stop()
    assert verify(place.settings).faults == []


def test_with_whom_there_is_none(small: Place) -> None:
    people = [small.register() for _ in range(MOST_PEOPLE + 1)]
    ann, bob, *_ = people
    for others in ([], [ann], people):
        refuse(small, OpenConversation(ann, others), Invalid)
    refuse(small, OpenConversation(ann, [bob, 99]), NotFound)
    small.run(Ban(bob, True))
    refuse(small, OpenConversation(ann, [bob]), NotFound)
    assert small.run(OpenConversation(ann, people[2:])).new


def test_it_is_of_these_people_and_of_nobody_else(small: Place) -> None:
    ann, bob, eve = small.register(), small.register(), small.register()
    room = small.run(OpenConversation(ann, [bob])).room
    said = small.post(ann, room=room).message.id
    for command in (
        InviteMember(ann, room, eve),
        RemoveMember(ann, room, bob),
        LeaveRoom(ann, room),
        ChangeRoom(ann, room, name="us"),
        ChangeRoom(ann, room, topic="us"),
        ArchiveRoom(ann, room, True),
        ChangeRole(ann, room, ann, "owner"),
        Delete(bob, said),
    ):
        refuse(small, command, Denied)
    refuse(small, JoinRoom(eve, room), NotFound)
    refuse(small, Post(eve, room, "x"), NotFound)


def test_opened_at_two_nodes_at_once_it_is_one(on_postgres: Settings, opened: Callable[[Settings], Place]) -> None:
    one, two = opened(on_postgres), opened(on_postgres)
    ann, bob = one.register(), one.register()
    found: list[Any] = []
    done = threading.Semaphore(0)

    def answer(result: object) -> None:
        found.append(result)
        done.release()

    one.store.submit(OpenConversation(ann, [bob]), answer)
    two.store.submit(OpenConversation(bob, [ann]), answer)
    for _ in range(2):
        assert done.acquire(timeout=30)
    assert sorted(each.new for each in found) == [False, True]
    assert found[0].room == found[1].room


@given(st.sets(st.integers(1, 2**53), min_size=2, max_size=8), st.text(max_size=40))
def test_a_key_names_its_people_and_no_name_is_one(people: set[int], name: str) -> None:
    key = direct_key(people)
    assert people_in(key) == sorted(people)
    assert names.key(key) != key
    assert people_in(names.key(name)) == []


@pytest.mark.parametrize("name", ["general", "tea", "direct 1 2", ""])
def test_a_name_names_nobody(name: str) -> None:
    assert people_in(name) == []
