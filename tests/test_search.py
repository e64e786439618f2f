"""Search finds what it should and nothing else, on both databases."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, update

from parley.core.messages import Delete, Edit, Post
from parley.core.search import Found, Order, page
from parley.errors import Invalid
from parley.folding import fold
from parley.settings import Settings
from parley.store import index, search, tables
from parley.store.batch import Batch, Command
from tests.stores import Place, execute

SAID = [
    "Hello world, how are you?",  # 0
    "The quick brown fox jumps over the lazy dog",  # 1
    "Zażółć gęślą jaźń — Straße in München",  # 2
    "東京タワーに行きました",  # 3
    "我们明天在北京见面",  # 4
    "한국어를 공부합니다",  # 5
    "ﾊﾝｶｸ and ＦＵＬＬ width",  # 6
    "see http://example.org/path?x=1 for c++ and /usr/bin",  # 7
    "an ordinary fox, and another fox: 100% fox_trot",  # 8
    "Привет, Ёлка и ещё",  # 9
    "cafe\u0301 and naïve résumé",  # 10
    "`code` with 'quotes' and \\ back\\slashes and \"more\"",  # 11
    "two\nlines   and\ttabs",  # 12
    "הַשָּׁלוֹם عَرَبِي",  # 13
    "🎉 party 👩‍👩‍👧 time",  # 14
    "x",  # 15
]
FINDS: list[tuple[str, list[int]]] = [
    ("hello", [0]),
    ("HELLO World", [0]),
    ("ello", [0]),
    ("fox", [1, 8]),
    ("fox lazy", [1]),
    ('"brown fox"', [1]),
    ('"fox brown"', []),
    ("fox brown", [1]),
    ("zazolc GESLA", [2]),
    ("Zażółć", [2]),
    ("strasse", [2]),
    ("straße munchen", [2]),
    ("東京", [3]),
    ("京", [3, 4]),
    ("タワー", [3]),
    ("タ", [3]),
    ("北京", [4]),
    ("京北", []),
    ("한국", [5]),
    ("국", [5]),
    ("구", []),
    ("ハンカク", [6]),
    ("full", [6]),
    ("ＨＥＬＬＯ", [0]),
    ("c++", [7]),
    ("++", [7]),
    ("/usr/bin", [7]),
    ("http://example.org/path?x=1", [7]),
    ("example.org", [7]),
    ("100%", [8]),
    ("fox_trot", [8]),
    ("foxxtrot", []),
    ("%", [8]),
    ("_", [8]),
    ("елка еще", [9]),
    ("ПРИВЕТ", [9]),
    ("café", [10]),
    ("cafe resume naive", [10]),
    ("'quotes'", [11]),
    ("\\", [11]),
    ("back\\slashes", [11]),
    ('"more""', [11]),
    ('"lines and tabs"', [12]),
    ("שלום", [13]),
    ("عربي", [13]),
    ("🎉", [14]),
    ("👩‍👧", [14]),
    ("x", [1, 7, 8, 15]),
    ("qz", []),
    ("q", [1, 11]),
    ("AND", [6, 7, 8, 10, 11, 12]),
    ("OR", [0, 7, 8, 11]),
    ("joined", []),
    ("has:link", [7]),
    ("has:link fox", []),
    ("in:general fox", [1, 8]),
    ("login:x", []),
]


def look(place: Place, user: int, text: str, *, order: Order = "time", limit: int = 50) -> list[int]:
    """The ids of all that is found, in the order of the pages."""
    found: list[int] = []
    before: str | None = None
    while True:
        answer: Found = page(place.store, user, text, order, before, limit)
        assert len(answer.results) <= limit
        found += [each.message.id for each in answer.results]
        before = answer.next
        if before is None:
            return found


@pytest.fixture(params=[10_000, 0], ids=["newest", "by index"])
def near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new is looked at one by one, what is old is looked up: both find the same."""
    monkeypatch.setattr(search, "NEWEST", request.param)


