"""A socket that comes back: what one missed, one gets, once and in pages."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mirror import Mirror, read_to
from tests.running import Chat, Frame, Person, RunningServer, serving

ROOM = 1


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("resume") / "instance") as running:
        yield running


def command(chat: Chat, **fields: Any) -> Frame:
    """Send a command and wait for its answer."""
    key = uuid.uuid4().hex
    chat.send({"key": key, **fields})
    return chat.answer(key)


def test_without_a_cursor_one_gets_the_newest_page(amy: Person) -> None:
    with amy.chat() as chat:
        for number in range(60):
            ack = chat.post(f"line {number}")
    with amy.chat() as chat:
        log = chat.next("log")
    assert (log["from"], log["to"], log["reset"], log["older"], log["more"]) == (0, ack["seq"], True, True, False)
    assert [message["source"] for message in log["messages"]] == [f"line {number}" for number in range(10, 60)]


def test_with_a_cursor_one_gets_exactly_what_one_missed(amy: Person, ben: Person) -> None:
    with amy.chat() as chat:
        chat.post("before")
        cursor = read_to(chat, chat.post("seen")["seq"]).cursor
        assert cursor is not None
    with ben.chat() as chat:
        posted = [chat.post(f"missed {number}") for number in range(3)]
        command(chat, type="edit", message=posted[0]["message"], source="missed, edited once")
        command(chat, type="edit", message=posted[0]["message"], source="missed, edited twice")
        command(chat, type="react", message=posted[1]["message"], emoji="👍", on=True)
        head = command(chat, type="delete", message=posted[2]["message"])["seq"]
    with amy.chat(cursors={ROOM: cursor}, epoch=chat.welcome["epoch"]) as again:
        log = again.next("log")
    assert (log["from"], log["to"], log["reset"], log["more"]) == (cursor, head, False, False)
    assert [(message["changed_seq"], message["source"]) for message in log["messages"]] == [
        (head - 2, "missed, edited twice"),  # two edits, one state
        (head - 1, "missed 1"),
        (head, ""),
    ]
    assert log["messages"][1]["reactions"] == [{"emoji": "👍", "users": [ben.id]}]
    assert log["messages"][2]["deleted_at"]


def test_who_missed_nothing_gets_nothing(amy: Person) -> None:
    with amy.chat() as chat:
        head = chat.post("all there is")["seq"]
    with amy.chat(cursors={ROOM: head}, epoch=chat.welcome["epoch"]) as again:
        assert again.post("next")["seq"] == head + 1
        assert not [frame for frame in again.frames if frame["type"] == "log"]


def test_who_missed_much_gets_it_in_pages(amy: Person, ben: Person) -> None:
    with amy.chat() as chat:
        cursor = chat.post("seen")["seq"]
    with ben.chat() as chat:
        for number in range(450):
            chat.send({"type": "post", "key": f"{ben.id} {number}", "room": ROOM, "source": f"line {number}"})
        head = [chat.next("ack") for _ in range(450)][-1]["seq"]
    with amy.chat(cursors={ROOM: cursor}, epoch=chat.welcome["epoch"]) as again:
        mirror = read_to(again, head, Mirror(cursor))
    assert mirror.texts() == [f"line {number}" for number in range(450)]


def test_long_messages_come_in_pages_that_any_client_takes(amy: Person, ben: Person) -> None:
    """No frame is larger than what libraries take by default, which is 1 MiB."""
    with amy.chat() as chat:
        cursor = chat.post("seen")["seq"]
    with ben.chat() as chat:
        for _ in range(60):
            head = chat.post("ü`<\n" * 2000)["seq"]
    with amy.chat(cursors={ROOM: cursor}, epoch=chat.welcome["epoch"]) as again:
        assert len(read_to(again, head, Mirror(cursor)).messages) == 60
    with ben.chat() as fresh:
        log = fresh.next("log")
    assert log["older"]
    assert 1 <= len(log["messages"]) < 50


@pytest.mark.parametrize(("beyond", "epoch"), [(1_000_000, None), (2**53 - 1_000_000, None), (0, "another"), (0, "")])
def test_a_cursor_of_another_life_starts_afresh(amy: Person, beyond: int, epoch: str | None) -> None:
    with amy.chat() as chat:
        head = chat.post("here")["seq"]
    epoch = chat.welcome["epoch"] if epoch is None else epoch
    with amy.chat(cursors={ROOM: head + beyond}, epoch=epoch) as again:
        log = again.next("log")
        assert (log["reset"], log["to"]) == (True, head)
        assert log["messages"][-1]["source"] == "here"
        assert again.post("and on")["seq"] == head + 1


def test_cursors_of_rooms_one_is_not_in_mean_nothing(amy: Person) -> None:
    with amy.chat(cursors={77: 3}, epoch="x") as chat:
        assert [room["id"] for room in chat.welcome["rooms"]] == [ROOM]
        assert chat.post("hello")["type"] == "ack"
