"""Who is there: people come and go, the heartbeat goes on, and who is dead is not there."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.nodes import until
from tests.raw import raw
from tests.running import Chat, Person, RunningServer, serving

ROOM = 1
OFFLINE_AFTER = 0.7


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(
        tmp_path_factory.mktemp("presence") / "instance", HEARTBEAT="1", OFFLINE_AFTER=str(OFFLINE_AFTER)
    ) as running:
        yield running


def presences(chat: Chat, user: Person, until: Callable[[], bool]) -> list[bool]:
    """What a socket is told of somebody until something holds."""
    found = []
    while not until():
        try:
            frame = chat.receive(0.1)
        except TimeoutError:
            continue
        if frame["type"] == "presence" and frame["user"] == user.id:
            found.append(frame["online"])
    return found


def test_somebody_comes_and_goes(amy: Person, ben: Person) -> None:
    with amy.chat() as chat:
        with ben.chat() as other:
            assert ben.id in [user["id"] for user in other.welcome["users"] if user["online"]]
            assert chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        assert not chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
    with amy.chat() as chat:
        assert ben.id not in [user["id"] for user in chat.welcome["users"]]


def test_a_page_that_reloads_does_not_flicker(amy: Person, ben: Person) -> None:
    with amy.chat() as chat:
        other = ben.chat()
        assert chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        other.close()
        other = ben.chat()
        long_enough = time.monotonic() + 2 * OFFLINE_AFTER + 0.5
        assert presences(chat, ben, lambda: time.monotonic() > long_enough) == []
        other.close()
        assert not chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]


def test_the_heartbeat_tells_the_heads(amy: Person) -> None:
    with amy.chat() as chat:
        head = chat.post("here")["seq"]
        assert chat.next("heads")["heads"] == {str(ROOM): head}


def test_who_says_nothing_and_answers_no_ping_is_taken_for_dead(amy: Person, ben: Person) -> None:
    """A laptop that was closed: its socket is gone without a word."""
    with amy.chat() as chat, raw(ben):
        assert chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        assert not chat.next("presence", lambda frame: frame["user"] == ben.id, timeout=20)["online"]


def test_the_api_says_when_somebody_was_last_here(amy: Person, ben: Person) -> None:
    def seen(user: Person) -> str | None:
        answer = amy.get("/api/users", ids=user.id).raise_for_status().json()
        found: str | None = answer["users"][0]["seen_at"]
        return found

    with ben.chat():
        assert seen(ben) is None
    until(lambda: seen(ben) is not None)
    assert seen(amy) is None, "she is here"
