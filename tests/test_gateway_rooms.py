"""Rooms over real sockets: who is let in hears at once, and who is out hears nothing any more."""

import itertools
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from tests.running import Chat, Frame, Person, RunningServer, serving

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("rooms") / "instance") as running:
        yield running


def make(owner: Person, **more: Any) -> int:
    """A room of this person."""
    answer = owner.request("POST", "/api/rooms", json={"name": f"room {next(_numbers)}", "kind": "private", **more})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def seat(by: Person, room: int, other: Person) -> None:
    """Join, or let somebody in."""
    answer = by.request("PUT", f"/api/rooms/{room}/members/{other.id}")
    assert answer.status_code == 200, answer.text


def unseat(by: Person, room: int, other: Person) -> None:
    """Leave, or remove somebody."""
    answer = by.request("DELETE", f"/api/rooms/{room}/members/{other.id}")
    assert answer.status_code == 204, answer.text


def up_to_now(chat: Chat) -> list[Frame]:
    """Whatever this socket was sent so far: a post of its own in the general room comes behind it."""
    number = chat.post("up to here")["message"]
    while not any(each["type"] == "message" and each["message"]["id"] == number for each in chat.frames):
        chat.receive()
    return chat.frames


def about(frames: list[Frame], room: int) -> list[Frame]:
    """The frames that tell something of this room, beside those of the welcome and the heartbeat."""
    return [each for each in frames if each.get("room") == room and each["type"] != "ack"]


def ann_and_bob(parley: RunningServer) -> tuple[Person, Person]:
    return tuple(parley.register(f"{name} {next(_numbers)}") for name in ("Ann", "Bob"))  # type: ignore[return-value]


def test_who_is_let_in_hears_at_once_and_who_is_removed_nothing_any_more(parley: RunningServer) -> None:
    ann, bob = ann_and_bob(parley)
    with ann.chat() as writer, bob.chat() as reader:
        room = make(ann)
        assert writer.next("room")["room"] == {
            **{"id": room, "name": f"room {next(_numbers) - 1}", "kind": "private", "head": 1, "read": 0},
            "role": "owner",
        }
        writer.post("before", room=room)
        seat(ann, room, bob)
        assert reader.next("room")["room"]["id"] == room
        page = reader.next("log", lambda frame: frame["room"] == room)
        assert (page["reset"], [each["kind"] for each in page["messages"]]) == (True, ["created", "text", "invited"])
        writer.post("while he is here", room=room)
        reader.next("message", lambda frame: frame["room"] == room)
        unseat(ann, room, bob)
        assert reader.next("left")["room"] == room
        told = len(reader.frames)
        assert writer.post("behind his back", room=room)["type"] == "ack"
        writer.send({"type": "typing", "room": room})
        assert about(up_to_now(reader)[told:], room) == []
        seat(ann, room, bob)
        page = reader.next("log", lambda frame: frame["room"] == room)
        assert "behind his back" in [each["source"] for each in page["messages"]]


def test_all_sockets_of_a_person_hear_that_they_joined_and_left(parley: RunningServer) -> None:
    ann, bob = ann_and_bob(parley)
    room = make(ann, kind="public")
    with bob.chat() as one, bob.chat() as two:
        seat(bob, room, bob)
        for chat in (one, two):
            assert chat.next("room")["room"]["name"]
        unseat(bob, room, bob)
        for chat in (one, two):
            assert chat.next("left") == {"type": "left", "room": room}
    with bob.chat() as chat:
        assert [each["id"] for each in chat.welcome["rooms"]] == [1]


def test_a_new_role_is_told_to_whose_it_is(parley: RunningServer) -> None:
    ann, bob = ann_and_bob(parley)
    room = make(ann)
    seat(ann, room, bob)
    with bob.chat() as chat:
        answer = ann.request("PATCH", f"/api/rooms/{room}/members/{bob.id}", json={"role": "moderator"})
        assert answer.status_code == 200
        assert chat.next("room")["room"]["role"] == "moderator"
        told = up_to_now(chat)
        [event] = [each["message"] for each in about(told, room) if each["type"] == "message"]
        assert (event["kind"], event["source"]) == ("role", f"{bob.id} moderator")
        assert [each["type"] for each in told].count("log") == 2, "it went on listening where it was"


