"""People in a room, over real sockets: what one does, the others see, once and in one order."""

import sqlite3
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.mirror import load, read_to
from tests.running import Person, RunningServer, serving

ROOM = 1


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("chat") / "instance") as running:
        yield running


def test_a_retry_gets_the_first_answer_and_stores_nothing(amy: Person) -> None:
    with amy.chat() as chat:
        first = chat.post("once", key="the key")
        again = chat.post("once more, it seems", key="the key")
        assert {**again} == first
    with amy.chat() as chat:
        assert chat.post("from another socket", key="the key") == first
        chat.send({"type": "post", "key": "twin", "room": ROOM, "source": "twin"})
        chat.send({"type": "post", "key": "twin", "room": ROOM, "source": "twin"})
        assert chat.answer("twin") == chat.answer("twin")
    mine = [message["source"] for message in load(amy).values() if message["author"] == amy.id]
    assert [text for text in mine if text in ("once", "twin")] == ["once", "twin"]
    assert "once more, it seems" not in mine


def test_the_key_of_one_is_not_the_key_of_another(amy: Person, ben: Person) -> None:
    with amy.chat() as first, ben.chat() as second:
        assert first.post("a", key="shared")["message"] != second.post("b", key="shared")["message"]


def test_an_ack_comes_after_the_commit(parley: RunningServer, amy: Person) -> None:
    """At each ack, another connection to the file already sees the message."""
    with sqlite3.connect(parley.instance / "parley.db") as other, amy.chat() as chat:
        for number in range(50):
            ack = chat.post(f"durable {number}")
            row = other.execute("SELECT source, seq FROM messages WHERE id = ?", (ack["message"],)).fetchone()
            assert row == (f"durable {number}", ack["seq"])
    other.close()


def test_what_several_write_at_once_arrives_everywhere_in_one_order(person: Callable[[], Person]) -> None:
    people = [person() for _ in range(5)]
    chats = [each.chat() for each in people]
    heads = [0] * len(chats)

    def write(index: int) -> None:
        chat = chats[index]
        for number in range(40):
            chat.send({"type": "post", "key": f"{index} {number}", "room": ROOM, "source": f"{index}.{number}"})
        for number in range(40):
            heads[index] = max(heads[index], chat.answer(f"{index} {number}")["seq"])

    writers = [threading.Thread(target=write, args=(index,)) for index in range(len(chats))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    mirrors = [read_to(chat, max(heads)) for chat in chats]
    for chat in chats:
        chat.close()
    authors = {each.id for each in people}
    orders = [
        [mirror.messages[number]["source"] for number in mirror.arrived if mirror.messages[number]["author"] in authors]
        for mirror in mirrors
    ]
    orders = [[text for text in order if "." in text] for order in orders]
    assert len(orders[0]) == 200
    assert all(order == orders[0] for order in orders)
    for index in range(5):
        mine = [text for text in orders[0] if text.startswith(f"{index}.")]
        assert mine == [f"{index}.{number}" for number in range(40)]
    truth = load(people[0])
    for mirror in mirrors:
        assert mirror.messages.items() <= truth.items()


def test_a_read_position_reaches_ones_other_devices_and_nobody_else(amy: Person, ben: Person) -> None:
    with amy.chat() as phone, amy.chat() as laptop, ben.chat() as stranger:
        head = phone.post("read me")["seq"]
        phone.send({"type": "read", "room": ROOM, "seq": head})
        moved = laptop.next("read")
        assert (moved["room"], moved["seq"]) == (ROOM, head)
        for late in (1, head, head + 1000):  # backward, again, beyond the log
            phone.send({"type": "read", "room": ROOM, "seq": late})
        head = phone.post("one more")["seq"]
        phone.send({"type": "read", "room": ROOM, "seq": head})
        assert laptop.next("read")["seq"] == head
        stranger.post("anything")
        assert not [frame for frame in stranger.frames if frame["type"] == "read"]
    with amy.chat() as again:
        assert again.welcome["rooms"][0]["read"] == head


def test_what_is_marked_unread_is_so_on_every_device_and_late_reads_do_not_undo_it(amy: Person, ben: Person) -> None:
    with ben.chat() as writer:
        head = writer.post("mark me")["seq"]
    with amy.chat() as phone, amy.chat() as laptop:
        generation = phone.welcome["rooms"][0].get("generation", 0)
        phone.send({"type": "read", "room": ROOM, "seq": head, "generation": generation})
        assert laptop.next("read")["seq"] == head
        phone.send({"type": "unread", "room": ROOM, "seq": head})
        phone.send({"type": "read", "room": ROOM, "seq": head, "generation": generation})
        marked = {"type": "read", "room": ROOM, "seq": head - 1, "generation": generation + 1}
        assert laptop.next("read") == phone.next("read", lambda frame: frame["seq"] < head) == marked
        phone.send({"type": "unread", "room": 99, "seq": 1})  # not there: nobody hears of anything
        laptop.send({"type": "read", "room": ROOM, "seq": head, "generation": generation + 1})
        assert phone.next("read") == {**marked, "seq": head}
        phone.send({"type": "unread", "room": ROOM, "seq": head})
        assert laptop.next("read", lambda frame: frame["seq"] < head)["generation"] == generation + 2
    with amy.chat() as again:
        room = again.welcome["rooms"][0]
        assert (room["read"], room["generation"]) == (head - 1, generation + 2)


def test_what_one_is_told_of_is_chosen_for_all_devices_at_once(amy: Person, ben: Person) -> None:
    quiet = {"from": "22:00", "to": "07:00", "timezone": "Europe/Berlin"}
    with amy.chat() as phone, ben.chat() as stranger:
        assert "quiet" not in phone.welcome
        path = f"/api/rooms/{ROOM}/me"
        assert amy.request("PATCH", path, json={"notify": "nothing", "muted": True}).status_code == 200
        room = phone.next("room")["room"]
        assert (room["id"], room["notify"], room["muted"]) == (ROOM, "nothing", True)
        assert amy.request("PUT", f"/api/users/{amy.id}/quiet", json=quiet).status_code == 200
        assert phone.next("preferences")["quiet"] == quiet
        with amy.chat() as laptop:
            assert laptop.welcome["quiet"] == quiet
            assert laptop.welcome["rooms"][0]["notify"] == "nothing"
        assert amy.request("DELETE", f"/api/users/{amy.id}/quiet").status_code == 204
        assert phone.next("preferences")["quiet"] is None
        assert amy.request("PATCH", path, json={"notify": None, "muted": False}).status_code == 200
        assert not {"notify", "muted"} & phone.next("room")["room"].keys()
        stranger.post("anything")
        assert not [frame for frame in stranger.frames if frame["type"] in ("room", "preferences")]


def test_typing_reaches_the_others(amy: Person, ben: Person) -> None:
    with amy.chat() as typist, ben.chat() as other:
        typist.send({"type": "typing", "room": ROOM})
        assert other.next("typing") == {"type": "typing", "room": ROOM, "user": amy.id}
        typist.send({"type": "typing", "room": 77})  # not in there: nobody hears of it
        typist.post("written")
        other.next("message")
        assert not [frame for frame in other.frames if frame["type"] == "typing" and frame["room"] != ROOM]
