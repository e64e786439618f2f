"""What one is told of, chosen over the API, and why: by room and by the hours of the day."""

from datetime import UTC, datetime, timedelta

from tests.api import Api, Caller, got, made, refused


def why(caller: Caller, message: int) -> tuple[bool, str]:
    found = got(caller.get(f"/api/messages/{message}/notification"))
    return found["told"], found["reason"]


def test_a_room_is_muted_and_chosen(ann: Caller, bob: Caller) -> None:
    assert got(bob.get("/api/rooms/1/me")) == {"notify": None, "muted": False}
    plain, called = ann.say("hello")["id"], ann.say("hello @Bob")["id"]
    assert why(bob, plain) == (False, "mentions_only")
    assert why(bob, called) == (True, "mention")
    assert why(ann, plain) == (False, "own")
    assert got(bob.patch("/api/rooms/1/me", {"notify": "everything"})) == {"notify": "everything", "muted": False}
    assert why(bob, plain) == (True, "everything")
    assert got(bob.patch("/api/rooms/1/me", {"muted": True})) == {"notify": "everything", "muted": True}
    assert why(bob, called) == (False, "muted")
    assert got(bob.patch("/api/rooms/1/me", {"notify": None, "muted": False})) == {"notify": None, "muted": False}
    assert got(ann.get("/api/rooms/1/me")) == {"notify": None, "muted": False}
    refused(bob.patch("/api/rooms/1/me", {"notify": "some"}), 400, "invalid")
    refused(bob.patch("/api/rooms/1/me", {"muted": None}), 400, "invalid")


def test_a_direct_conversation_is_told_without_being_asked(ann: Caller, bob: Caller) -> None:
    room = made(ann.post("/api/rooms", {"kind": "direct", "members": [bob.id]}))["id"]
    assert why(bob, ann.say("psst", room=room)["id"]) == (True, "direct")


def test_who_follows_a_thread_is_told_of_replies(api: Api, ann: Caller, bob: Caller) -> None:
    cat = api.person("Cat")
    root = ann.say("who has the key?")["id"]
    reply = made(bob.post("/api/messages", {"source": "I have", "reply_to": root}))["id"]
    assert why(ann, reply) == (True, "thread"), "she wrote the root"
    assert why(bob, reply) == (False, "own")
    assert why(cat, reply) == (False, "reply")
    assert "that you follow" in got(ann.get(f"/api/messages/{reply}/notification"))["detail"]
    assert "that you do not follow" in got(cat.get(f"/api/messages/{reply}/notification"))["detail"]
    got(cat.put(f"/api/threads/{root}"))
    assert why(cat, reply) == (True, "thread")
    for level, said in (("everything", (True, "thread")), ("nothing", (False, "nothing"))):
        got(cat.patch("/api/rooms/1/me", {"notify": level}))
        assert why(cat, reply) == said
    got(ann.delete(f"/api/threads/{root}"))
    assert why(ann, reply) == (False, "reply"), "she unfollowed it"


def test_quiet_hours_count_in_the_persons_own_time(ann: Caller, bob: Caller) -> None:
    path = f"/api/users/{bob.id}/quiet"
    assert got(bob.get(path)) == {"quiet": None}
    now = datetime.now(UTC)
    hours = {"from": f"{now - timedelta(hours=1):%H:%M}", "to": f"{now + timedelta(hours=1):%H:%M}", "timezone": "UTC"}
    assert got(bob.put(path, hours)) == {"quiet": hours}
    message = ann.say("hello @Bob")["id"]
    assert why(bob, message) == (False, "quiet")
    got(bob.put(f"/api/users/{bob.id}", {"timezone": "Asia/Tokyo"}))
    assert got(bob.get(path))["quiet"]["timezone"] == "Asia/Tokyo", "that of the profile counts"
    assert why(bob, message) == (True, "mention")
    assert bob.delete(path).status_code == 204
    assert got(bob.get(path)) == {"quiet": None}
    for wrong in ({"from": "7:00"}, {"to": "24:00"}, {"from": hours["to"]}):
        refused(bob.put(path, {**hours, **wrong}), 400, "invalid")
    refused(bob.put(path, {**hours, "timezone": "Mars/Base"}), 400, "unknown_timezone")
    refused(ann.put(path, hours), 403, "denied")


def test_nobody_learns_of_a_message_by_asking_why(ann: Caller, bob: Caller) -> None:
    room = made(ann.post("/api/rooms", {"name": "den", "kind": "private", "history": "joined"}))["id"]
    message = ann.say("before", room=room)["id"]
    absent = refused(bob.get("/api/messages/9999/notification"), 404, "not_found")
    assert refused(bob.get(f"/api/messages/{message}/notification"), 404, "not_found") == absent
    got(ann.put(f"/api/rooms/{room}/members/{bob.id}"))
    assert refused(bob.get(f"/api/messages/{message}/notification"), 404, "not_found") == absent, "of before they came"
    refused(bob.get("/api/rooms/99/me"), 404, "not_found")
