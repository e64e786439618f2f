"""What threads cost: nothing for those who do not use them, and no table is read whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from parley.core import threads
from parley.core.messages import Delete
from parley.core.threads import Follow, MarkThreadRead, Stretch
from tests.replies import reply, welcome
from tests.stores import Place


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


@pytest.fixture
def bob(small: Place) -> int:
    return small.register("bob")


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
