"""Threads and pins over the API."""

from tests.api import Caller, got, made, refused


def test_a_thread_is_written_read_and_followed(ann: Caller, bob: Caller) -> None:
    room = made(ann.post("/api/rooms", {"name": "Tea"}))["id"]
    got(bob.put(f"/api/rooms/{room}/members/{bob.id}"))
    root = ann.say("root", room=room)
    reply = made(bob.post("/api/messages", {"source": "a reply", "reply_to": root["id"]}))  # in the room of the root
    assert (reply["room"], reply["reply_to"]) == (room, root["id"])
    second = made(ann.post("/api/messages", {"source": "and one", "reply_to": reply["id"], "key": "k", "room": room}))
    again = made(ann.post("/api/messages", {"source": "and one", "reply_to": reply["id"], "key": "k", "room": room}))
    assert again["id"] == second["id"]
    refused(ann.post("/api/messages", {"source": "x", "reply_to": root["id"], "room": 1}), 404, "not_found")

    shown = got(ann.get(f"/api/messages/{root['id']}"))
    assert shown["replies"]["count"] == 2
    page = got(ann.get(f"/api/messages?thread={root['id']}"))
    assert ([each["id"] for each in page["messages"]], page["room"], page["more"]) == (
        [reply["id"], second["id"]],
        room,
        False,
    )
    assert got(ann.get(f"/api/messages?thread={root['id']}&beyond={reply['seq']}"))["messages"] == [second]
    assert got(ann.get(f"/api/messages?thread={root['id']}&before={second['seq']}"))["messages"] == [reply]
    for wrong in ("beyond=1&before=1", "after=1", "around=1", "room=1", "updated_since=1", "limit=0"):
        refused(ann.get(f"/api/messages?thread={root['id']}&{wrong}"), 400, "invalid")

    thread = f"/api/threads/{root['id']}"
    stands = {"message": shown, "following": True, "read": reply["seq"] + 1, "unread": 1}
    found = got(bob.get(thread))
    assert found == got(bob.get(f"/api/threads/{reply['id']}"))
    assert {**found, "read": stands["read"]} == stands
    assert got(bob.get("/api/threads?unread=1")) == {"threads": [found], "more": False}
    assert got(bob.put(f"{thread}/read", {"seq": second["seq"]}))["unread"] == 0
    assert got(bob.put(f"{thread}/read", {"seq": 1}))["read"] == second["seq"]
    assert got(bob.get("/api/threads?unread=1"))["threads"] == []
    assert [each["message"]["id"] for each in got(bob.get("/api/threads"))["threads"]] == [root["id"]]
    for _ in range(2):
        assert got(bob.delete(thread)) == {"message": shown, "following": False, "read": 0, "unread": 0}
    for _ in range(2):
        assert got(bob.put(thread))["following"]
    refused(bob.put(f"{thread}/read", {"seq": -1}), 400, "invalid")


def test_who_came_later_reads_and_answers_where_they_are_called(ann: Caller, bob: Caller) -> None:
    den = made(ann.post("/api/rooms", {"name": "Den", "kind": "private", "history": "joined"}))["id"]
    root = ann.say("from before", room=den)
    got(ann.put(f"/api/rooms/{den}/members/{bob.id}"))
    refused(bob.get(f"/api/messages?thread={root['id']}"), 404, "not_found")
    called = made(ann.post("/api/messages", {"source": "@Bob?", "reply_to": root["id"]}))
    assert got(bob.get(f"/api/messages?thread={root['id']}"))["messages"] == [called]
    assert got(bob.get(f"/api/threads/{root['id']}"))["message"]["kind"] == "hidden"
    assert made(bob.post("/api/messages", {"source": "yes?", "reply_to": root["id"]}))["room"] == den
    refused(bob.get(f"/api/messages/{root['id']}"), 404, "not_found")


def test_messages_are_pinned(ann: Caller, bob: Caller) -> None:
    room = made(ann.post("/api/rooms", {"name": "Tea"}))["id"]
    message = ann.say("worth keeping", room=room)
    for _ in range(2):
        pinned = got(ann.put(f"/api/messages/{message['id']}/pin"))
        assert pinned["pinned"]["by"] == ann.id
    assert got(ann.get(f"/api/rooms/{room}/pins")) == {"messages": [pinned]}
    refused(bob.get(f"/api/rooms/{room}/pins"), 404, "not_found")
    assert "pinned" not in got(ann.delete(f"/api/messages/{message['id']}/pin"))
    assert got(ann.get(f"/api/rooms/{room}/pins")) == {"messages": []}
    refused(bob.put(f"/api/messages/{bob.say('x')['id']}/pin"), 403, "denied")  # the general room is ann's
