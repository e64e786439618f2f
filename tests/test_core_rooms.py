"""Rooms as a person sees them, and what somebody needs who arrives."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert

from parley.core import people, profiles, rooms
from parley.core.messages import Edit
from parley.core.people import FEWEST_THREADS, PEOPLE, SHOWN, surroundings
from parley.core.presence import Presence
from parley.core.profiles import ChangeProfile, Profile
from parley.core.room_changes import CreateRoom
from parley.core.rooms import Wanted
from parley.errors import Invalid, NotFound
from parley.settings import Settings
from parley.store import tables, users
from parley.store.batch import Batch, Command
from parley.wire import Room, Status, encode
from tests.stores import Place

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_has_bounds(small: Place, ann: int, limit: int) -> None:
    with pytest.raises(Invalid, match="between 1 and 200"):
        rooms.page(small.store, ann, small.general, Wanted(limit=limit))


@pytest.mark.parametrize(
    "wanted", [Wanted(after=1, before=1), Wanted(after=0, updated_since=0.0), Wanted(before=0, updated_since=0.0)]
)
def test_ways_to_page_exclude_each_other(small: Place, ann: int, wanted: Wanted) -> None:
    with pytest.raises(Invalid, match="exclude each other"):
        rooms.page(small.store, ann, small.general, wanted)


@pytest.mark.parametrize("moment", [float("nan"), float("inf"), -1e300, 1e20])
def test_a_moment_that_is_none_is_refused(small: Place, ann: int, moment: float) -> None:
    with pytest.raises(Invalid, match="Unix time"):
        rooms.page(small.store, ann, small.general, Wanted(updated_since=moment))


def test_each_way_to_page(place: Place) -> None:
    author = place.register()
    posted = [place.post(author, str(number)) for number in range(4)]  # 2 … 5
    place.run(Edit(author, posted[0].message.id, "edited"))  # 6

    def seqs(wanted: Wanted) -> list[int]:
        return [message.seq for message in rooms.page(place.store, author, place.general, wanted).messages]

    assert seqs(Wanted(limit=2)) == [4, 5]
    assert seqs(Wanted(before=4, limit=2)) == [2, 3]
    assert seqs(Wanted(after=4, limit=9)) == [5, 2]
    assert seqs(Wanted(updated_since=0.0, limit=2)) == [1, 3]
    assert seqs(Wanted(updated_since=posted[3].message.created_at.timestamp() + 3600)) == []


def test_a_room_one_is_not_in_is_not_there(small: Place, ann: int) -> None:
    bob = small.register()
    room = small.room(bob)
    hidden = small.post(bob, room=room).message.id
    for reader in (ann, None):
        with pytest.raises(NotFound):
            rooms.page(small.store, reader, room, Wanted())
        with pytest.raises(NotFound):
            rooms.page(small.store, reader, 99, Wanted())
        for number in (hidden, 99):
            with pytest.raises(NotFound):
                rooms.message(small.store, reader, number)
    assert rooms.message(small.store, bob, hidden).id == hidden


def test_the_public_reads_the_general_room(small: Place, ann: int) -> None:
    number = small.post(ann).message.id
    assert rooms.message(small.store, None, number).id == number
    assert len(rooms.page(small.store, None, small.general, Wanted()).messages) == 2


# ── arriving ────────────────────────────────────────────────────────────────────────────────────────


class Crowd(Command):
    """Ten thousand people in the general room; one of them is in two hundred rooms, mentioned in fifty, and follows a
    hundred threads.
    """

    def apply(self, batch: Batch) -> int:
        def user(number: int) -> dict[str, Any]:
            name = f"somebody {number:05} with a name"
            moments = {"created_at": NOW, "updated_at": NOW}
            return {"id": number, "name": name, "name_key": name, "password_hash": "no hash", **moments}

        def room(number: int) -> dict[str, Any]:
            name = f"a room about {number:03}"
            facts = {"id": number, "name": name, "name_key": name, "kind": "public", "topic": "x" * 250}
            return {**facts, "head": 10**6, "created_at": NOW}

        def seat(room: int, user: int) -> dict[str, Any]:
            return {"room_id": room, "user_id": user, "read_seq": 10**6 - 1, "joined_at": NOW}

        def message(room: int) -> dict[str, Any]:
            facts = {"id": room, "room_id": room, "seq": 10**6, "changed_seq": 10**6, "kind": "text", "author_id": 1}
            return {**facts, "source": "@room", "html": "", "created_at": NOW, "changed_at": NOW, "mentions": 1}

        def mention(room: int) -> dict[str, Any]:
            return {"message_id": room, "user_id": 0, "room_id": room, "seq": 10**6, "position": 0}

        def text(number: int, reply_to: int | None) -> dict[str, Any]:
            what = {"id": number, "room_id": 200, "seq": 10**6 + number, "changed_seq": 10**6 + number}
            moments = {"created_at": NOW, "changed_at": NOW}
            return {**what, "kind": "text", "author_id": 1, "source": "x", "html": "x", "reply_to": reply_to, **moments}

        def followed(number: int) -> dict[str, Any]:
            return {"root_id": number, "user_id": 5000, "room_id": 200, "read_seq": 10**6}

        everybody, every_room = range(1, 10_001), range(2, 201)
        batch.connection.execute(insert(tables.users), [user(number) for number in everybody])
        batch.connection.execute(insert(tables.rooms), [room(number) for number in every_room])
        batch.connection.execute(insert(tables.members), [seat(1, number) for number in everybody])
        batch.connection.execute(insert(tables.members), [seat(number, 5000) for number in every_room])
        batch.connection.execute(insert(tables.messages), [message(number) for number in every_room[:50]])
        batch.connection.execute(insert(tables.mentions), [mention(number) for number in every_room[:50]])
        roots = range(1001, 1101)
        batch.connection.execute(insert(tables.messages), [text(number, None) for number in roots])
        batch.connection.execute(insert(tables.messages), [text(number + 1000, number) for number in roots])
        batch.connection.execute(insert(tables.followers), [followed(number) for number in roots])
        return 5000


def test_a_welcome_stays_small_in_a_crowd(place: Place) -> None:
    person = place.run(Crowd())
    presence = Presence(4.0)
    for number in range(1, 10_001):
        presence.opened(number)
    statements: list[tuple[str, Any]] = []

    def note(_1: Any, _2: Any, statement: str, parameters: Any, *_3: Any) -> None:
        statements.append((statement, parameters))

    event.listen(place.store._reader, "before_cursor_execute", note)
    seen = surroundings(place.store, presence, [person])[person]
    event.remove(place.store._reader, "before_cursor_execute", note)

    welcome = seen.welcome("0" * 32)
    assert len(encode(welcome)) < 30_000
    assert isinstance(welcome.threads, list)
    assert (len(welcome.threads), welcome.more_threads) == (FEWEST_THREADS, 100 - FEWEST_THREADS)
    assert seen.online == 10_000
    assert len(seen.rooms) == 200
    assert sum(room.mentions for room in seen.rooms) == 50
    assert len(seen.users) == SHOWN + 1
    assert seen.user in seen.users
    assert all(user.online for user in seen.users)
    queries = [each for each in statements if each[0].startswith("SELECT")]
    assert len(queries) == 4
    if place.settings.embedded:  # each query finds its rows by an index, however many others there are
        with place.store.reading() as connection:
            for statement, parameters in queries:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                scanned = {row[3].split()[1] for row in plan if row[3].startswith("SCAN")}
                assert not scanned & set(tables.metadata.tables)


def test_people_are_named_in_a_welcome_as_far_as_they_fit(small: Place, ann: int) -> None:
    presence = Presence(4.0)
    profile = profiles.change(0, Profile("京" * 64, Status("🌴", "京" * 80), "America/Argentina/ComodRivadavia"))
    for number in (ann, *(small.register() for _ in range(99))):
        small.run(ChangeProfile(number, profile.columns))
        presence.opened(number)
    seen = surroundings(small.store, presence, [ann])[ann]
    assert PEOPLE - 1_000 < len(encode(seen.users)) < PEOPLE + 100
    assert seen.online == 100
    assert seen.user in seen.users


def test_topics_are_cut_to_what_fits_into_a_welcome(small: Place, ann: int) -> None:
    def topics() -> list[str]:
        seen = surroundings(small.store, Presence(4.0), [ann])
        return [room.topic for room in seen[ann].rooms][1:]

    made = 0
    for many, length in ((15, 250), (49, 80), (99, 40), (100, 0)):
        small.all_at_once([CreateRoom(ann, f"room {each}", topic="x" * 250) for each in range(made, many)])
        made = many
        assert topics() == ["x" * length] * many


def test_who_arrives_alone_sees_themselves(small: Place, ann: int) -> None:
    seen = surroundings(small.store, Presence(4.0), [ann])[ann]
    assert [user.nickname for user in seen.users] == ["ann"]
    assert (seen.user.online, seen.online) == (False, 0)
    assert seen.rooms == [Room(small.general, "general", "public", 1, 0, "owner")]


def test_others_are_shown_without_what_is_theirs(small: Place, ann: int, settings: Settings) -> None:
    with small.store.reading() as connection:
        row = users.by_id(connection, ann)
    assert row is not None
    assert b"no hash" not in encode(people.shown(row, Presence(settings.offline_after)))
