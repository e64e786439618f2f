"""Mentions of members, on both databases: who is mentioned, since when, and what of it somebody has not seen."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import UNSET
from sqlalchemy import event

from parley.core.accounts import ChangeAccount
from parley.core.conversations import OpenConversation
from parley.core.membership import InviteMember, JoinRoom, RemoveMember
from parley.core.mentions import mentioned_at
from parley.core.messages import Delete, Edit, Post, React
from parley.core.people import surroundings
from parley.core.presence import Presence
from parley.core.reading import MarkRead
from parley.core.room_changes import CreateRoom
from parley.core.rooms import of_users
from parley.store.batch import Command
from parley.wire import Mention, Message, encode
from tests.stores import Place


def unseen(place: Place, user: int) -> dict[int, int]:
    """The rooms with mentions of this person that they have not seen, and how many."""
    return {room.id: room.mentions for room in of_users(place.store, [user])[user] if room.mentions}


def mentions(place: Place, number: int) -> list[tuple[int | None, int]]:
    return [(each.user, each.seq) for each in place.message(number).mentions or ()]


def test_a_member_is_mentioned_since_the_post(place: Place) -> None:
    ann, bob = place.register("Ann"), place.register("Bob Lee")
    change = place.post(ann, 'hi @"bob lee", @room, @nobody')
    assert mentions(place, change.message.id) == [(bob, change.seq), (None, change.seq)]
    assert place.message(change.message.id) == change.message
    assert f'data-user="{bob}">@bob lee</span>, <span class="mention" data-user="room">@room<' in change.message.html
    assert "@nobody</p>" in change.message.html
    assert (unseen(place, bob), unseen(place, ann)) == ({place.general: 1}, {})
    place.run(MarkRead(bob, place.general, change.seq))
    assert unseen(place, bob) == {}


def test_who_is_not_in_the_room_or_is_called_otherwise_by_now_is_not_mentioned(place: Place) -> None:
    ann, bob = place.register("Ann"), place.register("Bob")
    room = place.room(ann)
    assert place.post(ann, "@bob", room=room).message.mentions is UNSET
    place.run(ChangeAccount(bob, place.general, "Rob", None))
    assert place.post(ann, "@bob").message.mentions is UNSET
    assert place.post(ann, "@rob").message.mentions != UNSET


def test_an_edit_keeps_adds_and_takes_mentions(place: Place) -> None:
    ann, bob, eve = place.register("Ann"), place.register("Bob"), place.register("Eve")
    posted = place.post(ann, "@bob")
    place.run(MarkRead(bob, place.general, posted.seq))
    place.run(MarkRead(eve, place.general, posted.seq))
    added = place.run(Edit(ann, posted.message.id, "@bob and @eve"))
    assert mentions(place, posted.message.id) == [(bob, posted.seq), (eve, added.seq)]
    assert (unseen(place, bob), unseen(place, eve)) == ({}, {place.general: 1})
    moved = place.run(Edit(ann, posted.message.id, "@eve"))
    assert mentions(place, posted.message.id) == [(eve, added.seq)]
    place.run(React(bob, posted.message.id, "👍", True))
    assert mentions(place, posted.message.id) == [(eve, added.seq)]
    again = place.run(Edit(ann, posted.message.id, "@bob"))
    assert mentions(place, posted.message.id) == [(bob, again.seq)]
    assert moved.seq < again.seq
    assert (unseen(place, bob), unseen(place, eve)) == ({place.general: 1}, {})
    place.run(Delete(ann, posted.message.id))
    assert place.message(posted.message.id).mentions is UNSET
    assert (unseen(place, bob), place.rows("mentions")) == ({}, [])


def test_changes_of_one_message_in_one_transaction(place: Place) -> None:
    ann, bob, eve = place.register("Ann"), place.register("Bob"), place.register("Eve")
    number = place.post(ann, "hello").message.id
    first, _, _ = place.all_at_once(
        [Edit(ann, number, "@bob"), React(eve, number, "👍", True), Edit(ann, number, "@bob @eve")]
    )
    assert mentions(place, number) == [(bob, first.seq), (eve, first.seq + 2)]


def test_in_a_direct_conversation_too(place: Place) -> None:
    ann, bob = place.register("Ann"), place.register("Bob")
    room = place.run(OpenConversation(ann, [bob])).room
    place.post(ann, "@bob", room=room)
    assert unseen(place, bob) == {room: 1}


def test_who_sees_a_part_of_a_room_has_only_mentions_that_they_can_see(place: Place) -> None:
    ann, bob = place.register("Ann"), place.register("Bob")
    room = place.run(CreateRoom(ann, "late", history="joined"))
    old = place.post(ann, "@room", room=room)
    place.run(JoinRoom(bob, room))
    assert unseen(place, bob) == {}
    place.run(Edit(ann, old.message.id, "@bob @room"))  # of a message that he cannot see
    assert unseen(place, bob) == {}
    place.post(ann, "@all", room=room)
    assert unseen(place, bob) == {room: 1}


def test_a_message_counts_once_and_the_person_who_is_mentioned_is_asked_in_one_place() -> None:
    message = Message(1, 1, 4, 9, "text", 5, None, "", "", Any)  # type: ignore[arg-type]
    assert mentioned_at(message, 6) is None
    message.mentions = [Mention(None, 4), Mention(6, 9)]
    assert (mentioned_at(message, 6), mentioned_at(message, 7), mentioned_at(message, 5)) == (9, 4, None)


def test_a_message_that_mentions_nobody_is_the_same_on_the_wire_as_before(small: Place) -> None:
    ann = small.register("Ann")
    assert b"mentions" not in encode(small.post(ann, "hello @nobody").message)
    assert b'"mentions":[{"user":1,"seq":3}]' in encode(small.post(ann, "hello @ann").message)


# ── what it costs ───────────────────────────────────────────────────────────────────────────────────


def statements(engine: Any, act: Any) -> list[str]:
    """What the database was asked while this was done."""
    asked: list[str] = []

    def note(_1: Any, _2: Any, statement: str, *_3: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return asked


def test_no_query_without_a_mention(place: Place) -> None:
    ann, bob = place.register("Ann"), place.register("Bob")
    writer, reader = place.store._writer, place.store._reader
    posts: Sequence[Command] = [Post(ann, place.general, "hello", f"a{each}") for each in range(5)]
    for act in (
        lambda: place.all_at_once(posts),
        lambda: place.post(ann, "mail to a@b, at @ 5, `@bob`"),
        lambda: place.run(Edit(ann, place.log()[-1].id, "else")),
    ):
        assert not [each for each in statements(writer, act) if "mentions (" in each or "users.name_key" in each]
    assert not [each for each in statements(reader, place.log) if "FROM mentions" in each]
    people = [Post(ann, place.general, f"@bob {each}", f"b{each}") for each in range(5)]
    asked = statements(writer, lambda: place.all_at_once(people))
    assert len([each for each in asked if "users.name_key" in each]) == 1  # for the whole group
    assert len([each for each in asked if "INSERT INTO mentions" in each]) == 1
    head = place.head()
    for user in (ann, bob):
        place.run(MarkRead(user, place.general, head))
    arrived = statements(reader, lambda: surroundings(place.store, Presence(4.0), [ann, bob]))
    assert not [each for each in arrived if "JOIN mentions" in each]
    place.post(ann, "@bob")
    arrived = statements(reader, lambda: surroundings(place.store, Presence(4.0), [ann, bob]))
    assert len([each for each in arrived if "JOIN mentions" in each]) == 1


# ── whatever happened ───────────────────────────────────────────────────────────────────────────────

CALLS = ("@ann", "@bob", '@"Cy D"', "@room", "@here", "@nobody", "mail@ann", "`@bob`", "hello", "> @room\n\n")


def naive(place: Place, user: int) -> dict[int, int]:
    """Every message of every room looked at."""
    found = {}
    for room, who, read, _, _, since, *_ in place.rows("members"):
        if who == user:
            since_when = [mentioned_at(each, user) or 0 for each in place.log(room) if each.seq > since]
            found[room] = sum(seq > read for seq in since_when)
    return {room: many for room, many in found.items() if many}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happened_the_count_is_that_of_a_look_at_everything(place: Place, seed: int) -> None:
    dice = random.Random(seed)
    people = [place.register(name) for name in ("Ann", "Bob", "Cy D")]
    late = place.run(CreateRoom(people[0], "late", history="joined"))
    rooms = [place.general, late, place.room(*people), place.run(OpenConversation(people[0], people[1:2])).room]
    posted: list[tuple[int, int]] = []
    for _ in range(40):
        group: list[Command] = []
        for _ in range(dice.choice((1, 3, 9))):
            text = " ".join(dice.choices(CALLS, k=dice.randint(1, 4)))
            user, room = dice.choice(people), dice.choice(rooms)
            number, author = dice.choice(posted) if posted else (0, 0)
            group.append(
                dice.choices(
                    (
                        Post(user, room, text),
                        Edit(author, number, text),
                        Delete(author, number),
                        MarkRead(user, room, dice.randint(0, place.head(room))),
                        InviteMember(people[0], late, user),
                        RemoveMember(people[0], late, user),
                        React(user, number, "👍", dice.random() < 0.5),
                    ),
                    weights=(8, 6, 1, 3, 1, 1, 1),
                )[0]
            )
        answers = place.all_at_once(group)
        posted += [
            (each.message.id, each.message.author)
            for each in answers
            if getattr(each, "message", None) is not None and each.message.kind == "text" and each.before is None
        ]
        for user in people:
            assert unseen(place, user) == naive(place, user)
    assert (
        sum(len(place.message(number).mentions or ()) for number, _ in set(posted)) == len(place.rows("mentions")) > 20
    )
