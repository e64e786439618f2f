"""Replies in threads: where they go, what stands under the root, and how a thread is read."""

import pytest
from msgspec import UNSET

from parley.core import rooms, threads
from parley.core.membership import InviteMember, RemoveMember
from parley.core.messages import Delete, Edit, Post, React
from parley.core.removal import Erase
from parley.core.room_changes import ArchiveRoom, CreateRoom
from parley.core.rooms import Wanted
from parley.core.threads import Follow, Stretch
from parley.errors import Conflict, Denied, Invalid, NotFound
from parley.wire import Replies, encode
from tests.replies import reply
from tests.stores import Place
from tests.test_core_messages import refusal


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


@pytest.fixture
def bob(small: Place) -> int:
    return small.register("bob")


# ── replying ────────────────────────────────────────────────────────────────────────────────────────


def test_a_reply_is_a_message_and_a_change_of_its_root(place: Place) -> None:
    ann, bob = place.register(), place.register()
    root = place.post(ann, "root").message
    change = reply(place, bob, root)
    assert (change.message.reply_to, change.seq) == (root.id, root.seq + 1)
    assert place.message(change.message.id) == change.message
    found = place.message(root.id)
    assert (found.seq, found.changed_seq) == (root.seq, root.seq + 2) == (root.seq, place.head())
    assert found.replies == Replies(1, change.seq, change.message.created_at, [bob])
    assert place.message(change.message.id).replies is UNSET
    published = place.changes[-1].message
    assert (published.id, published.replies) == (root.id, found.replies)
    assert [each.id for each in place.log(after=root.seq)] == [change.message.id, root.id]


def test_replies_that_wait_together_are_one_change_of_the_root(place: Place) -> None:
    ann, bob = place.register(), place.register()
    root = place.post(ann).message
    answers = place.all_at_once([Post(who, root.room, "x", reply_to=root.id) for who in (bob, ann, bob)])
    found = place.message(root.id)
    assert (found.replies.count, found.replies.seq, found.replies.users) == (3, answers[-1].seq, [bob, ann])  # type: ignore[union-attr]
    assert found.changed_seq == place.head() == root.seq + 4


def test_at_most_eight_who_replied_are_named_in_the_order_in_which_they_did(place: Place) -> None:
    people = [place.register() for _ in range(10)]
    root = place.post(people[0]).message
    posted = [reply(place, each, root).message for each in (*people, people[0])]
    found = place.message(root.id).replies
    assert isinstance(found, Replies)
    assert (found.count, found.users) == (11, people[:8])
    for each in (posted[0], posted[1]):
        place.run(Delete(each.author or 0, each.id))
    found = place.message(root.id).replies
    assert isinstance(found, Replies)
    assert (found.count, found.users) == (9, people[2:])


def test_what_is_deleted_is_not_counted(place: Place) -> None:
    ann, bob = place.register(), place.register()
    root = place.post(ann).message
    first, second = reply(place, bob, root), reply(place, ann, root)
    place.run(Delete(ann, second.message.id))
    after = place.message(root.id)
    assert after.replies == Replies(1, first.seq, first.message.created_at, [bob])
    assert after.changed_seq == place.head() == second.seq + 3  # the reply, and its root again
    place.run(Delete(ann, second.message.id))
    assert place.head() == after.changed_seq
    third, deleted = place.all_at_once([Post(ann, root.room, "x", reply_to=root.id), Delete(bob, first.message.id)])
    assert place.message(root.id).replies == Replies(1, third.seq, third.message.created_at, [ann])
    assert deleted.message.deleted_at is not None
    place.run(Delete(ann, third.message.id))
    assert place.message(root.id).replies is UNSET


def test_what_goes_with_an_account_is_not_counted(place: Place) -> None:
    ann, bob = place.register(), place.register()
    root = place.post(ann).message
    kept = reply(place, ann, root)
    gone = [reply(place, bob, root).message.id for _ in range(2)]
    place.run(Erase(bob, gone))
    assert place.message(root.id).replies == Replies(1, kept.seq, kept.message.created_at, [ann])


def test_a_deleted_root_keeps_its_thread_and_takes_no_more(small: Place, ann: int, bob: int) -> None:
    root = small.post(ann).message
    first = reply(small, bob, root).message
    small.run(Delete(ann, root.id))
    assert small.message(root.id).replies == Replies(1, first.seq, first.created_at, [bob])
    for number in (root.id, first.id):
        refused = refusal(small, Post(bob, root.room, "x", reply_to=number))
        assert isinstance(refused, Conflict)
        assert refused.code == "deleted"
    assert threads.page(small.store, ann, root.id, Stretch())[1].messages == [first]
    small.run(Delete(bob, first.id))
    assert small.message(root.id).replies is UNSET


def test_a_reply_to_a_reply_goes_to_the_root(small: Place, ann: int, bob: int) -> None:
    root = small.post(ann).message
    first = reply(small, bob, root).message
    assert reply(small, ann, first).message.reply_to == root.id
    small.run(Delete(bob, first.id))
    assert reply(small, ann, first).message.reply_to == root.id