@pytest.mark.usefixtures("near")
def test_a_table_of_queries(place: Place) -> None:
    ann = place.register("ann")
    said = [place.post(ann, text).message.id for text in SAID]
    by_time = {text: look(place, ann, text, limit=2) for text, _ in FINDS}
    assert by_time == {text: [said[each] for each in reversed(places)] for text, places in FINDS}
    by_relevance = {text: sorted(look(place, ann, text, order="relevance", limit=2)) for text, _ in FINDS}
    assert by_relevance == {text: [said[each] for each in places] for text, places in FINDS}


@pytest.mark.usefixtures("near")
def test_by_whom_where_and_when(place: Place) -> None:
    ann, bob = place.register("ann"), place.register("Bob Lee")
    side = place.room(ann)
    one = place.post(ann, "apple").message.id
    two = place.post(bob, "apple pie").message.id
    three = place.post(ann, "apple tart", room=side).message.id
    engine_time = datetime(2024, 2, 29, 12, tzinfo=UTC)
    place.run(SetTime(one, engine_time))
    place.run(SetTime(two, engine_time + timedelta(days=300)))
    expected = {
        "apple": [three, two, one],
        "apple from:ann": [three, one],
        "from:me": [three, one],
        "from:@ANN apple": [three, one],
        'from:"bob lee"': [two],
        'from:ann from:"Bob Lee" apple': [three, two, one],
        "apple in:general": [two, one],
        "in:#general from:me": [one],
        "apple before:2024-03-01": [one],
        "apple before:2024-02-29": [],
        "apple after:2024-02-28": [three, two, one],
        "apple after:2024-02-29": [three, two],
        "apple after:2024-02 before:2025": [two],
        "before:2025": [two, one],
        "after:2024": [three],
        "after:2024-12": [three],
    }
    assert {text: look(place, ann, text) for text in expected} == expected


class SetTime(Command):
    """A message of another time, in the index as well."""

    def __init__(self, message: int, moment: datetime) -> None:
        self.message, self.moment = message, moment

    def apply(self, batch: Batch) -> None:
        for column in (tables.messages.c.id, tables.search.c.message_id):
            batch.connection.execute(update(column.table).where(column == self.message).values(created_at=self.moment))


@pytest.mark.usefixtures("near")
def test_nothing_is_found_where_one_may_not_read(place: Place) -> None:
    ann, bob = place.register(), place.register()
    den = place.room(ann, bob)
    number = place.post(ann, "the secret plan", room=den).message.id
    assert look(place, bob, "secret") == [number]
    outsider = place.register()
    assert look(place, outsider, "secret") == []
    name = max(place.rows("rooms"))[1]
    for who in (outsider, bob):
        if who == bob:
            place.run(Leave(den, bob))
        assert look(place, who, "secret") == look(place, who, "from:me secret") == []
        with pytest.raises(Invalid, match="in no room of that name"):
            look(place, who, f'in:"{name}" secret')
        with pytest.raises(Invalid, match="in no room of that name"):
            look(place, who, "in:nowhere secret")
    place.run(Leave(place.general, outsider))
    assert look(place, outsider, "secret") == []
    assert look(place, outsider, "has:link") == []
    assert look(place, ann, "secret") == [number]


@pytest.mark.usefixtures("near")
def test_who_came_later_finds_what_was_said_since(place: Place) -> None:
    ann, bob = place.register(), place.register()
    room = place.room(ann, bob)
    before = place.post(ann, "apple before", room=room)
    execute(place.settings, f"UPDATE members SET since = {before.seq} WHERE room_id = {room} AND user_id = {bob}")
    after = place.post(ann, "apple after", room=room).message.id
    assert look(place, bob, "apple") == [after]
    assert look(place, ann, "apple") == [after, before.message.id]
    place.run(Edit(ann, before.message.id, "apple, edited now"))
    assert look(place, bob, "apple", order="relevance") == [after]


