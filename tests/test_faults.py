"""`make faults` would notice: its checks are fed one broken promise each. And a node ends at its failpoint."""

import random
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from parley.failpoint import Failpoint
from parley.settings import SetupError
from tests.faults.invariants import Findings, Ledger, Place, check
from tests.faults.people import Client
from tests.running import PASSWORD, ROOT, Frame, Person, RunningServer

ANN = 5


def message(number: int, seq: int, changed_seq: int = 0, source: str = "", author: int | None = ANN) -> Frame:
    key = None if author is None else f"k{number}"
    return {
        **{"id": number, "seq": seq, "changed_seq": changed_seq or seq},
        **{"author": author, "key": key, "source": source or str(key)},
    }


class Story:
    """Ann posted three times and changed the second message; a reader saw all of it. All is well, at first."""

    def __init__(self) -> None:
        made = [message(1, 1, author=None), message(2, 2), message(3, 3, 5, "changed"), message(4, 4)]
        self.fresh: dict[int, Frame] = {each["id"]: each for each in made}
        self.shown = dict(self.fresh)
        self.ledger = Ledger(
            author=ANN,
            posts={f"k{number}": Place(number, number) for number in (2, 3, 4)},
            changes={"edit": Place(5, 3)},
            texts={2: "k2", 3: "changed", 4: "k4"},
            refused={"blank": "empty"},
        )

    def lose(self) -> None:
        del self.fresh[4], self.shown[4]

    def lose_the_last_post_of_somebody_unanswered(self) -> None:
        del self.ledger.posts["k3"]

    def lose_a_change(self) -> None:
        self.fresh[3] = self.shown[3] = message(3, 3)

    def skip_a_number(self) -> None:
        self.fresh[5] = self.shown[5] = message(5, 7, author=None)

    def store_twice(self) -> None:
        self.fresh[5] = self.shown[5] = message(5, 6) | {"key": "k2"}

    def number_twice(self) -> None:
        self.fresh[5] = self.shown[5] = message(5, 4, 6, author=None)

    def answer_twice(self) -> None:
        self.ledger.acknowledged_again("k2", Place(2, 2))  # the same is fine
        self.ledger.acknowledged_again("k2", Place(6, 5))

    def show_less(self) -> None:
        del self.shown[4]

    def show_more(self) -> None:
        self.shown[9] = message(9, 9)

    def show_an_old_text(self) -> None:
        self.shown[3] = message(3, 3)

    def store_what_was_refused(self) -> None:
        self.fresh[5] = self.shown[5] = message(5, 6) | {"key": "blank"}

    def refuse_without_reason(self) -> None:
        self.ledger.refused["k9"] = "internal"

    def check(self) -> Findings:
        return check(self.fresh, [self.ledger], {"Bob": self.shown})


def test_a_story_without_a_fault_is_clean() -> None:
    story = Story()
    story.ledger.acknowledged_again("k2", Place(2, 2))
    assert story.check().clean


@pytest.mark.parametrize(
    ("breaks", "kind", "says"),
    [
        (Story.lose, "lost", "k4, acknowledged"),
        (Story.lose_a_change, "lost", "last change of message 3"),
        (Story.skip_a_number, "lost", "what seq 6 was"),
        (Story.show_less, "lost", "Bob does not show message 4"),
        (Story.show_more, "lost", "Bob shows another message 9"),
        (Story.show_an_old_text, "lost", "Bob shows another message 3"),
        (Story.store_twice, "doubled", "k2 is stored 2 times"),
        (Story.number_twice, "doubled", "seq 4 stands 2 times"),
        (Story.answer_twice, "doubled", "k2 was answered"),
        (Story.store_what_was_refused, "other", "blank was refused, and is stored"),
        (Story.refuse_without_reason, "other", "k9 was refused: internal"),
        (Story.lose_the_last_post_of_somebody_unanswered, "other", "k3 is stored and unanswered"),
    ],
)
def test_a_broken_promise_is_found(breaks: Callable[[Story], None], kind: str, says: str) -> None:
    story = Story()
    breaks(story)
    findings = story.check()
    assert any(says in each for each in getattr(findings, kind)), findings


def log(cursor: int, to: int, *, reset: bool = False) -> Frame:
    return {"type": "log", "room": 1, "from": cursor, "to": to, "messages": [], "more": False, "reset": reset}


def event(seq: int) -> Frame:
    return {"type": "message", "room": 1, "seq": seq, "message": message(seq, seq)}


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (event(5), "got message 5 at cursor 3"),
        (event(3), "got message 3 at cursor 3"),
        (log(2, 7), "got log 2 at cursor 3"),
        (log(0, 3, reset=True), "begin anew"),
        (event(4), ""),
        (log(3, 7), ""),
    ],
)
def test_what_is_not_the_next_thing_is_noted(frame: Frame, says: str) -> None:
    person = Person(RunningServer(ROOT), ANN, "Ann", "")
    client = Client(person, [], random.Random(1), writes=False)
    assert client.take(log(0, 2, reset=True))
    assert client.take(event(3))
    client.take(frame)
    assert all(says in each for each in client.ledger.disorder)
    assert bool(client.ledger.disorder) == bool(says)


def test_a_node_ends_at_its_failpoint_with_everything_committed_and_nobody_told(instance: Path) -> None:
    server = RunningServer(instance, {"PARLEY_FAILPOINT": "committed:kill:1"}).start()
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{server.url}/api/users", json={"nickname": "Ann", "password": PASSWORD})
    assert server.process.wait(10) == -signal.SIGKILL
    with closing(sqlite3.connect(instance / "parley.db")) as connection:
        assert connection.execute("SELECT name FROM users").fetchall() == [("Ann",)]


@pytest.mark.parametrize("wrong", ["committed", "committed:kill:x", "nowhere:kill:1", "committed:stop:1"])
def test_a_failpoint_that_cannot_be_read_is_refused(wrong: str) -> None:
    with pytest.raises(SetupError, match="looks like committed:kill:3"):
        Failpoint({"PARLEY_FAILPOINT": wrong})
