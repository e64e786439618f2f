"""Search finds what it should, in which order and on which page, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from parley.core.search import page
from parley.errors import Invalid
from parley.store import tables
from parley.store.batch import Batch, Command
from tests.searching import look
from tests.stores import Place

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


@pytest.mark.parametrize("before", ["", "x", "1.", "1.2.3", "-1", "1" * 20, "1.5000"])
def test_a_cursor_is_one_that_was_given(small: Place, before: str) -> None:
    with pytest.raises(Invalid, match="before is the `next`"):
        page(small.store, small.register(), "x", "time", before, 5)


@pytest.mark.parametrize("limit", [0, 51])
def test_a_page_has_a_length(small: Place, limit: int) -> None:
    with pytest.raises(Invalid, match="limit"):
        page(small.store, small.register(), "x", "time", None, limit)


def test_people_who_are_not_there(small: Place) -> None:
    with pytest.raises(Invalid, match="Nobody has the nickname"):
        page(small.store, small.register(), "from:nobody", "time", None, 5)
