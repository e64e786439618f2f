"""Threads and pins over real sockets: what a reply is to those in the room, and who hears what is theirs alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.running import Chat, Frame, Person, RunningServer, serving
from tests.test_gateway_rooms import make, seat, unseat, up_to_now


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("threads") / "instance") as running:
        yield running


@pytest.fixture(scope="module")
def people(parley: RunningServer) -> tuple[Person, Person, Person]:
    return parley.register("Ann"), parley.register("Bob"), parley.register("Eve")


def say(chat: Chat, key: str, **frame: Any) -> Frame:
    """Send a command and wait for its answer."""
    chat.send({"key": key, **frame})
    return chat.answer(key)


def about(chat: Chat, kind: str, thread: int, told: int = 0) -> list[Frame]:
    """What this socket was sent of a thread for itself, behind its first `told` frames."""
    return [each for each in up_to_now(chat)[told:] if each["type"] == kind and each.get("thread") == thread]


def test_a_reply_is_two_entries_of_the_log_and_a_word_to_those_who_follow(people: tuple[Person, ...]) -> None:
    ann, bob, eve = people
    with ann.chat() as writer, ann.chat() as phone, bob.chat() as reader, eve.chat() as other:
        root = writer.post("root")["message"]
        ack = say(reader, "r1", type="post", room=1, source="a reply", reply_to=root)
        reply = other.next("message", lambda frame: frame["seq"] == ack["seq"])["message"]
        assert (reply["reply_to"], "replies" in reply) == (root, False)
        changed = other.next("message", lambda frame: frame["seq"] == ack["seq"] + 1)["message"]
        assert changed["id"] == root
        assert changed["replies"] == {"count": 1, "seq": ack["seq"], "at": reply["created_at"], "users": [bob.id]}
        for chat in (writer, phone):
            told = chat.next("thread")
            stands = {"type": "thread", "room": 1, "thread": root, "following": True, "read": changed["seq"]}
            assert {**told} == stands
        assert about(reader, "thread", root)[0]["following"]
        assert about(other, "thread", root) == []

        writer.send({"type": "read", "room": 1, "seq": ack["seq"], "thread": root})
        for chat in (writer, phone):
            assert chat.next("read") == {"type": "read", "room": 1, "seq": ack["seq"], "thread": root}
        assert about(reader, "read", root) == []
        assert say(writer, "off", type="follow", message=reply["id"], on=False)["message"] == root
        assert not phone.next("thread", lambda frame: not frame["following"])["following"]
        before = len(up_to_now(phone))
        say(reader, "r2", type="post", room=1, source="another", reply_to=root)
        assert about(phone, "thread", root, before) == []


def test_a_welcome_says_what_is_new_in_threads(people: tuple[Person, ...]) -> None:
    ann, bob, _ = people
    with ann.chat() as writer, bob.chat() as reader:
        root = writer.post("root")
        ack = say(reader, "w1", type="post", room=1, source="a reply", reply_to=root["message"])
        with ann.chat() as fresh:
            expected = {"id": root["message"], "room": 1, "read": root["seq"], "seq": ack["seq"]}
            assert fresh.welcome["threads"] == [expected]
            assert "more_threads" not in fresh.welcome
        with bob.chat() as fresh:
            assert "threads" not in fresh.welcome


def test_whoever_is_removed_hears_no_more_of_their_threads(people: tuple[Person, ...]) -> None:
    ann, bob, _ = people
    room = make(ann)
    seat(ann, room, bob)
    with ann.chat() as writer, bob.chat() as reader:
        root = reader.post("root", room=room)["message"]
        say(writer, "o1", type="post", room=room, source="a reply", reply_to=root)
        reader.next("thread", lambda frame: frame["thread"] == root)
        unseat(ann, room, bob)
        reader.next("left")
        told = len(reader.frames)
        say(writer, "o2", type="post", room=room, source="behind his back", reply_to=root)
        assert about(reader, "thread", root, told) == []
        assert say(reader, "o3", type="post", room=room, source="x", reply_to=root)["code"] == "not_found"
        assert say(reader, "o4", type="follow", message=root, on=True)["code"] == "not_found"
        with bob.chat() as fresh:
            assert room not in [each["room"] for each in fresh.welcome.get("threads", [])]


def test_a_pin_is_a_change_of_its_message(people: tuple[Person, ...]) -> None:
    ann, bob, _ = people
    with ann.chat() as writer, bob.chat() as reader:
        number = writer.post("worth keeping")["message"]
        assert say(reader, "p1", type="pin", message=number, on=True)["code"] == "denied"  # the general room is ann's
        ack = say(writer, "p2", type="pin", message=number, on=True)
        message = reader.next("message", lambda frame: frame["seq"] == ack["seq"])["message"]
        assert message["pinned"]["by"] == ann.id
        ack = say(writer, "p3", type="pin", message=number, on=False)
        message = reader.next("message", lambda frame: frame["seq"] == ack["seq"])["message"]
        assert "pinned" not in message
