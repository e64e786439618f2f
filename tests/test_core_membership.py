"""Joining, leaving, inviting, removing and roles, on both databases: what the log says, and who is refused."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from parley.core import rooms
from parley.core.accounts import Ban
from parley.core.membership import ChangeRole, InviteMember, JoinRoom, LeaveRoom, RemoveMember
from parley.core.messages import Delete, Edit, Post, React
from parley.core.reading import MarkRead
from parley.core.room_changes import ArchiveRoom, ChangeRoom, CreateRoom
from parley.core.rooms import Wanted
from parley.errors import Conflict, Denied, NotFound, Refused
from parley.seats import Seat
from parley.settings import Settings
from parley.signals import Signal
from parley.store import rooms as stored
from parley.store.batch import Command
from parley.store.verify import verify
from tests.stores import Place


def seat(place: Place, room: int, user: int) -> Seat | None:
    with place.store.reading() as connection:
        found = stored.standing(connection, room, user)
    return None if found is None else found.seat


def events(place: Place, room: int) -> list[tuple[str, int | None, str]]:
    return [(each.kind, each.author, each.source) for each in place.log(room) if each.kind != "text"]


def refuse(place: Place, command: Command, kind: type[Refused], code: str = "") -> None:
    """A refusal changes nothing at all."""
    tables = ("rooms", "members", "messages")
    before = [place.rows(table) for table in tables]
    with pytest.raises(kind) as caught:
        place.run(command)
    assert code in ("", caught.value.code)
    assert [place.rows(table) for table in tables] == before


def texts(place: Place, user: int, room: int, **wanted: Any) -> list[str]:
    page = rooms.page(place.store, user, room, Wanted(**wanted))
    return [each.source for each in page.messages if each.kind == "text"]


def test_a_room_from_its_making_to_its_last_person(place: Place) -> None:
    ann, bob, eve = place.register(), place.register(), place.register()
    room = place.run(CreateRoom(ann, " Tea  room ", topic=" leaves\n and more "))
    place.run(JoinRoom(bob, room))
    place.post(bob, room=room)
    place.run(InviteMember(bob, room, eve))
    place.run(ChangeRole(ann, room, bob, "moderator"))
    place.run(RemoveMember(bob, room, eve))
    place.run(LeaveRoom(bob, room))
    assert events(place, room) == [
        ("created", ann, "Tea room"),
        ("joined", bob, ""),
        ("invited", bob, str(eve)),
        ("role", ann, f"{bob} moderator"),
        ("removed", bob, str(eve)),
        ("left", bob, ""),
    ]
    assert [each.seq for each in place.log(room)] == list(range(1, 8))
    assert [seat(place, room, each) for each in (ann, bob, eve)] == [Seat(ann, "owner"), None, None]
    signals = [each for committed in place.committed for each in committed.signals if each.kind == "membership"]
    assert signals == [Signal("membership", each, room) for each in (ann, bob, eve, bob, eve, bob)]
    place.run(LeaveRoom(ann, room))
    place.run(JoinRoom(bob, room))
    assert seat(place, room, bob) == Seat(bob, "owner"), "whoever comes into an empty room owns it"
    place.store.stop()
    assert verify(place.settings).faults == []


def test_what_is_so_already_stays_as_it_is(place: Place) -> None:
    ann, bob = place.register(), place.register()
    room = place.run(CreateRoom(ann, "tea"))
    place.run(JoinRoom(bob, room))
    place.run(ArchiveRoom(ann, room, True))
    head = place.head(room)
    for command in (JoinRoom(bob, room), InviteMember(ann, room, bob), ArchiveRoom(ann, room, True)):
        assert place.run(command) is None
    place.run(ArchiveRoom(ann, room, False))
    assert place.run(ChangeRole(ann, room, bob, "member")) is None
    assert place.run(ChangeRoom(ann, room, name="tea", topic="", history="all")) == []
    assert place.head(room) == head + 1


def test_the_first_person_owns_the_general_room_and_nobody_leaves_it(small: Place) -> None:
    ann, bob = small.register(), small.register()
    assert (seat(small, small.general, ann), seat(small, small.general, bob)) == (Seat(ann, "owner"), Seat(bob))
    for command in (
        LeaveRoom(bob, small.general),
        RemoveMember(ann, small.general, bob),
        ChangeRoom(ann, small.general, name="lobby"),
        ArchiveRoom(ann, small.general, True),
        ChangeRoom(ann, small.general, history="joined"),
    ):
        refuse(small, command, Denied)
    small.run(ChangeRole(ann, small.general, bob, "moderator"))
    small.run(ChangeRoom(bob, small.general, topic="for all"))
    assert [each.topic for each in rooms.of_users(small.store, [ann])[ann]] == ["for all"]


def test_a_private_room_is_not_there_for_who_is_not_in_it(small: Place) -> None:
    ann, bob, eve = (small.register() for _ in range(3))
    room = small.run(CreateRoom(ann, "den", "private"))
    said = small.post(ann, room=room).message.id
    small.run(InviteMember(ann, room, bob))
    small.run(RemoveMember(ann, room, bob))
    for user in (bob, eve):
        for command in (
            Post(user, room, "x"),
            Edit(user, said, "x"),
            Delete(user, said),
            React(user, said, "👍", on=True),
            JoinRoom(user, room),
            LeaveRoom(user, room),
            InviteMember(user, room, eve),
            RemoveMember(user, room, ann),
            ChangeRole(user, room, user, "owner"),
            ChangeRoom(user, room, name="mine"),
            ArchiveRoom(user, room, True),
        ):
            refuse(small, command, NotFound)
        refuse(small, JoinRoom(user, 99), NotFound)
        small.run(MarkRead(user, room, 2))
        with pytest.raises(NotFound):
            rooms.page(small.store, user, room, Wanted())
        with pytest.raises(NotFound):
            rooms.message(small.store, user, said)
        assert [each.id for each in rooms.of_users(small.store, [user])[user]] == [small.general]


def test_members_moderators_and_owners(small: Place) -> None:
    ann, bob, cid, dan = (small.register() for _ in range(4))
    room = small.run(CreateRoom(ann, "den", "private"))
    for each in (bob, cid):
        small.run(InviteMember(ann, room, each))
    said = small.post(cid, room=room).message.id
    command: Command
    for command in (
        InviteMember(bob, room, dan),
        RemoveMember(bob, room, cid),
        ChangeRoom(bob, room, name="x"),
        ChangeRoom(bob, room, topic="x"),
        Delete(bob, said),
        ArchiveRoom(bob, room, True),
        ChangeRole(bob, room, bob, "owner"),
    ):
        refuse(small, command, Denied)
    small.run(ChangeRole(ann, room, bob, "moderator"))
    beyond: list[Command] = [
        RemoveMember(bob, room, ann),
        ChangeRoom(bob, room, history="joined"),
        ArchiveRoom(bob, room, True),
        ChangeRole(bob, room, cid, "moderator"),
        Edit(bob, said, "x"),
        ChangeRoom(bob, room, name="better", history="joined"),  # all of it, or nothing
    ]
    for command in beyond:
        refuse(small, command, Denied)
    small.run(Delete(bob, said))
    small.run(ChangeRoom(bob, room, name="better", topic="x"))
    small.run(RemoveMember(bob, room, cid))
    refuse(small, RemoveMember(bob, room, cid), NotFound)
    refuse(small, InviteMember(bob, room, 99), NotFound)
    small.run(Ban(dan, True))
    refuse(small, InviteMember(bob, room, dan), NotFound)


def test_a_room_keeps_an_owner(small: Place) -> None:
    ann, bob = small.register(), small.register()
    room = small.run(CreateRoom(ann, "tea"))
    small.run(JoinRoom(bob, room))
    refuse(small, LeaveRoom(ann, room), Conflict, "last_owner")
    refuse(small, ChangeRole(ann, room, ann, "member"), Conflict, "last_owner")
    small.run(ChangeRole(ann, room, bob, "owner"))
    answers = small.all_at_once([LeaveRoom(ann, room), LeaveRoom(bob, room)])
    assert isinstance(answers[0].seq, int)
    assert small.run(ChangeRoom(bob, small.run(CreateRoom(bob, "x")), topic="y"))
    assert [seat(small, room, each) for each in (ann, bob)] == [None, None], "the last one out may go"


def test_owners_who_leave_at_once_at_two_nodes_leave_one_behind(
    on_postgres: Settings, opened: Callable[[Settings], Place]
) -> None:
    one, two = opened(on_postgres), opened(on_postgres)
    ann, bob, eve = (one.register() for _ in range(3))
    for number in range(8):
        room = one.run(CreateRoom(ann, f"room {number}"))
        one.run(JoinRoom(eve, room))
        one.run(InviteMember(ann, room, bob))
        one.run(ChangeRole(ann, room, bob, "owner"))
        answers: list[object] = []
        done = threading.Barrier(3)

        def answer(result: object, answers: list[object] = answers, done: threading.Barrier = done) -> None:
            answers.append(result)
            threading.Thread(target=done.wait).start()

        one.store.submit(LeaveRoom(ann, room), answer)
        two.store.submit(LeaveRoom(bob, room), answer)
        done.wait(30)
        refused = [each for each in answers if isinstance(each, Refused)]
        assert [each.code for each in refused] == ["last_owner"]
        left = [each for each in (ann, bob) if seat(one, room, each) is not None]
        assert len(left) == 1


def test_nobody_posts_behind_their_own_removal(on_postgres: Settings, opened: Callable[[Settings], Place]) -> None:
    one, two = opened(on_postgres), opened(on_postgres)
    ann, bob = one.register(), one.register()
    room = one.run(CreateRoom(ann, "tea"))
    for _ in range(15):
        one.run(InviteMember(ann, room, bob))
        answered = threading.Semaphore(0)

        def answer(_: object, answered: threading.Semaphore = answered) -> None:
            answered.release()

        for number in range(12):
            two.store.submit(Post(bob, room, str(number)), answer)
        one.run(RemoveMember(ann, room, bob))
        for _ in range(12):
            assert answered.acquire(timeout=30)
        removed = [each.seq for each in one.log(room) if each.kind == "removed"][-1]
        assert [each.source for each in one.log(room) if each.author == bob and each.seq > removed] == []


# ── what those who join see ─────────────────────────────────────────────────────────────────────────


def test_who_joins_sees_everything_or_what_comes_from_then_on(place: Place) -> None:
    ann, bob, eve = (place.register() for _ in range(3))
    room = place.run(CreateRoom(ann, "den", "private"))
    old = place.post(ann, "old", room=room).message.id
    place.run(InviteMember(ann, room, bob))
    place.run(ChangeRoom(ann, room, history="joined"))
    place.run(InviteMember(ann, room, eve))
    new = place.post(ann, "new", room=room)
    place.run(Edit(ann, old, "old, but changed"))
    assert seat(place, room, eve) == Seat(eve, since=new.seq - 2)
    for wanted in ({}, {"after": 0}, {"before": 99}, {"beyond": 0}, {"around": 2}, {"updated_since": 0.0}):
        assert texts(place, eve, room, **wanted) == ["new"]
        assert sorted(texts(place, bob, room, **wanted)) == ["new", "old, but changed"]
    assert rooms.page(place.store, eve, room, Wanted(after=0)).to == place.head(room)
    assert rooms.message(place.store, eve, new.message.id).source == "new"
    with pytest.raises(NotFound):
        rooms.message(place.store, eve, old)
    refuse(place, React(eve, old, "👍", on=True), NotFound)
    place.run(RemoveMember(ann, room, eve))
    place.run(ChangeRoom(ann, room, history="all"))
    place.run(InviteMember(ann, room, eve))
    assert texts(place, eve, room) == ["old, but changed", "new"]
    assert [each.since for each in rooms.of_users(place.store, [eve])[eve]] == [0, 0]


def test_a_newcomer_has_read_what_was_before(place: Place) -> None:
    ann, bob = place.register(), place.register()
    room = place.run(CreateRoom(ann, "tea"))
    place.post(ann, room=room)
    place.run(JoinRoom(bob, room))
    assert [(each.head, each.read) for each in rooms.of_users(place.store, [bob])[bob] if each.id == room] == [(3, 2)]


# ── in one transaction ──────────────────────────────────────────────────────────────────────────────


def test_commands_of_one_group_see_what_those_before_them_did(place: Place) -> None:
    ann, bob = place.register(), place.register()
    room = place.run(CreateRoom(ann, "tea", history="joined"))
    said = place.post(ann, room=room).message.id
    answers = place.all_at_once(
        [
            Post(bob, room, "too early"),
            JoinRoom(bob, room),
            Post(bob, room, "here"),
            React(bob, said, "👍", on=True),
            ChangeRole(ann, room, bob, "moderator"),
            RemoveMember(ann, room, bob),
            Post(bob, room, "too late"),
            JoinRoom(bob, room),
            Post(bob, room, "again"),
            ArchiveRoom(ann, room, True),
            Post(bob, room, "closed"),
        ]
    )
    found = [each.code if isinstance(each, Refused) else "" for each in answers]
    assert found == ["not_found", "", "", "not_found", "", "", "not_found", "", "", "", "archived"]
    assert seat(place, room, bob) == Seat(bob, since=6)
    assert [each.kind for each in place.log(room)] == [
        *("created", "text", "joined", "text", "role", "removed", "joined", "text", "archived")
    ]
