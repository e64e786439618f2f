"""What is unread, over the API: counting, reading on, marking; and what outsiders learn of it, nothing."""

import pytest

from tests.api import Api, Caller, got, made, refused


def test_what_is_unread_is_counted_read_and_marked(ann: Caller, bob: Caller) -> None:
    room = made(ann.post("/api/rooms", {"name": "Tea"}))["id"]
    got(bob.put(f"/api/rooms/{room}/members/{bob.id}"))
    texts = [ann.say(str(number), room=room) for number in range(5)]
    bob.say("mine", room=room)
    expected = {"room": room, "head": 8, "read": 1, "generation": 0, "unread": 5, "mentions": 0}
    assert got(bob.get(f"/api/unread?rooms={room},99")) == {"rooms": [expected]}
    assert [each["room"] for each in got(bob.get("/api/unread"))["rooms"]] == [1, room]
    assert got(bob.get("/api/rooms"))["rooms"][1]["unread"] == 5
    assert got(bob.get(f"/api/rooms/{room}"))["unread"] == 5

    path = f"/api/rooms/{room}"
    assert got(bob.put(f"{path}/read", {"seq": texts[2]["seq"]})) == {**expected, "read": 5, "unread": 2}
    assert got(bob.put(f"{path}/read", {"seq": 2}))["read"] == 5
    marked = {**expected, "read": 3, "generation": 1, "unread": 4}
    assert got(bob.put(f"{path}/unread", {"seq": texts[1]["seq"]})) == marked
    assert got(bob.put(f"{path}/read", {"seq": 8, "generation": 0})) == marked
    assert got(bob.put(f"{path}/read", {"seq": 8, "generation": 1}))["unread"] == 0
    assert got(bob.get(path))["generation"] == 1


@pytest.mark.parametrize("kind", ["public", "private"])
def test_outsiders_learn_nothing_and_change_nothing(api: Api, ann: Caller, bob: Caller, kind: str) -> None:
    room = made(ann.post("/api/rooms", {"name": "Tea", "kind": kind}))["id"]
    anonymous = api.anonymous()
    for removed in (False, True):
        if removed:
            got(ann.put(f"/api/rooms/{room}/members/{bob.id}"))
            assert ann.delete(f"/api/rooms/{room}/members/{bob.id}").status_code == 204
        for what in ("read", "unread"):
            refused(bob.put(f"/api/rooms/{room}/{what}", {"seq": 1}), 404, "not_found")
            refused(anonymous.put(f"/api/rooms/{room}/{what}", {"seq": 1}), 401, "unauthenticated")
        assert got(bob.get(f"/api/unread?rooms={room}")) == {"rooms": []}
    refused(anonymous.get("/api/unread"), 401, "unauthenticated")
    if kind == "public":
        assert got(bob.get(f"/api/rooms/{room}"))["unread"] is None


def test_what_does_not_fit_is_refused(ann: Caller) -> None:
    refused(ann.get("/api/unread?rooms=x"), 400, "invalid")
    refused(ann.get("/api/unread?rooms=" + ",".join(["1"] * 101)), 400, "invalid")
    refused(ann.put("/api/rooms/1/unread", {"seq": 0}), 400, "invalid")
    refused(ann.put("/api/rooms/1/read", {"seq": -1}), 400, "invalid")
    refused(ann.put("/api/rooms/1/read", {}), 400, "invalid")
