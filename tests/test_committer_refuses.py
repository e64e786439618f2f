"""A committer that cannot go on says so at once: it stops, its queue or disk is full, or its database hangs."""

import threading
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from parley.core.messages import Post
from parley.errors import Unavailable
from parley.store import committer, messages
from parley.store.batch import Batch, Change, Command
from parley.store.engines import writing_engine
from tests.stores import PATIENCE, Hold, Place, sources


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
