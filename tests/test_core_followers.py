"""Who follows a thread, and how far they have read it."""

import pytest
from msgspec import UNSET

from parley.core import threads
from parley.core.membership import InviteMember, LeaveRoom, RemoveMember
from parley.core.messages import Edit
from parley.core.room_changes import CreateRoom
from parley.core.threads import Follow, MarkThreadRead
from parley.errors import Denied, NotFound
from parley.signals import Signal
from parley.wire import Thread
from tests.replies import reply, signals, unread, welcome
from tests.stores import Place
from tests.test_core_messages import refusal


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


@pytest.fixture
def bob(small: Place) -> int:
    return small.register("bob")


def test_the_author_of_the_root_and_whoever_replied_follow(place: Place) -> None:
    ann, bob, eve = (place.register() for _ in range(3))
    root = place.post(ann).message
    assert unread(place, ann) == []
    first = reply(place, bob, root)
    assert (unread(place, ann), unread(place, bob), unread(place, eve)) == ([root.id], [], [])
    assert welcome(place, ann).threads == [Thread(root.id, root.room, root.seq, first.seq)]
    reply(place, eve, root)
    assert (unread(place, ann), unread(place, bob), unread(place, eve)) == ([root.id], [root.id], [])
    place.committed.clear()
    second = reply(place, ann, root)
    told = [Signal("follow", each, root.room, read, thread=root.id) for each, read in followers(place)]
    assert sorted(signals(place), key=lambda each: each.user) == told
    assert [each.user for each in told] == [ann, bob, eve]
    place.run(MarkThreadRead(bob, root.id, second.seq))
    assert (unread(place, bob), unread(place, eve)) == ([], [root.id])


def followers(place: Place) -> list[tuple[int, int]]:
    return sorted((user, read) for _, user, _, read in place.rows("followers"))


def test_who_is_mentioned_in_a_thread_follows_it(place: Place) -> None:
    ann, bob, eve = place.register("ann"), place.register("bob"), place.register("eve")
    room = place.run(CreateRoom(ann, "den"))
    place.run(InviteMember(ann, room, bob))
    root = place.post(ann, room=room).message
    first = reply(place, ann, root, "what does @bob say? And @eve, who is not here? @room!")
    assert (unread(place, bob), unread(place, eve)) == ([root.id], [])
    place.run(InviteMember(ann, room, eve))
    reply(place, bob, root)
    assert unread(place, eve) == []
    place.committed.clear()
    place.run(Edit(ann, first.message.id, "what does @eve say?"))
    assert Signal("follow", eve, room, first.seq - 1, thread=root.id) in signals(place)
    found = welcome(place, eve).threads
    assert found is not UNSET
    assert [(each.id, each.read) for each in found] == [(root.id, first.seq - 1)]
    assert dict(followers(place))[bob] == root.seq
    place.run(Follow(eve, root.id, False))
    place.run(Edit(ann, first.message.id, "what does @eve say to that?"))
    assert unread(place, eve) == []  # the edit says nothing new of her


def test_following_is_chosen_and_given_up(place: Place) -> None:
    ann, bob = place.register(), place.register()
    root = place.post(ann).message
    first = reply(place, ann, root)
    place.committed.clear()
    for _ in range(2):
        answer = place.run(Follow(bob, first.message.id, True))
        assert (answer.message.id, answer.seq) == (root.id, place.head())
    assert signals(place) == [Signal("follow", bob, root.room, first.seq, thread=root.id)] * 2
    assert unread(place, bob) == []  # what stood there by then
    reply(place, ann, root)
    assert unread(place, bob) == [root.id]
    place.committed.clear()
    place.run(Follow(bob, root.id, False))
    assert signals(place) == [Signal("unfollow", bob, root.room, thread=root.id)]
    assert unread(place, bob) == []
    place.run(Follow(ann, root.id, False))
    reply(place, bob, root)
    assert unread(place, ann) == []  # nobody is taken back in for having begun it
    reply(place, ann, root)
    reply(place, bob, root)
    assert unread(place, ann) == [root.id]  # but for replying


def test_a_read_position_in_a_thread_goes_forward_only(place: Place) -> None:
    ann, bob = place.register(), place.register()
    root = place.post(ann).message
    posted = [reply(place, bob, root).seq for _ in range(3)]
    told = []
    for seq, position in ((posted[1], posted[1]), (posted[0], posted[1]), (2**53, place.head()), (1, place.head())):
        place.committed.clear()
        place.run(MarkThreadRead(ann, root.id, seq))
        assert dict(followers(place))[ann] == position
        told += signals(place)
    assert told == [Signal("read", ann, root.room, seq, thread=root.id) for seq in (posted[1], place.head())]
    place.committed.clear()
    eve = place.register()
    place.all_at_once([MarkThreadRead(eve, root.id, 9), MarkThreadRead(ann, 99, 9)])  # does not follow; no such thread
    assert [each for each in signals(place) if each.kind == "read"] == []


def test_who_may_not_follow(small: Place, ann: int, bob: int) -> None:
    room = small.run(CreateRoom(ann, "den", "private", history="joined"))
    root = small.post(ann, room=room).message
    entry = next(each for each in small.log(room) if each.kind == "created")
    assert isinstance(refusal(small, Follow(bob, root.id, True)), NotFound)
    assert isinstance(refusal(small, Follow(ann, 99, True)), NotFound)
    assert isinstance(refusal(small, Follow(ann, entry.id, True)), Denied)
    small.run(InviteMember(ann, room, bob))
    assert isinstance(refusal(small, Follow(bob, root.id, True)), NotFound)


@pytest.mark.parametrize("way", [LeaveRoom, RemoveMember])
def test_whoever_is_out_of_a_room_follows_nothing_there(place: Place, way: type) -> None:
    ann, bob = place.register(), place.register()
    room = place.run(CreateRoom(ann, "den"))
    place.run(InviteMember(ann, room, bob))
    root, elsewhere = place.post(bob, room=room).message, place.post(bob).message
    for each in (root, elsewhere):
        reply(place, ann, each)
    assert unread(place, bob) == [elsewhere.id, root.id]
    place.run(LeaveRoom(bob, room) if way is LeaveRoom else RemoveMember(ann, room, bob))
    reply(place, ann, root)  # its author is no longer there
    assert unread(place, bob) == [elsewhere.id]
    place.run(InviteMember(ann, room, bob))
    reply(place, ann, root)
    assert unread(place, bob) == [elsewhere.id]


def test_a_welcome_names_the_newest_and_says_how_many_more_there_are(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.core.people.THREADS", 3)
    monkeypatch.setattr("parley.core.people.FEWEST_THREADS", 3)
    ann, bob = place.register(), place.register()
    roots = [place.post(ann).message for _ in range(5)]
    for each in (*roots, roots[1]):
        reply(place, bob, each)
    assert unread(place, ann) == [roots[index].id for index in (1, 4, 3)]
    assert welcome(place, ann).more_threads == 2
    assert welcome(place, bob).threads is welcome(place, bob).more_threads is UNSET
    found, more = threads.unread(place.store, ann, limit=4)
    assert ([each.root.id for each in found], more) == ([roots[index].id for index in (1, 4, 3, 2)], True)
    assert [each.followed.unread for each in found if each.followed] == [2, 1, 1, 1]
    found, more = threads.followed(place.store, bob, before=roots[4].id, limit=2)
    assert ([each.root.id for each in found], more) == ([roots[3].id, roots[2].id], True)
    assert [each.followed.unread for each in found if each.followed] == [0, 0]
    assert threads.unread(place.store, bob, limit=4) == ([], False)
