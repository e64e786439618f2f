"""Taking one's data along: all that is one's own, and nothing of what others wrote."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from parley.core import export
from parley.store import words
from tests.api import Api, Caller, got, refused
from tests.pictures import picture
from tests.test_api_pictures import send

SECRET = "what only others wrote"


def taken(caller: Caller) -> dict[str, bytes]:
    """The files that somebody gets."""
    response = caller.get(f"/api/users/{caller.id}/export")
    assert (response.status_code, response.mimetype) == (200, "application/zip"), response.text
    assert "attachment" in response.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def lines(data: bytes) -> list[Any]:
    """What stands in a file of lines."""
    return [json.loads(line) for line in data.splitlines()]


def test_everything_of_oneself_and_nothing_that_others_wrote(api: Api) -> None:
    root, ann, bob = api.person("root"), api.person("ann"), api.person("bob")
    got(send(ann, picture()))
    got(ann.put(f"/api/users/{ann.id}", {"name": "Ann A.", "status": {"text": "packing"}}))
    room = got(bob.post("/api/rooms", {"name": "den", "kind": "private", "topic": SECRET}), 201)["id"]
    got(bob.put(f"/api/rooms/{room}/members/{ann.id}"))
    direct = got(ann.post("/api/rooms", {"kind": "direct", "members": [bob.id]}), 201)["id"]
    mine = [ann.say("one"), ann.say("two", room=room), ann.say("three", room=direct)]
    gone = ann.say("I would rather not have said")
    ann.delete(f"/api/messages/{gone['id']}")
    theirs = bob.say(SECRET, room=room)
    got(bob.put(f"/api/messages/{mine[0]['id']}/reactions/👍"))
    got(ann.put(f"/api/messages/{theirs['id']}/reactions/🎉"))
    assert ann.delete(f"/api/rooms/{room}/members/{ann.id}").status_code == 204

    files = taken(ann)
    profile = json.loads(files["profile.json"])
    assert (profile["user"]["name"], profile["user"]["status"]["text"]) == ("Ann A.", "packing")
    assert profile["preferences"] == {"theme": "system", "typing": True}
    assert [each["label"] for each in profile["tokens"]] == [""]
    found = [message for message in lines(files["messages.ndjson"]) if message["kind"] == "text"]
    assert [message["source"] for message in found] == ["one", "two", "three"]
    assert found[0]["reactions"] == [{"emoji": "👍", "users": [bob.id]}]
    assert lines(files["reactions.ndjson"]) == [{"message": theirs["id"], "emoji": "🎉"}]
    assert [each["id"] for each in json.loads(files["rooms.json"])] == [api.node.store.general, direct]
    assert [each["nickname"] for each in json.loads(files["people.json"])] == ["ann", "bob"]
    assert files["picture.webp"][8:12] == b"WEBP"
    assert "What others wrote is not in it" in files["README.txt"].decode()
    whole = b"".join(files.values())
    assert SECRET.encode() not in whole
    assert b"rather not" not in whole
    for secret in (b"password", b"hash", ann.headers["Authorization"].split()[1].encode()):
        assert secret not in whole
    assert root.id not in [each["id"] for each in json.loads(files["people.json"])]


def test_the_files_that_one_sent(api: Api) -> None:
    ann, bob = api.person("ann"), api.person("bob")
    for person, content in ((ann, b"mine"), (bob, b"theirs")):
        sent = api.node.filing.take(person.id, "notes.txt", io.BytesIO(content))
        person.say("", files=[sent.id])
    files = {name: data for name, data in taken(ann).items() if name.startswith("files/")}
    assert list(files.values()) == [b"mine"]
    assert next(iter(files)).endswith("notes.txt")


def test_many_messages_and_reactions_come_page_by_page(api: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    ann = api.person("ann")
    said = [ann.say(f"words {number}")["id"] for number in range(5)]
    for number in said:
        for emoji in ("👍", "🎉", "🚀"):
            got(ann.put(f"/api/messages/{number}/reactions/{emoji}"))
    files = taken(ann)
    assert [each["id"] for each in lines(files["messages.ndjson"]) if each["kind"] == "text"] == said
    assert len(lines(files["reactions.ndjson"])) == 15
    with api.node.store.reading() as connection:
        assert {each.message for each in words.chosen(connection, ann.id, said[0], 2)} == {said[1]}


def test_only_ones_own_and_not_too_often(make_api: Callable[..., Api]) -> None:
    api = make_api(export_rate="2/day", admins=("root",))
    root, ann = api.person("root"), api.person("ann")
    refused(api.anonymous().get(f"/api/users/{ann.id}/export"), 401, "unauthenticated")
    refused(root.get(f"/api/users/{ann.id}/export"), 403, "denied")
    taken(ann)
    taken(ann)
    refused(ann.get(f"/api/users/{ann.id}/export"), 429, "rate_limited")
    taken(root)
