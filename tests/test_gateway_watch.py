"""More people online than everybody is told of: who watches hears of whom it watches, and the heartbeat counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crowds import CROWD, Crowd, crowded
from tests.nodes import came, told_of, went
from tests.running import Chat, Frame

NOBODY = 2**53


@pytest.fixture
def crowd(instance: Path) -> Iterator[Crowd]:
    with crowded(instance) as crowd:
        yield crowd


def counted(chat: Chat, online: int) -> Frame:
    """The heartbeat that says how many are online, once it is so many."""
    return chat.next("heads", lambda frame: frame["online"] == online)


def presences(chat: Chat) -> list[tuple[int, bool]]:
    """Everything that a socket was told of people."""
    return [(frame["user"], frame["online"]) for frame in chat.frames if frame["type"] == "presence"]


def test_in_a_crowd_a_socket_hears_of_those_it_watches_and_the_heartbeat_counts_the_others(crowd: Crowd) -> None:
    ann, bob, cid, dan = crowd.others[:4]
    member = crowd.members[0]
    with ann.chat() as watcher, bob.chat() as quiet:
        counted(watcher, CROWD + 2)
        counted(quiet, CROWD + 2)
        before = len(presences(quiet)), len(presences(watcher))
        watcher.send({"type": "watch", "users": [dan.id, member.id, NOBODY]})
        answers = sorted((frame["user"], frame["online"]) for frame in (watcher.next("presence") for _ in range(3)))
        assert answers == [(member.id, True), (dan.id, False), (NOBODY, False)]
        with cid.chat(), dan.chat():  # in this order, so that nothing of Cid may still be on its way
            came(watcher, dan)
            assert told_of(watcher, cid) == []
            counted(watcher, CROWD + 4)
            counted(quiet, CROWD + 4)
        went(watcher, dan)
        counted(quiet, CROWD + 2)
        assert len(presences(quiet)) == before[0]
        assert len(presences(watcher)) == before[1] + 5


def test_what_is_watched_is_replaced_and_belongs_to_the_socket(crowd: Crowd) -> None:
    ann, bob, cid = crowd.others[:3]
    with ann.chat() as watcher, ann.chat() as other_device:
        counted(watcher, CROWD + 1)
        watcher.send({"type": "watch", "users": [bob.id]})
        watcher.send({"type": "watch", "users": [cid.id, cid.id]})
        other_device.send({"type": "watch", "users": [bob.id]})
        assert [watcher.next("presence")["user"] for _ in range(2)] == [bob.id, cid.id]
        with bob.chat(), cid.chat():
            came(watcher, cid)
            came(other_device, bob)
        went(watcher, cid)
        went(other_device, bob)
        assert told_of(watcher, bob) == [False]
        assert told_of(other_device, cid) == []
    with ann.chat() as again:
        with bob.chat():
            counted(again, CROWD + 2)
        counted(again, CROWD + 1)
        assert told_of(again, bob) == []


def test_a_crowd_that_becomes_small_is_told_to_everybody(crowd: Crowd) -> None:
    ann, bob, cid = crowd.others[:3]
    with ann.chat() as chat, bob.chat():
        counted(chat, CROWD + 2)
        assert told_of(chat, bob) == []
        crowd.go()
        came(chat, bob)
        with cid.chat():
            came(chat, cid)
        went(chat, cid)
        counted(chat, 2)


def test_a_welcome_to_a_crowd_names_some_and_counts_all(crowd: Crowd) -> None:
    ann = crowd.others[0]
    with ann.chat() as first:
        counted(first, CROWD + 1)
        with ann.chat() as chat:
            assert chat.welcome["online"] == CROWD + 1
            assert ann.id in [user["id"] for user in chat.welcome["users"]]
            assert len(chat.welcome["users"]) == 101


def test_writes_of_presence_are_counted_and_a_change_costs_only_its_watchers(crowd: Crowd) -> None:
    ann, bob, cid = crowd.others[:3]

    def written() -> float:
        text = ann.get("/metrics").text
        return float(text.partition("\nparley_presence_writes_total ")[2].split()[0])

    with ann.chat() as watcher, ann.chat() as other, bob.chat() as third:
        for chat in (watcher, other, third):
            counted(chat, CROWD + 2)
        watcher.send({"type": "watch", "users": [cid.id]})
        watcher.next("presence")
        before = written()
        with cid.chat() as chat:
            came(watcher, cid)
            counted(chat, CROWD + 3)
            assert written() == before + 1
