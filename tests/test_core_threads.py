"""Replies in threads: where they go, what stands under the root, and who follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec import UNSET
from sqlalchemy import event

from parley.core import rooms, threads
from parley.core.membership import InviteMember, LeaveRoom, RemoveMember
from parley.core.messages import Delete, Edit, Post, React
from parley.core.people import surroundings
from parley.core.presence import Presence
from parley.core.removal import Erase
from parley.core.room_changes import ArchiveRoom, CreateRoom
from parley.core.rooms import Wanted
from parley.core.threads import Follow, MarkThreadRead, Stretch
from parley.errors import Conflict, Denied, Invalid, NotFound
from parley.signals import Signal
from parley.store.batch import Change
from parley.wire import Message, Replies, Thread, Welcome
from tests.stores import Place
from tests.test_core_messages import refusal


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


@pytest.fixture
def bob(small: Place) -> int:
    return small.register("bob")


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


# ── what it costs ───────────────────────────────────────────────────────────────────────────────────


@contextmanager
def statements(engine: Any) -> Iterator[list[tuple[str, Any]]]:
    """What is said to the database meanwhile."""
    said: list[tuple[str, Any]] = []

    def note(_1: Any, _2: Any, statement: str, parameters: Any, *_3: Any) -> None:
        said.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_threads_cost_those_nothing_who_do_not_use_them(small: Place, ann: int) -> None:
    """A post costs what it did, and a page with roots as much as one without."""
    with statements(small.store._writer) as said:
        small.post(ann, key="k")
    words = [each.split()[0] for each, _ in said]
    assert words == ["BEGIN", "SELECT", "SELECT", "UPDATE", "INSERT", "INSERT", "INSERT"]  # key, seat; head; the rest
    with statements(small.store._reader) as said:
        small.log()
    before = len(said)
    for each in small.log():
        if each.kind == "text":
            reply(small, ann, each)
    with statements(small.store._reader) as said:
        small.log()
    assert len(said) == before


def test_nothing_reads_a_whole_table(small: Place, ann: int, bob: int) -> None:
    root = small.post(ann).message
    with statements(small.store._writer) as said, statements(small.store._reader) as read:
        first = reply(small, bob, root)
        small.run(MarkThreadRead(ann, root.id, first.seq))
        small.run(Delete(bob, first.message.id))
        for on in (False, True):
            small.run(Follow(ann, root.id, on))
        welcome(small, ann)
        threads.page(small.store, ann, root.id, Stretch(before=9))
        threads.page(small.store, ann, root.id, Stretch(beyond=0))
        threads.followed(small.store, ann, before=None, limit=9)
        threads.standing(small.store, ann, root.id)
    asked = [each for each in (*said, *read) if each[0].startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))]
    assert len(asked) > 30
    with small.store.reading() as connection:
        for statement, parameters in asked:
            if not parameters or isinstance(parameters[0], (list, tuple)):
                continue
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            scanned = [row[3] for row in plan if row[3].startswith("SCAN") and row[3].split()[1] in TABLES]
            assert not scanned, (statement, scanned)


TABLES = {"messages", "followers", "members", "rooms", "users"}


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


def test_who_may_not_read_the_root_reads_no_thread(small: Place, ann: int, bob: int) -> None:
    room = small.run(CreateRoom(ann, "den", history="joined"))
    root = small.post(ann, room=room).message
    for reader in (bob, None):
        with pytest.raises(NotFound):
            threads.page(small.store, reader, root.id, Stretch())
    small.run(InviteMember(ann, room, bob))
    later = reply(small, ann, root).message
    for number in (root.id, later.id):
        with pytest.raises(NotFound):
            threads.page(small.store, bob, number, Stretch())
        with pytest.raises(NotFound):
            threads.standing(small.store, bob, number)
    public = small.post(ann).message
    said = reply(small, ann, public).message
    assert threads.page(small.store, None, public.id, Stretch())[1].messages == [said]


# ── following ───────────────────────────────────────────────────────────────────────────────────────


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
    place.run(Edit(ann, first.message.id, "what does @eve say?"))
    found = welcome(place, eve).threads
    assert found is not UNSET
    assert [(each.id, each.read) for each in found] == [(root.id, first.seq - 1)]
    assert dict(followers(place))[bob] == root.seq


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