def test_who_came_late_never_sees_what_was_before(parley: RunningServer) -> None:
    ann, bob = ann_and_bob(parley)
    room = make(ann, history="joined")
    with ann.chat() as writer, bob.chat() as reader:
        old = writer.post("before", room=room)["message"]
        seat(ann, room, bob)
        page = reader.next("log", lambda frame: frame["room"] == room)
        assert [each["kind"] for each in page["messages"]] == ["invited"]
        assert page["older"] is False
        writer.send({"type": "react", "key": "r", "message": old, "emoji": "👍", "on": True})
        page = reader.next("log", lambda frame: frame["room"] == room)
        assert (page["messages"], page["to"]) == ([], 4)
        new = writer.post("after", room=room)
        event = reader.next("message", lambda frame: frame["room"] == room)
        assert (event["seq"], event["message"]["id"]) == (5, new["message"])
    for cursors in ({}, {room: 0}, {room: 3}, {room: 4}):
        with bob.chat(cursors=cursors, epoch=reader.welcome["epoch"]) as chat:
            page = chat.next("log", lambda frame: frame["room"] == room)
            assert old not in [each["id"] for each in page["messages"]]
            assert page["to"] == 5
    assert bob.get(f"/api/messages/{old}").status_code == 404


def test_a_direct_conversation_is_there_for_both_at_once(parley: RunningServer) -> None:
    ann, bob = ann_and_bob(parley)
    with ann.chat() as writer, bob.chat() as reader:
        answer = ann.request("POST", "/api/rooms", json={"kind": "direct", "members": [bob.id]})
        room = answer.json()["id"]
        for chat in (writer, reader):
            assert chat.next("room")["room"] == {
                **{"id": room, "name": "", "kind": "direct", "head": 1, "read": 0, "people": [ann.id, bob.id]},
            }
        writer.post("only for you", room=room)
        assert reader.next("message", lambda frame: frame["room"] == room)["message"]["source"] == "only for you"


@pytest.mark.parametrize("who", ["outsider", "removed", "member"])
def test_what_wants_no_answer_is_heard_from_members_alone(parley: RunningServer, who: str) -> None:
    ann, bob = ann_and_bob(parley)
    room = make(ann)
    with ann.chat() as owner:
        if who != "outsider":
            seat(ann, room, bob)
        if who == "removed":
            unseat(ann, room, bob)
        head = owner.post("of the owner", room=room)["seq"]
        with bob.chat() as chat:
            told = len(owner.frames)
            chat.send({"type": "typing", "room": room})
            chat.send({"type": "read", "room": room, "seq": head})
            chat.send({"type": "unread", "room": room, "seq": head})
            up_to_now(chat)
            seen = [each["type"] for each in up_to_now(owner)[told:] if each.get("room") == room]
            assert ("typing" in seen) is (who == "member")
            found = [each for each in chat.frames if each["type"] == "read"]
            read = {"type": "read", "room": room}
            expected = [{**read, "seq": head}, {**read, "seq": head - 1, "generation": 1}]
            assert found in ([expected, expected[1:]] if who == "member" else [[]])  # perhaps in one transaction


def test_a_doorbell_that_was_lost_is_made_good(parley: RunningServer) -> None:
    """A seat that nobody told of is found by the sweep, within some seconds."""
    ann, bob = ann_and_bob(parley)
    room = make(ann)
    with bob.chat() as chat:
        with sqlite3.connect(parley.instance / "parley.db", timeout=10) as other:
            row = "INSERT INTO members (room_id, user_id, read_seq, joined_at) VALUES (?, ?, 0, 0)"
            other.execute(row, (room, bob.id))
        other.close()
        assert chat.next("room", timeout=20)["room"]["id"] == room


def test_nobody_types_in_an_archived_room(parley: RunningServer) -> None:
    ann, bob = ann_and_bob(parley)
    room, closed = make(ann), make(ann)
    for number in (room, closed):
        seat(ann, number, bob)
    assert ann.request("PATCH", f"/api/rooms/{closed}", json={"archived": True}).is_success
    with ann.chat() as typist, bob.chat() as reader:
        for archived in (None, True, False):
            if archived is not None:
                assert ann.request("PATCH", f"/api/rooms/{room}", json={"archived": archived}).is_success
                kind = "archived" if archived else "unarchived"
                typist.next("message", lambda frame, kind=kind: frame["message"]["kind"] == kind)  # type: ignore[misc]
            typist.send({"type": "typing", "room": room})
            if archived:
                assert typist.next("error")["code"] == "archived"
            else:
                assert reader.next("typing")["room"] == room
        typist.send({"type": "typing", "room": closed})
        assert typist.next("error")["code"] == "archived"
        assert closed not in {each["room"] for each in about(up_to_now(reader), closed) if each["type"] == "typing"}
