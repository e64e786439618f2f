"""A node makes the index of what was said before there was one."""

from collections.abc import Callable

import pytest

from parley.core.search import page
from parley.indexer import Indexer
from parley.node import Node
from parley.settings import Settings
from parley.store import index
from tests.nodes import until
from tests.stores import Place, execute

SAID = 10  # messages, beside the entry of who joined


@pytest.fixture
def bare(place: Place) -> Place:
    """A chat without an index, in which person 1 can look around."""
    ann = place.register()
    for number in range(SAID):
        place.post(ann, f"apple {number}")
    execute(place.settings, "DELETE FROM search")
    if place.settings.embedded:
        execute(place.settings, "INSERT INTO search_grams (search_grams) VALUES ('delete-all')")
    return place


def found(place: Place) -> int:
    return len(page(place.store, 1, "apple", "time", None, 50).results)


def test_it_follows_the_logs_to_their_heads(bare: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "STEP", 3)
    assert found(bare) == 0
    Indexer(bare.store).follow()
    assert found(bare) == SAID
    assert bare.rows("search_cursors") == [(bare.general, SAID + 1)]


def test_it_ends_after_a_step_and_goes_on_where_it_was(bare: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "STEP", 3)
    stopped = Indexer(bare.store)
    stopped.stop()
    stopped.follow()
    assert bare.rows("search_cursors") == [(bare.general, 3)]
    assert found(bare) == 2
    Indexer(bare.store).follow()
    assert found(bare) == SAID


def test_a_node_does_so_when_it_starts(bare: Place, opened: Callable[[Settings], Place]) -> None:
    bare.store.stop()
    node = Node(bare.settings)
    node.start()
    try:
        until(lambda: len(page(node.store, 1, "apple", "time", None, 50).results) == SAID)
    finally:
        node.stop()
