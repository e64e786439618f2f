"""People in a room, over real sockets: what one does, the others see; what one missed, one gets."""

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.mirror import Mirror, load
from tests.raw import raw
from tests.running import PASSWORD, Chat, Frame, Person, RunningServer, serving

ROOM = 1
OFFLINE_AFTER = 0.7


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(
        tmp_path_factory.mktemp("chat") / "instance", HEARTBEAT="1", OFFLINE_AFTER=str(OFFLINE_AFTER)
    ) as running:
        yield running


@pytest.fixture
def person(parley: RunningServer) -> Callable[[], Person]:
    """Somebody new, at each call."""
    return lambda: parley.register(f"p{uuid.uuid4().hex[:12]}")


@pytest.fixture
def ana(person: Callable[[], Person]) -> Person:
    return person()


@pytest.fixture
def ben(person: Callable[[], Person]) -> Person:
    return person()


def command(chat: Chat, **fields: Any) -> Frame:
    """Send a command and wait for its answer."""
    key = uuid.uuid4().hex
    chat.send({"key": key, **fields})
    return chat.answer(key)


def read_to(chat: Chat, seq: int, mirror: Mirror | None = None) -> Mirror:
    """Merge everything that has come, and what still comes, up to a seq."""
    mirror = mirror or Mirror()
    for frame in chat.frames:
        mirror.take(frame)
    chat.frames.clear()
    while mirror.cursor is None or mirror.cursor < seq:
        mirror.take(chat.receive())
        chat.frames.clear()
    return mirror


# ── resuming ────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_cursor_one_gets_the_newest_page(ana: Person) -> None:
    with ana.chat() as chat:
        for number in range(60):
            ack = chat.post(f"line {number}")
    with ana.chat() as chat:
        log = chat.next("log")
    assert (log["from"], log["to"], log["reset"], log["older"], log["more"]) == (0, ack["seq"], True, True, False)
    assert [message["source"] for message in log["messages"]] == [f"line {number}" for number in range(10, 60)]


def test_with_a_cursor_one_gets_exactly_what_one_missed(ana: Person, ben: Person) -> None:
    with ana.chat() as chat:
        chat.post("before")
        cursor = read_to(chat, chat.post("seen")["seq"]).cursor
        assert cursor is not None
    with ben.chat() as chat:
        posted = [chat.post(f"missed {number}") for number in range(3)]
        command(chat, type="edit", message=posted[0]["message"], source="missed, edited once")
        command(chat, type="edit", message=posted[0]["message"], source="missed, edited twice")
        command(chat, type="react", message=posted[1]["message"], emoji="👍", on=True)
        head = command(chat, type="delete", message=posted[2]["message"])["seq"]
    with ana.chat(cursors={ROOM: cursor}, epoch=chat.welcome["epoch"]) as again:
        log = again.next("log")
    assert (log["from"], log["to"], log["reset"], log["more"]) == (cursor, head, False, False)
    assert [(message["changed_seq"], message["source"]) for message in log["messages"]] == [
        (head - 2, "missed, edited twice"),  # two edits, one state
        (head - 1, "missed 1"),
        (head, ""),
    ]
    assert log["messages"][1]["reactions"] == [{"emoji": "👍", "users": [ben.id]}]
    assert log["messages"][2]["deleted_at"]


def test_who_missed_nothing_gets_nothing(ana: Person) -> None:
    with ana.chat() as chat:
        head = chat.post("all there is")["seq"]
    with ana.chat(cursors={ROOM: head}, epoch=chat.welcome["epoch"]) as again:
        assert again.post("next")["seq"] == head + 1
        assert not [frame for frame in again.frames if frame["type"] == "log"]


def test_who_missed_much_gets_it_in_pages(ana: Person, ben: Person) -> None:
    with ana.chat() as chat:
        cursor = chat.post("seen")["seq"]
    with ben.chat() as chat:
        for number in range(450):
            chat.send({"type": "post", "key": f"{ben.id} {number}", "room": ROOM, "source": f"line {number}"})
        head = [chat.next("ack") for _ in range(450)][-1]["seq"]
    with ana.chat(cursors={ROOM: cursor}, epoch=chat.welcome["epoch"]) as again:
        mirror = read_to(again, head, Mirror(cursor))
    assert mirror.texts() == [f"line {number}" for number in range(450)]


def test_long_messages_come_in_pages_that_any_client_takes(ana: Person, ben: Person) -> None:
    """No frame is larger than what libraries take by default, which is 1 MiB."""
    with ana.chat() as chat:
        cursor = chat.post("seen")["seq"]
    with ben.chat() as chat:
        for _ in range(60):
            head = chat.post("ü`<\n" * 2000)["seq"]
    with ana.chat(cursors={ROOM: cursor}, epoch=chat.welcome["epoch"]) as again:
        assert len(read_to(again, head, Mirror(cursor)).messages) == 60
    with ben.chat() as fresh:
        log = fresh.next("log")
    assert log["older"]
    assert 1 <= len(log["messages"]) < 50


@pytest.mark.parametrize(("beyond", "epoch"), [(1_000_000, None), (2**53 - 1_000_000, None), (0, "another"), (0, "")])
def test_a_cursor_of_another_life_starts_afresh(ana: Person, beyond: int, epoch: str | None) -> None:
    with ana.chat() as chat:
        head = chat.post("here")["seq"]
    epoch = chat.welcome["epoch"] if epoch is None else epoch
    with ana.chat(cursors={ROOM: head + beyond}, epoch=epoch) as again:
        log = again.next("log")
        assert (log["reset"], log["to"]) == (True, head)
        assert log["messages"][-1]["source"] == "here"
        assert again.post("and on")["seq"] == head + 1


