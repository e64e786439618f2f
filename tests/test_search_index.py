"""The index says what the messages say, whoever wrote them, and is read no further than needed."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from parley.core.messages import Delete, Edit
from parley.settings import Settings
from parley.store import index, search
from parley.store.batch import Batch, Command
from tests.searching import look
from tests.stores import Place, execute


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
