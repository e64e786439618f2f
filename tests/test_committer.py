"""Group commit: nobody waits for nothing, nobody hears of what is not stored, nobody pays for another's fault."""

import threading
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.exc import OperationalError

from parley.core.accounts import Register
from parley.core.messages import Post, React
from parley.core.reading import MarkRead
from parley.errors import Broken, Invalid, NotFound, Refused, Unavailable
from parley.settings import Settings
from parley.store import committer, messages, tables
from parley.store.batch import Batch, Change, Command
from parley.store.committer import Committed
from parley.store.store import Store
from tests.stores import PATIENCE, Hold, Place, sources


@dataclass(slots=True)
class Raises(Command):
    """A command with a defect."""

    error: Exception
    at: str = "apply"

    def prepare(self) -> None:
        if self.at == "prepare":
            raise self.error

    def apply(self, batch: Batch) -> None:
        raise self.error


class Collides(Command):
    """A command that writes what is there already."""

    def apply(self, batch: Batch) -> None:
        row = {"name": "epoch", "value": "another"}
        batch.connection.execute(insert(tables.facts), [row])


def test_whatever_waits_goes_into_one_transaction_in_its_order(place: Place) -> None:
    ann = place.register()
    place.committed.clear()
    answers = place.all_at_once([Post(ann, place.general, f"line {number}") for number in range(100)])
    assert [committed.commands for committed in place.committed] == [1, 100]  # the one that held it busy, the rest
    seqs = [answer.seq for answer in answers]
    assert seqs == list(range(seqs[0], seqs[0] + 100))
    assert sources(place) == [f"line {number}" for number in range(100)]


def test_a_group_finds_its_rows_by_index_however_long_the_past(small: Place) -> None:
    ann = small.register()
    statements: list[tuple[str, Any]] = []

    def note(_1: Any, _2: Any, statement: str, parameters: Any, *_3: Any) -> None:
        statements.append((statement, parameters))

    event.listen(small.store._writer, "before_cursor_execute", note)
    holding = Hold()
    holding.hold(small.store)
    for number in range(5):
        small.store.submit(Post(ann, small.general, "hi", f"key {number}"), lambda _: None)
    holding.let_go()
    posted = small.run(Post(ann, small.general, "hello", "key"))
    small.run(React(ann, posted.message.id, "👍", True))
    small.run(MarkRead(ann, small.general, posted.seq))
    event.remove(small.store._writer, "before_cursor_execute", note)
    plans = [each for each in statements if each[0].startswith(("SELECT", "UPDATE"))]
    assert len(plans) > 10
    with small.store.reading() as connection:
        for statement, parameters in plans:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert not [step for step in plan if step.startswith("SCAN")], (statement, plan)


def test_a_transaction_takes_no_more_than_a_group(small: Place) -> None:
    ann = small.register()
    small.committed.clear()
    small.all_at_once([Post(ann, small.general, "x") for _ in range(committer.GROUP + 1)])
    assert [committed.commands for committed in small.committed] == [1, committer.GROUP, 1]


def test_an_answer_comes_after_commit(place: Place) -> None:
    ann = place.register()
    seen: list[str] = []
    answered = threading.Event()

    def look(result: Change) -> None:
        seen.append(place.message(result.message.id).source)  # on another connection
        answered.set()

    place.store.submit(Post(ann, place.general, "stored"), look)
    assert answered.wait(PATIENCE)
    assert seen == ["stored"]


def test_what_is_published_is_stored(database: Settings) -> None:
    behind: list[int] = []

    def publish(committed: Committed) -> None:
        with store.reading() as connection:
            behind.append(messages.head(connection, store.general) - committed.changes[-1].seq)

    store = Store(database, publish)
    store.start()
    store.run(Register("ann", "no hash", store.general))
    store.stop()
    assert behind == [0]


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        (Post(0, 1, " \n "), Invalid),
        (Post(10_000, 1, "who am I?"), NotFound),
        (Raises(ValueError("a defect")), Broken),
        (Raises(ValueError("a defect"), at="prepare"), Broken),
        (Collides(), Broken),
    ],
    ids=["refused before", "refused within", "breaks", "breaks early", "collides"],
)
def test_a_command_that_fails_hurts_no_neighbour(place: Place, bad: Command, refusal: type[Refused]) -> None:
    ann = place.register()
    before = place.head()
    good = [Post(ann, place.general, f"line {number}") for number in range(4)]
    answers = place.all_at_once([*good[:2], bad, *good[2:]])
    assert isinstance(answers.pop(2), refusal)
    assert [answer.seq for answer in answers] == [before + 1, before + 2, before + 3, before + 4]
    assert sources(place) == ["line 0", "line 1", "line 2", "line 3"]


def test_what_cannot_succeed_is_not_asked_for_again(small: Place) -> None:
    with pytest.raises(Broken) as caught:
        small.run(Raises(ValueError("secret")))
    assert "secret" not in caught.value.detail
    assert (caught.value.status, caught.value.code) == (500, "internal")


def test_an_answer_that_fails_hurts_nobody(small: Place) -> None:
    ann = small.register()

    def fail(_: Any) -> None:
        raise ValueError("a defect of whoever asked")

    small.store.submit(Post(ann, small.general, "one"), fail)
    assert small.post(ann, "two").seq == small.head()
    assert sources(small) == ["one", "two"]


def test_publishing_that_fails_does_not_stop_the_writer(on_sqlite: Settings) -> None:
    def fail(_: Committed) -> None:
        raise ValueError("the bus is gone")

    store = Store(on_sqlite, fail)
    store.start()
    ann = store.run(Register("ann", "no hash", store.general)).id
    assert [store.run(Post(ann, store.general, "x")).seq for _ in range(2)] == [2, 3]
    store.stop()


def test_nobody_waits_behind_a_group_that_waited_in_vain(small: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = small.register()
    answers: list[Any] = []
    hold = Hold()
    hold.hold(small.store)
    small.store.submit(Raises(OperationalError("", {}, Exception("gone"))), answers.append)
    for _ in range(committer.GROUP):  # one of them is in no group of the first
        small.store.submit(Post(ann, small.general, "x"), answers.append)
    monkeypatch.setattr(committer, "HANGS", 0.0)
    hold.let_go()
    small.store.stop(PATIENCE)  # and that it was to end is not forgotten
    assert [type(answer) for answer in answers] == [Unavailable] * (1 + committer.GROUP)
    assert not small.store._committer._thread.is_alive()