def test_of_a_thread_that_began_before_one_came_one_has_what_was_said_since(place: Place) -> None:
    ann, bob = place.register("ann"), place.register("bob")
    room = place.run(CreateRoom(ann, "den", "private", history="joined"))
    root = place.post(ann, "a secret", room=room).message
    early = reply(place, ann, root, "another secret").message
    place.run(InviteMember(ann, room, bob))
    for number in (root.id, early.id):
        with pytest.raises(NotFound):
            threads.page(place.store, bob, number, Stretch())
        assert isinstance(refusal(place, Post(bob, room, "x", reply_to=number)), NotFound)
    called = reply(place, ann, root, "@bob, what do you think?").message
    [followed] = threads.unread(place.store, bob, limit=5)[0]
    assert threads.followed(place.store, bob, before=None, limit=5) == ([followed], False)
    shown = followed.root
    assert (shown.id, shown.kind, shown.author, shown.replies) == (root.id, "hidden", None, UNSET)
    assert b"secret" not in encode(shown)
    for number in (root.id, called.id):
        assert threads.standing(place.store, bob, number).root == shown
        for stretch in (Stretch(), Stretch(beyond=0), Stretch(before=called.seq + 1)):
            assert threads.page(place.store, bob, number, stretch)[1].messages == [called]
    with pytest.raises(NotFound):
        threads.standing(place.store, bob, early.id)
    place.run(Follow(bob, root.id, False))
    assert reply(place, bob, root).message.reply_to == root.id
    [again] = threads.followed(place.store, bob, before=None, limit=5)[0]
    assert (again.root.id, again.root.kind) == (root.id, "hidden")
    assert threads.standing(place.store, ann, root.id).root == place.message(root.id)


def test_a_reply_is_stored_once(place: Place) -> None:
    ann = place.register()
    root = place.post(ann).message
    first = reply(place, ann, root, key="k")
    again, twin = place.all_at_once([Post(ann, root.room, "x", "k", reply_to=root.id) for _ in range(2)])
    assert (again.message.id, again.seq) == (twin.message.id, twin.seq) == (first.message.id, first.seq)
    assert place.head() == first.seq + 1
    place.run(Delete(ann, root.id))
    assert reply(place, ann, root, key="k").message.id == first.message.id


def test_where_nobody_may_reply(small: Place, ann: int, bob: int) -> None:
    room = small.run(CreateRoom(ann, "den", "private", history="joined"))
    old = small.post(ann, room=room).message
    event = next(each for each in small.log(room) if each.kind == "created")
    for command in (
        Post(bob, room, "x", reply_to=old.id),
        Post(bob, small.general, "x", reply_to=old.id),  # not seen from there
        Post(ann, small.general, "x", reply_to=old.id),  # seen, but of another room
        Post(ann, room, "x", reply_to=99),
    ):
        assert isinstance(refusal(small, command), NotFound)
    assert isinstance(refusal(small, Post(ann, room, "x", reply_to=event.id)), Denied)
    small.run(InviteMember(ann, room, bob))
    assert isinstance(refusal(small, Post(bob, room, "x", reply_to=old.id)), NotFound)  # before his time
    seen = small.post(ann, room=room).message
    reply(small, bob, seen)
    small.run(RemoveMember(ann, room, bob))
    assert isinstance(refusal(small, Post(bob, room, "x", reply_to=seen.id)), NotFound)
    small.run(ArchiveRoom(ann, room, True))
    refused = refusal(small, Post(ann, room, "x", reply_to=seen.id))
    assert refused.code == "archived"


def test_a_change_of_the_root_keeps_its_thread(small: Place, ann: int) -> None:
    root = small.post(ann).message
    reply(small, ann, root)
    before = small.message(root.id).replies
    small.run(Edit(ann, root.id, "edited"))
    small.run(React(ann, root.id, "👍", True))
    assert small.message(root.id).replies == before
    change, _ = small.all_at_once([Edit(ann, root.id, "twice"), Post(ann, root.room, "x", reply_to=root.id)])
    found = small.message(root.id)
    assert (found.source, found.replies.count) == ("twice", 2)  # type: ignore[union-attr]
    assert found.changed_seq == small.head() > change.seq


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_thread_is_read_in_pages_by_place(place: Place) -> None:
    ann = place.register()
    root, other = place.post(ann).message, place.post(ann).message
    posted = [reply(place, ann, root).message for _ in range(5)]
    reply(place, ann, other)
    place.run(Edit(ann, posted[1].id, "edited"))
    place.run(Delete(ann, posted[2].id))

    def page(**wanted: int) -> tuple[list[int], bool]:
        found = threads.page(place.store, ann, root.id, Stretch(**wanted))[1]
        assert found.to == place.head()
        return [posted.index(next(p for p in posted if p.id == each.id)) for each in found.messages], found.more

    assert page() == ([0, 1, 2, 3, 4], False)
    assert page(limit=2) == ([3, 4], True)
    assert page(before=posted[3].seq, limit=2) == ([1, 2], True)
    assert page(before=posted[0].seq) == ([], False)
    assert page(beyond=posted[2].seq, limit=2) == ([3, 4], False)
    assert page(beyond=0, limit=2) == ([0, 1], True)
    assert threads.page(place.store, ann, posted[3].id, Stretch())[0].id == root.id
    entries = [each.reply_to for each in rooms.page(place.store, ann, root.room, Wanted()).messages]
    assert entries.count(root.id) == 5  # they are entries of the log
    for wanted in (Stretch(limit=0), Stretch(limit=201), Stretch(before=1, beyond=1)):
        with pytest.raises(Invalid):
            threads.page(place.store, ann, root.id, wanted)


def test_who_is_not_in_the_room_reads_no_thread(small: Place, ann: int, bob: int) -> None:
    room = small.run(CreateRoom(ann, "den", history="joined"))
    root = small.post(ann, room=room).message
    for number in (root.id, reply(small, ann, root).message.id):
        for reader in (bob, None):
            with pytest.raises(NotFound):
                threads.page(small.store, reader, number, Stretch())
        with pytest.raises(NotFound):
            threads.standing(small.store, bob, number)
    public = small.post(ann).message
    said = reply(small, ann, public).message
    assert threads.page(small.store, None, public.id, Stretch())[1].messages == [said]
