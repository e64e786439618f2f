"""Rooms over the API: what each may do, and what nobody learns who is not in one."""

import itertools

from tests.api import Api, Caller, got, made, refused

_numbers = itertools.count(1)


def test_a_room_is_made_found_joined_and_left(ann: Caller, bob: Caller) -> None:
    room = made(ann.post("/api/rooms", {"name": "Tea", "topic": "leaves"}))
    path = f"/api/rooms/{room['id']}"
    assert {**room, "created_at": ""} == {
        **{"id": 2, "name": "Tea", "kind": "public", "topic": "leaves", "history": "all", "created_at": ""},
        **{"archived": False, "head": 1, "members": 1, "role": "owner", "read": 0, "since": 0, "people": []},
        **{"generation": 0, "unread": 0, "mentions": 0},
    }
    seen = got(bob.get(path))
    assert (seen["members"], seen["role"], seen["read"], seen["since"]) == (1, None, None, None)
    assert [each["id"] for each in got(bob.get("/api/rooms?public=1"))["rooms"]] == [2]
    assert got(bob.put(f"{path}/members/{bob.id}"))["role"] == "member"
    assert got(bob.get("/api/rooms?public=1")) == {"rooms": [], "more": False}
    assert [each["id"] for each in got(bob.get("/api/rooms"))["rooms"]] == [1, 2]
    found = got(ann.get(f"{path}/members"))
    assert [(each["user"], each["role"]) for each in found["members"]] == [(ann.id, "owner"), (bob.id, "member")]
    bob.say("hi", room=2)
    assert bob.delete(f"{path}/members/{bob.id}").status_code == 204
    refused(bob.get("/api/messages?room=2"), 404, "not_found")
    refused(bob.get(f"{path}/members"), 404, "not_found")


def test_mentions_are_told_with_the_message_and_counted_with_the_room(ann: Caller, bob: Caller) -> None:
    said = ann.say("@bob and @nobody")
    assert said["mentions"] == [{"user": bob.id, "seq": said["seq"]}]
    assert [each["mentions"] for each in got(bob.get("/api/rooms"))["rooms"]] == [1]
    assert (got(bob.get("/api/rooms/1"))["mentions"], got(ann.get("/api/rooms/1"))["mentions"]) == (1, 0)
    again = got(ann.put(f"/api/messages/{said['id']}", {"source": "@nobody"}))
    assert "mentions" not in again
    assert got(bob.get("/api/rooms/1"))["mentions"] == 0
    room = made(ann.post("/api/rooms", {"name": "Tea"}))["id"]
    assert got(bob.get(f"/api/rooms/{room}"))["mentions"] is None


def test_members_of_a_room_are_found_by_their_names(ann: Caller, bob: Caller) -> None:
    room = made(ann.post("/api/rooms", {"name": "Tea"}))["id"]
    assert [each["nickname"] for each in got(ann.get(f"/api/users?q=AN&room={room}"))["users"]] == ["Ann"]
    assert got(ann.get(f"/api/users?q=bob&room={room}"))["users"] == []
    refused(bob.get(f"/api/users?q=ann&room={room}"), 404, "not_found")
    refused(ann.get(f"/api/users?room={room}"), 400, "invalid")


def test_a_room_is_changed_and_archived(ann: Caller, bob: Caller) -> None:
    path = f"/api/rooms/{made(ann.post('/api/rooms', {'name': 'Tea'}))['id']}"
    changed = got(ann.patch(path, {"name": "Green tea", "topic": "x", "history": "joined"}))
    assert (changed["name"], changed["topic"], changed["history"], changed["head"]) == ("Green tea", "x", "joined", 4)
    refused(ann.patch(path, {}), 400, "incomplete")
    refused(ann.patch(path, {"archived": True, "name": "x"}), 400, "invalid")
    refused(ann.patch(path, {"archived": None}), 400, "invalid")
    refused(ann.post("/api/rooms", {"name": "GREEN TEA"}), 409, "taken")
    refused(ann.post("/api/rooms", {"name": " "}), 400, "unfit_room_name")
    assert got(ann.patch(path, {"archived": True}))["archived"] is True
    refused(ann.post("/api/messages", {"source": "x", "room": 2}), 409, "archived")
    refused(bob.put(f"{path}/members/{bob.id}"), 409, "archived")
    assert got(bob.get("/api/rooms?public=1"))["rooms"] == []
    assert got(ann.get("/api/messages?room=2"))["messages"]
    assert got(ann.patch(path, {"archived": False}))["archived"] is False


