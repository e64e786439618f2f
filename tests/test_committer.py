"""Group commit: nobody waits for nothing, nobody hears of what is not stored, nobody pays for another's fault."""

import threading
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import OperationalError

from parley.core.accounts import Register
from parley.core.messages import Delete, Edit, Post, React
from parley.core.rooms import MarkRead
from parley.errors import Broken, Invalid, NotFound, Refused, Unavailable
from parley.settings import Settings
from parley.store import committer, messages, tables
from parley.store.batch import Batch, Change, Command
from parley.store.committer import Committed
from parley.store.engines import writing_engine
from parley.store.store import Store
from tests.stores import PATIENCE, Hold, Place


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


def sources(place: Place) -> list[str]:
    return [message.source for message in place.log() if message.kind == "text"]


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


def test_a_key_is_stored_once(place: Place) -> None:
    ann, bob = place.register(), place.register()
    first = place.post(ann, "once", key="k")
    again, same_batch, others = place.all_at_once(
        [
            Post(ann, place.general, "twice", "k"),
            Post(ann, place.general, "thrice", "k"),
            Post(bob, place.general, "another's key", "k"),
        ]
    )
    assert (again.message.id, again.seq) == (same_batch.message.id, same_batch.seq) == (first.message.id, first.seq)
    assert others.message.id != first.message.id
    twins = place.all_at_once([Post(ann, place.general, "twin", "new"), Post(ann, place.general, "twin", "new")])
    assert twins[0].message.id == twins[1].message.id
    assert twins[0].seq == twins[1].seq == place.head()
    assert sources(place) == ["once", "another's key", "twin"]


def test_a_retry_gets_the_first_answer_whatever_happened_since(place: Place) -> None:
    ann = place.register()
    first = place.post(ann, "once", key="k")
    place.run(Edit(ann, first.message.id, "edited"))
    assert place.post(ann, "once", key="k").seq == first.seq
    place.run(Delete(ann, first.message.id))
    retried = place.post(ann, "once", key="k")
    assert (retried.message.id, retried.seq) == (first.message.id, first.seq)
    assert sources(place) == [""]


@pytest.mark.parametrize("key", ["", "x" * 65, "a\x00b", "a\ud800b"])
def test_a_key_that_cannot_be_stored_is_refused_before_it_reaches_the_group(place: Place, key: str) -> None:
    ann = place.register()
    place.committed.clear()
    refused, stored = place.all_at_once([Post(ann, place.general, "x", key), Post(ann, place.general, "x", "good")])
    assert isinstance(refused, Invalid)
    assert refused.code == "invalid_key"
    assert isinstance(stored, Change)
    assert len(place.committed) == 2  # nobody was sent to a transaction of its own


def test_stopping_commits_what_waits_and_refuses_what_comes(place: Place) -> None:
    ann = place.register()
    answers: list[Any] = []
    hold = Hold()
    hold.hold(place.store)
    for number in range(300):
        place.store.submit(Post(ann, place.general, str(number)), answers.append)
    stopping = threading.Thread(target=place.store.stop, args=(PATIENCE,))
    stopping.start()
    late: list[Any] = []
    while not late:
        try:
            place.store.submit(Post(ann, place.general, "late"), answers.append)
        except Unavailable as refused:
            late.append(refused)
    hold.let_go()
    stopping.join(PATIENCE)
    before_the_door_closed = [answer for answer in answers if isinstance(answer, Change)]
    assert len(before_the_door_closed) == len(answers) >= 300
    with pytest.raises(Unavailable):
        place.run(Post(ann, place.general, "late"))
    engine = writing_engine(place.settings)
    with engine.connect() as connection:
        assert messages.count(connection) == len(answers) + 1  # and the entry that says who joined
    engine.dispose()


def test_a_full_queue_refuses_and_loses_nothing(small: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "WAITING", 3)
    ann = small.register()
    answers: list[Any] = []
    hold = Hold()
    hold.hold(small.store)
    for _ in range(3):
        small.store.submit(Post(ann, small.general, "fits"), answers.append)
    assert small.store.waiting() == 3
    with pytest.raises(Unavailable, match="more to do"):
        small.store.submit(Post(ann, small.general, "does not"), answers.append)
    hold.let_go()
    small.store.stop()
    assert [type(answer) for answer in answers] == [Change] * 3


def test_whoever_cannot_wait_is_told_to_ask_again(small: Place) -> None:
    ann = small.register()
    hold = Hold()
    hold.hold(small.store)
    with pytest.raises(Unavailable, match="too long"):
        small.store._committer.run(Post(ann, small.general, "slow", "k"), timeout=0.01)
    hold.let_go()
    assert small.post(ann, "slow", key="k").seq == small.head()
    assert sources(small) == ["slow"]


def test_while_the_database_hangs_posts_are_refused_at_once(small: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = small.register()
    hold = Hold()
    hold.hold(small.store)
    monkeypatch.setattr(committer, "HANGS", 0.0)
    with pytest.raises(Unavailable, match="does not answer"):
        small.post(ann, "refused", key="k")
    monkeypatch.undo()
    waits = threading.Event()
    small.store.submit(Post(ann, small.general, "waits"), lambda _: waits.set())  # it may come back any moment
    hold.let_go()
    assert waits.wait(PATIENCE)
    assert small.post(ann, "once", key="k").seq == small.head()
    assert sources(small) == ["waits", "once"]


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


@dataclass(slots=True)
class MostPages(Command):
    """Let the SQLite file grow no further than this, as a full disk does."""

    pages: int

    def apply(self, batch: Batch) -> None:
        batch.connection.execute(text(f"PRAGMA max_page_count = {self.pages}"))


def test_a_full_disk_refuses_and_nothing_is_acknowledged_falsely(small: Place) -> None:
    ann = small.register()
    small.run(MostPages(1))  # SQLite makes it the present size
    stored, refused = [], 0
    for number in range(200):
        try:
            stored.append(small.post(ann, f"{number} " + "x" * 4000, key=str(number)).seq)
        except Unavailable:
            refused += 1
    assert refused > 100
    small.run(MostPages(1_000_000))
    stored += [small.post(ann, f"{number} again", key=str(number)).seq for number in range(100, 200)]
    assert sorted(set(stored)) == [message.seq for message in small.log() if message.kind == "text"]
    assert sorted(set(stored)) == list(range(2, small.head() + 1))
