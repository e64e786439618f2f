"""The log of a room read back: pages, and Zulip's rule that state + events = state fetched afresh."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from parley.core.messages import Delete, Edit, Post, React
from parley.core.previews import Remove, Settle
from parley.jobs.queue import PreviewResult
from parley.store import messages
from parley.store.batch import Change, Command
from parley.store.messages import Page
from parley.wire import Message, encode
from tests.stores import Place

State = dict[int, Message]
LINKS = ("https://a.example/", "https://b.example/", "https://c.example/")


def upsert(state: State, events: Sequence[Message]) -> State:
    """What a client does: the latest state of each message by id, whatever comes late or twice."""
    state = dict(state)
    for message in events:
        known = state.get(message.id)
        if known is None or known.changed_seq < message.changed_seq:
            state[message.id] = message
    return state


def history(place: Place, people: Sequence[int], dice: random.Random) -> None:
    """Whatever people do in a room, in groups of any size."""
    posted: list[Message] = []
    for _ in range(25):
        group: list[Command] = []
        for _ in range(dice.choice((1, 1, 2, 7))):
            text = " ".join(["text", str(dice.random()), *dice.sample(LINKS, dice.randrange(3))])
            person, message = dice.choice(people), dice.choice(posted) if posted else None
            if message is None or dice.random() < 0.35:
                group.append(Post(person, place.general, text, dice.choice((None, str(dice.randrange(30))))))
                continue
            author, number, position = message.author or 0, message.id, dice.randrange(3)
            settled = PreviewResult(
                number, position, dice.choice(LINKS), dice.choice(("ready", "failed")), "Title", "…"
            )
            group.append(
                dice.choice(
                    (
                        Edit(author, number, text),
                        Edit(author, number, text),
                        React(person, number, dice.choice("👍🎉❤"), dice.random() < 0.7),
                        React(person, number, dice.choice("👍🎉❤"), dice.random() < 0.7),
                        Settle(settled),
                        Settle(settled),
                        Remove(author, number, position),
                        Delete(author, number),
                    )
                )
            )
        posted += [answer.message for answer in place.all_at_once(group) if isinstance(answer, Change)]


@pytest.mark.parametrize("seed", range(3))
def test_state_and_events_are_the_state_fetched_afresh(place: Place, seed: int) -> None:
    dice = random.Random(seed)
    history(place, [place.register() for _ in range(3)], dice)
    events = [change.message for change in place.changes]
    assert [event.changed_seq for event in events] == list(range(1, place.head() + 1))
    fresh = upsert({}, place.log(limit=9))
    assert upsert({}, events) == fresh
    assert {number: encode(message) for number, message in fresh.items()} == {
        number: encode(message) for number, message in upsert({}, events).items()
    }
    disordered = [*events, *dice.sample(events, len(events) // 2)]
    dice.shuffle(disordered)
    assert upsert({}, disordered) == fresh
    for cursor in range(place.head() + 1):
        assert upsert(upsert({}, events[:cursor]), place.log(after=cursor)) == fresh


def test_events_survive_the_wire(place: Place) -> None:
    history(place, [place.register()], random.Random(4))
    for change in place.changes:
        assert msgspec.json.decode(encode(change.message), type=Message) == change.message


def read(place: Place, how: str, *arguments: object) -> Page:
    with place.store.reading() as connection:
        page: Page = getattr(messages, how)(connection, place.general, *arguments)
    return page


def places(page: Page) -> list[int]:
    return [message.seq for message in page.messages]


def test_pages_after_a_cursor_go_on_where_the_last_ended(place: Place) -> None:
    ann = place.register()
    posted = [place.post(ann, str(number)) for number in range(9)]  # 2 … 10
    place.run(Edit(ann, posted[0].message.id, "edited"))  # 11
    first = read(place, "changes_after", 0, 4)
    assert (places(first), first.to, first.more) == ([1, 3, 4, 5], 5, True)
    rest = read(place, "changes_after", first.to, 100)
    assert (places(rest), rest.to, rest.more) == ([6, 7, 8, 9, 10, 2], 11, False)
    assert read(place, "changes_after", 11, 4) == Page([], 11, False)
    assert read(place, "changes_after", 99, 4) == Page([], 11, False)
    exactly = read(place, "changes_after", 5, 6)
    assert (exactly.to, exactly.more) == (11, False)


def test_the_newest_page_and_those_before_it_are_by_place(place: Place) -> None:
    ann = place.register()
    posted = [place.post(ann, str(number)) for number in range(5)]  # 2 … 6
    place.run(Edit(ann, posted[0].message.id, "edited"))  # 7; its place stays 2
    newest = read(place, "newest", 3)
    assert (places(newest), newest.to, newest.more) == ([4, 5, 6], 7, True)
    older = read(place, "before", 4, 3)
    assert (places(older), older.to, older.more) == ([1, 2, 3], 7, False)
    assert places(read(place, "before", 1, 3)) == []
    assert not read(place, "newest", 6).more


def test_pages_around_a_place_are_found_by_index(place: Place) -> None:
    ann = place.register()
    posted = [place.post(ann, str(number)) for number in range(7)]  # 2 … 8
    place.run(Edit(ann, posted[0].message.id, "edited"))  # 9; its place stays 2
    page = read(place, "around", 5, 4)
    assert (places(page), page.to, page.more, page.newer) == ([3, 4, 5, 6], 9, True, True)
    newer = read(place, "beyond", 6, 1)
    assert (places(newer), newer.to, newer.more) == ([7], 9, True)
    assert places(read(place, "beyond", 8, 3)) == []
    assert places(read(place, "around", 99, 4)) == [7, 8]
    asked: list[tuple[str, Any]] = []
    with place.store.reading() as connection:

        @event.listens_for(connection, "before_cursor_execute")
        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            asked.append((statement, parameters))

        messages.around(connection, place.general, 5, 4)
        event.remove(connection, "before_cursor_execute", note)
        by_place = [each for each in asked if "ORDER BY messages.seq" in each[0]]
        assert len(by_place) == 2
        for statement, parameters in by_place if place.settings.embedded else []:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert len(plan) == 1, plan  # nothing is sorted
            assert "room_id=? AND seq" in plan[0]


def test_pages_since_a_moment_can_be_continued_by_cursor(place: Place) -> None:
    ann = place.register()
    place.post(ann, "old")
    posted = [place.post(ann, str(number)) for number in range(4)]
    moment = posted[0].message.created_at - timedelta(microseconds=1)
    page = read(place, "changed_since", moment, 3)
    assert (places(page), page.to, page.more) == ([3, 4, 5], 5, True)
    assert places(read(place, "changes_after", page.to, 3)) == [6]
    whole = read(place, "changed_since", moment, 4)
    assert (places(whole), whole.to, whole.more) == ([3, 4, 5, 6], 6, False)
    assert places(read(place, "changed_since", posted[-1].message.created_at, 3)) == []


def test_a_room_that_is_not_there_is_empty(place: Place) -> None:
    with place.store.reading() as connection:
        assert messages.newest(connection, 99, 5) == Page([], 0, False)
        assert messages.head(connection, 99) == 0
        assert messages.heads(connection, [place.general, 99]) == {place.general: 0}
        assert messages.one(connection, 99) is None


def test_rooms_number_their_changes_apart(place: Place) -> None:
    ann = place.register()
    one, two = place.room(ann), place.room(ann)
    seqs = [place.post(ann, "x", room=room).seq for room in (one, two, one, two, two)]
    assert seqs == [1, 1, 2, 2, 3]
    mixed = place.all_at_once([Post(ann, room, "x") for room in (two, one, two, one)])
    assert [change.seq for change in mixed] == [4, 3, 5, 4]