def test_cursors_of_rooms_one_is_not_in_mean_nothing(ana: Person) -> None:
    with ana.chat(cursors={77: 3}, epoch="x") as chat:
        assert [room["id"] for room in chat.welcome["rooms"]] == [ROOM]
        assert chat.post("hello")["type"] == "ack"


# ── commands ────────────────────────────────────────────────────────────────────────────────────────


def test_a_retry_gets_the_first_answer_and_stores_nothing(ana: Person) -> None:
    with ana.chat() as chat:
        first = chat.post("once", key="the key")
        again = chat.post("once more, it seems", key="the key")
        assert {**again} == first
    with ana.chat() as chat:
        assert chat.post("from another socket", key="the key") == first
        chat.send({"type": "post", "key": "twin", "room": ROOM, "source": "twin"})
        chat.send({"type": "post", "key": "twin", "room": ROOM, "source": "twin"})
        assert chat.answer("twin") == chat.answer("twin")
    mine = [message["source"] for message in load(ana).values() if message["author"] == ana.id]
    assert [text for text in mine if text in ("once", "twin")] == ["once", "twin"]
    assert "once more, it seems" not in mine


def test_the_key_of_one_is_not_the_key_of_another(ana: Person, ben: Person) -> None:
    with ana.chat() as first, ben.chat() as second:
        assert first.post("a", key="shared")["message"] != second.post("b", key="shared")["message"]


def test_an_ack_comes_after_the_commit(parley: RunningServer, ana: Person) -> None:
    """At each ack, another connection to the file already sees the message."""
    with sqlite3.connect(parley.instance / "parley.db") as other, ana.chat() as chat:
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


# ── what is no event ────────────────────────────────────────────────────────────────────────────────


def test_a_read_position_reaches_ones_other_devices_and_nobody_else(ana: Person, ben: Person) -> None:
    with ana.chat() as phone, ana.chat() as laptop, ben.chat() as stranger:
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
    with ana.chat() as again:
        assert again.welcome["rooms"][0]["read"] == head


def test_typing_reaches_the_others(ana: Person, ben: Person) -> None:
    with ana.chat() as typist, ben.chat() as other:
        typist.send({"type": "typing", "room": ROOM})
        assert other.next("typing") == {"type": "typing", "room": ROOM, "user": ana.id}
        typist.send({"type": "typing", "room": 77})  # not in there: nobody hears of it
        typist.post("written")
        other.next("message")
        assert not [frame for frame in other.frames if frame["type"] == "typing" and frame["room"] != ROOM]


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


def test_somebody_comes_and_goes(ana: Person, ben: Person) -> None:
    with ana.chat() as chat:
        with ben.chat() as other:
            assert ben.id in [user["id"] for user in other.welcome["users"] if user["online"]]
            assert chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        assert not chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
    with ana.chat() as chat:
        assert ben.id not in [user["id"] for user in chat.welcome["users"]]


def test_a_page_that_reloads_does_not_flicker(ana: Person, ben: Person) -> None:
    with ana.chat() as chat:
        other = ben.chat()
        assert chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        other.close()
        other = ben.chat()
        long_enough = time.monotonic() + 2 * OFFLINE_AFTER + 0.5
        assert presences(chat, ben, lambda: time.monotonic() > long_enough) == []
        other.close()
        assert not chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]


def test_the_heartbeat_tells_the_heads(ana: Person) -> None:
    with ana.chat() as chat:
        head = chat.post("here")["seq"]
        assert chat.next("heads")["heads"] == {str(ROOM): head}


def test_who_says_nothing_and_answers_no_ping_is_taken_for_dead(ana: Person, ben: Person) -> None:
    """A laptop that was closed: its socket is gone without a word."""
    with ana.chat() as chat, raw(ben):
        assert chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        assert not chat.next("presence", lambda frame: frame["user"] == ben.id, timeout=20)["online"]


# ── the session ends ────────────────────────────────────────────────────────────────────────────────


def close_code(chat: Chat) -> int:
    """Read until the server closes."""
    try:
        while True:
            chat.receive()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


def test_signing_out_closes_the_sockets_of_that_session_only(parley: RunningServer, ana: Person, ben: Person) -> None:
    elsewhere = parley.sign_in(ana.nickname, ana.id)
    with ana.chat() as first, ana.chat() as second, elsewhere.chat() as stays, ben.chat() as other:
        assert ana.request("DELETE", "/api/tokens").status_code == 204
        assert close_code(first) == close_code(second) == 4401
        assert stays.post("still signed in here")["type"] == "ack"
        assert other.post("and I")["type"] == "ack"


def test_a_new_password_closes_every_socket_of_the_person(parley: RunningServer, ana: Person, ben: Person) -> None:
    elsewhere = parley.sign_in(ana.nickname, ana.id)
    with ana.chat() as first, elsewhere.chat() as second, ben.chat() as other:
        new = ana.request("PUT", f"/api/users/{ana.id}", json={"password": PASSWORD[::-1]})
        assert new.is_success, new.text
        assert close_code(first) == close_code(second) == 4401
        assert other.post("not me")["type"] == "ack"


def test_who_signs_out_is_offline_at_once(ana: Person, ben: Person) -> None:
    with ana.chat() as chat, ben.chat() as other:
        assert chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        signed_out = time.monotonic()
        ben.request("DELETE", "/api/tokens")
        assert close_code(other) == 4401
        assert not chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        assert time.monotonic() - signed_out < 60, "the API was used, which counts for a minute"