class Leave(Command):
    """Somebody is no longer in a room."""

    def __init__(self, room: int, user: int) -> None:
        self.room, self.user = room, user

    def apply(self, batch: Batch) -> None:
        members = tables.members
        batch.connection.execute(delete(members).where(members.c.room_id == self.room, members.c.user_id == self.user))


@pytest.mark.usefixtures("near")
def test_a_change_is_reflected_at_once(place: Place) -> None:
    ann = place.register()
    number = place.post(ann, "first http://a.example").message.id
    assert look(place, ann, "first has:link") == [number]
    place.run(Edit(ann, number, "second"))
    assert look(place, ann, "first") == look(place, ann, "has:link") == []
    assert look(place, ann, "second") == [number]
    place.run(Delete(ann, number))
    assert look(place, ann, "second") == look(place, ann, "from:me") == []
    assert place.rows("search") == []


def test_on_sqlite_the_index_is_read_from_its_end_and_no_further_than_needed(
    small: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that began with the rows, or that sorted, would touch a million of them."""
    monkeypatch.setattr(search, "NEWEST", 0)
    ann = small.register("ann")
    small.post(ann, "apple http://a.example")
    asked: list[tuple[str, Any]] = []
    event.listen(small.store._reader, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    for text in ("apple", "ap", "has:link", "from:ann in:general apple after:2020 before:2100"):
        assert len(look(small, ann, text)) == 1
    by_index = [each for each in asked if "search_grams" in each[0]]
    assert len(by_index) == 4
    with small.store.reading() as connection:
        for statement, parameters in by_index:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert plan[0].startswith("SCAN search_grams VIRTUAL TABLE"), plan
            assert not [step for step in plan[1:] if step.startswith(("SCAN", "USE TEMP"))], plan


@pytest.mark.usefixtures("near")
def test_relevance_puts_words_before_parts_of_words(place: Place) -> None:
    ann = place.register()
    side = place.post(ann, "we are planning the replanting of planetary plants").message.id
    word = place.post(ann, "a plan").message.id
    often = place.post(ann, "plan, plan, plan").message.id
    apart = place.post(ann, "a plan of which nobody thought that it was a good one").message.id
    together = place.post(ann, "such a good plan").message.id
    assert look(place, ann, "plan", order="relevance", limit=2) == [often, word, together, apart, side]
    assert look(place, ann, "good plan", order="relevance", limit=1) == [together, apart]
    assert look(place, ann, "plan", order="time") == [together, apart, often, word, side]


def test_pages_by_relevance_go_on_beyond_what_is_ranked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.core.search.RANKED", 4)
    ann = place.register()
    said = [place.post(ann, f"apple {number}").message.id for number in range(11)]
    first = page(place.store, ann, "apple", "relevance", None, 3)
    place.post(ann, "apple, which comes between two pages")
    found = [each.message.id for each in first.results]
    while first.next is not None:
        first = page(place.store, ann, "apple", "relevance", first.next, 3)
        found += [each.message.id for each in first.results]
    assert sorted(found) == said


WORDS = ("ala", "Ola", "kot", "KOTEK", "żaba", "東京", "京都", "ab", "b", "http://a.example", "a_b")
ASKED = (*WORDS, "zab", "ola kot", "ot", "京", "la", "has:link", "from:me a", '"kot ala"', "in:general kot", "o")


def naive(place: Place, user: int, text: str) -> list[int]:
    """Every message read and looked into."""
    seats = {room for room, who, *_ in place.rows("members") if who == user}
    found = []
    for room in sorted(seats):
        for message in place.log(room):
            if message.kind != "text" or message.deleted_at is not None:
                continue
            terms = text.split() if '"' not in text else [text.strip('"')]
            fits = True
            for term in terms:
                match term:
                    case "has:link":
                        fits &= '<a href="http' in message.html
                    case "from:me":
                        fits &= message.author == user
                    case "in:general":
                        fits &= room == place.general
                    case _:
                        fits &= fold(term) in fold(message.source)
            if fits:
                found.append(message.id)
    return sorted(found, reverse=True)


def history(place: Place, people: Sequence[int], rooms: Sequence[int], dice: random.Random) -> None:
    """Posts, edits and deletions, in groups of any size; now and then somebody leaves a room."""
    posted: list[tuple[int, int]] = []
    for _ in range(20):
        group: list[Command] = []
        for _ in range(dice.choice((1, 3, 9))):
            text = dice.choice((" ", "", "\n")).join(dice.choices(WORDS, k=dice.randint(1, 4)))
            if not posted or dice.random() < 0.6:
                group.append(Post(dice.choice(people), dice.choice(rooms), text))
            else:
                number, author = dice.choice(posted)
                group.append(Edit(author, number, text) if dice.random() < 0.7 else Delete(author, number))
        answers = place.all_at_once(group)
        posted += [(each.message.id, each.message.author) for each in answers if hasattr(each, "message")]
        if dice.random() < 0.1:
            place.run(Leave(dice.choice(rooms[1:]), dice.choice(people)))


@pytest.mark.parametrize(("seed", "window"), [(0, 0), (1, 7), (2, 10_000)])
def test_whatever_happened_search_finds_what_a_look_at_everything_finds(
    place: Place, seed: int, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NEWEST", window)
    dice = random.Random(seed)
    people = [place.register() for _ in range(3)]
    rooms = [place.general, place.room(*people), place.room(*people[:2])]
    history(place, people, rooms, dice)
    for user in people:
        for text in ASKED:
            expected = naive(place, user, text)
            assert look(place, user, text, limit=7) == expected, text
            assert sorted(look(place, user, text, order="relevance"), reverse=True) == expected, text


@pytest.mark.usefixtures("near")
def test_the_index_follows_what_was_written_without_it(
    place: Place, opened: Callable[[Settings], Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "STEP", 7)
    ann = place.register()
    before = place.post(ann, "both").message.id
    monkeypatch.setattr(index, "add", lambda *_: None)  # a release that knows nothing of search
    monkeypatch.setattr(index, "renew", lambda *_: None)
    missed = [place.post(ann, f"missed {number}").message.id for number in range(20)]
    place.run(Edit(ann, before, "edited"))
    place.run(Delete(ann, missed.pop()))
    assert look(place, ann, "missed") == []
    assert look(place, ann, "both") == [], "what it says by now is looked at before it is shown"
    monkeypatch.undo()
    monkeypatch.setattr(index, "STEP", 7)
    build(place)
    assert look(place, ann, "missed") == missed[::-1]
    assert look(place, ann, "edited") == [before]
    assert look(place, ann, "both") == []
    rows = place.rows("search")
    assert len(rows) == 20
    with place.store.reading() as connection:
        assert index.behind(connection) == []
    execute(place.settings, "DELETE FROM search_cursors")
    build(place)
    assert place.rows("search") == rows, "what is there already stays as it is"


class Build(Command):
    """The index, up to the heads."""

    def apply(self, batch: Batch) -> None:
        index.build(batch.connection)


def build(place: Place) -> None:
    place.run(Build())


@pytest.mark.parametrize("before", ["", "x", "1.", "1.2.3", "-1", "1" * 20, "1.5000"])
def test_a_cursor_is_one_that_was_given(small: Place, before: str) -> None:
    with pytest.raises(Invalid, match="before is the `next`"):
        page(small.store, small.register(), "x", "time", before, 5)


@pytest.mark.parametrize("limit", [0, 51])
def test_a_page_has_a_length(small: Place, limit: int) -> None:
    with pytest.raises(Invalid, match="limit"):
        page(small.store, small.register(), "x", "time", None, limit)


def test_people_who_are_not_there(small: Place) -> None:
    with pytest.raises(Invalid, match="Nobody has that nickname"):
        page(small.store, small.register(), "from:nobody", "time", None, 5)