def test_owners_and_roles(ann: Caller, bob: Caller) -> None:
    path = f"/api/rooms/{made(ann.post('/api/rooms', {'name': 'Tea'}))['id']}"
    refused(ann.put(f"{path}/members/99"), 404, "not_found")
    got(ann.put(f"{path}/members/{bob.id}"))
    refused(ann.delete(f"{path}/members/{ann.id}"), 409, "last_owner")
    refused(ann.patch(f"{path}/members/{ann.id}", {"role": "member"}), 409, "last_owner")
    refused(ann.patch(f"{path}/members/{bob.id}", {"role": "king"}), 400, "invalid")
    assert got(ann.patch(f"{path}/members/{bob.id}", {"role": "owner"}))["role"] == "owner"
    refused(ann.delete(f"{path}/members/{bob.id}"), 403, "denied")
    refused(ann.delete("/api/rooms/1/members/1"), 403, "denied")
    assert ann.delete(f"{path}/members/{ann.id}").status_code == 204


def test_lists_come_in_pages(ann: Caller, bob: Caller) -> None:
    for number in range(3):
        made(ann.post("/api/rooms", {"name": f"room {number}"}))
    for address in ("/api/rooms?after=1", "/api/rooms?public=1"):
        person = bob if "public" in address else ann
        first = got(person.get(f"{address}&limit=2"))
        assert ([each["id"] for each in first["rooms"]], first["more"]) == ([2, 3], True)
    rest = got(bob.get("/api/rooms?public=1&after=3&limit=2"))
    assert ([each["id"] for each in rest["rooms"]], rest["more"]) == ([4], False)
    members = got(ann.get("/api/rooms/1/members?limit=1"))
    assert ([each["user"] for each in members["members"]], members["more"]) == ([ann.id], True)
    members = got(ann.get(f"/api/rooms/1/members?after={ann.id}"))
    assert ([each["user"] for each in members["members"]], members["more"]) == ([bob.id], False)


def test_a_direct_conversation_is_opened_by_either(api: Api, ann: Caller, bob: Caller) -> None:
    room = made(ann.post("/api/rooms", {"kind": "direct", "members": [bob.id]}))
    assert (room["name"], room["kind"], room["people"], room["members"]) == ("", "direct", [ann.id, bob.id], 2)
    assert got(bob.post("/api/rooms", {"kind": "direct", "members": [ann.id, bob.id]}))["id"] == room["id"]
    bob.say("hi", room=room["id"])
    eve = api.person("Eve")
    refused(eve.get(f"/api/rooms/{room['id']}"), 404, "not_found")
    refused(eve.get(f"/api/messages?room={room['id']}"), 404, "not_found")
    refused(eve.put(f"/api/rooms/{room['id']}/members/{eve.id}"), 404, "not_found")
    refused(ann.put(f"/api/rooms/{room['id']}/members/{eve.id}"), 403, "denied")
    for body, status, code in (
        ({"kind": "direct"}, 400, "invalid"),
        ({"kind": "direct", "members": [bob.id], "name": "us"}, 400, "invalid"),
        ({"kind": "direct", "members": []}, 400, "invalid"),
        ({"kind": "direct", "members": [99]}, 404, "not_found"),
        ({"name": "x", "members": [bob.id]}, 400, "incomplete"),
        ({"kind": "private"}, 400, "incomplete"),
    ):
        refused(ann.post("/api/rooms", body), status, code)


def test_a_private_room_is_in_no_list_of_who_is_not_in_it(ann: Caller, bob: Caller) -> None:
    made(ann.post("/api/rooms", {"name": "den", "kind": "private"}))
    for address in ("/api/rooms", "/api/rooms?public=1"):
        assert "den" not in bob.get(address).text
    there, not_there = bob.get("/api/rooms/2"), bob.get("/api/rooms/99")
    assert there.text.replace("/2", "") == not_there.text.replace("/99", "")
    refused(bob.put(f"/api/rooms/2/members/{bob.id}"), 404, "not_found")
