"""Messages over the API: posting, paging, changing, deleting, reacting."""

import json
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from parley.core.previews import Settle
from parley.jobs.queue import PreviewResult
from tests.api import Api, Caller, got, made, refused, sources


def test_posting(api: Api) -> None:
    ann = api.person("Ann")
    message = made(ann.post("/api/messages", {"source": "**hi** :wave:\n"}))
    assert (message["source"], message["author"], message["room"]) == ("**hi** :wave:", ann.id, 1)
    assert "<strong>hi</strong>" in message["html"]
    assert message["seq"] == message["changed_seq"] > 0
    assert message["created_at"].endswith("Z")
    assert got(ann.get(f"/api/messages/{message['id']}")) == message


def test_posting_with_a_key_again_posts_nothing(api: Api) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    first = ann.say("one", key="k1")
    again = ann.say("one", key="k1")
    assert again == first
    assert bob.say("one", key="k1")["id"] != first["id"]
    assert sources(got(ann.get("/api/messages"))) == ["one", "one"]
    got(ann.put(f"/api/messages/{first['id']}", {"source": "two"}))
    assert ann.say("one", key="k1")["source"] == "two"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"source": None}, "invalid"),
        ({"source": ["hi"]}, "invalid"),
        ({"source": "hi", "author": 1}, "invalid"),
        ({"source": "hi", "key": ""}, "invalid"),
        ({"source": "hi", "key": "k" * 65}, "invalid"),
        ({"source": "hi", "key": "k\x00"}, "invalid_text"),
        ({"source": "hi", "room": "1"}, "invalid"),
        ({"source": "hi", "room": 0}, "invalid"),
        ({"source": "hi", "room": 2**70}, "invalid"),
        ({"source": "hi", "room": True}, "invalid"),
        ({"source": ""}, "empty"),
        ({"source": " \n\t "}, "empty"),
        ({"source": "x" * 8001}, "too_long"),
        ({"source": "a\x00b"}, "invalid_text"),
        ([], "invalid"),
        ("hi", "invalid"),
        (1, "invalid"),
    ],
)
def test_what_cannot_be_posted(shared_person: Caller, body: object, code: str) -> None:
    refused(shared_person.post("/api/messages", body), 400, code)


def test_the_longest_message(api: Api) -> None:
    body = json.dumps({"source": "𝄞" * 8000}, ensure_ascii=False).encode()
    response = api.person("Ann").request("POST", "/api/messages", data=body, content_type="application/json")
    assert made(response)["source"] == "𝄞" * 8000


def test_the_newest_page_and_older_ones(api: Api) -> None:
    ann = api.person("Ann")
    for number in range(5):
        ann.say(str(number))
    newest = got(ann.get("/api/messages?limit=2"))
    assert (sources(newest), newest["more"], newest["room"]) == (["3", "4"], True, 1)
    assert newest["to"] == newest["messages"][-1]["seq"]
    older = got(ann.get(f"/api/messages?limit=2&before={newest['messages'][0]['seq']}"))
    assert (sources(older), older["more"]) == (["1", "2"], True)
    oldest = got(ann.get(f"/api/messages?before={older['messages'][0]['seq']}"))
    assert (sources(oldest), oldest["more"]) == (["0"], False)


def test_a_page_around_a_place_and_newer_ones(api: Api) -> None:
    ann = api.person("Ann")
    seqs = [ann.say(str(number))["seq"] for number in range(8)]
    page = got(ann.get(f"/api/messages?around={seqs[4]}&limit=4"))
    assert (sources(page), page["more"], page["newer"]) == (["2", "3", "4", "5"], True, True)
    newer = got(ann.get(f"/api/messages?beyond={seqs[5]}&limit=1"))
    assert (sources(newer), newer["more"], newer["to"]) == (["6"], True, seqs[-1])
    newest = got(ann.get(f"/api/messages?beyond={seqs[6]}&limit=5"))
    assert (sources(newest), newest["more"], "newer" in newest) == (["7"], False, False)
    end = got(ann.get(f"/api/messages?around={seqs[-1]}&limit=5"))
    assert (sources(end), end["more"], end["newer"]) == (["5", "6", "7"], True, False)
    begin = got(ann.get("/api/messages?around=0&limit=3"))
    assert (len(begin["messages"]), begin["more"], begin["newer"]) == (2, False, True)
    everything = got(ann.get(f"/api/messages?around={seqs[3]}"))
    assert (sources(everything), everything["more"], everything["newer"]) == (list("01234567"), False, False)


def test_following_by_a_cursor(api: Api) -> None:
    ann = api.person("Ann")
    first = ann.say("one")
    cursor = got(ann.get("/api/messages"))["to"]
    assert got(ann.get(f"/api/messages?after={cursor}"))["messages"] == []
    ann.say("two")
    got(ann.put(f"/api/messages/{first['id']}", {"source": "one!"}))
    ann.say("three")
    page = got(ann.get(f"/api/messages?after={cursor}&limit=2"))
    assert (sources(page), page["more"]) == (["two", "one!"], True)
    page = got(ann.get(f"/api/messages?after={page['to']}&limit=2"))
    assert (sources(page), page["more"]) == (["three"], False)


def test_following_by_time_in_pages(api: Api) -> None:
    ann = api.person("Ann")
    ann.say("before")
    moment = time.time()
    for number in range(3):
        ann.say(str(number))
    page = got(ann.get(f"/api/messages?updated_since={moment}&limit=2"))
    assert (sources(page), page["more"]) == (["0", "1"], True)
    assert sources(got(ann.get(f"/api/messages?after={page['to']}"))) == ["2"]


@pytest.mark.parametrize(
    "query",
    [
        *("around=1&before=2", "beyond=1&around=2", "around=-1", "beyond=x"),
        *("limit=0", "limit=201", "after=x", "before=-1", "after=1&before=2", "after=1&updated_since=0", "room=0"),
        *("updated_since=inf", "updated_since=1e17", "page=2", "after=99999999999999999999", "before=1&before=2"),
    ],
)
def test_a_query_that_does_not_fit_is_refused(shared_person: Caller, query: str) -> None:
    refused(shared_person.get(f"/api/messages?{query}"), 400, "invalid")


def test_editing(api: Api) -> None:
    ann = api.person("Ann")
    message = ann.say("teh")
    edited = got(ann.put(f"/api/messages/{message['id']}", {"source": "the"}))
    assert (edited["source"], edited["seq"]) == ("the", message["seq"])
    assert edited["changed_seq"] > message["changed_seq"]
    assert edited["edited_at"] is not None
    assert got(ann.put(f"/api/messages/{message['id']}", {"source": "the"})) == edited


@pytest.mark.parametrize(("body", "code"), [({}, "invalid"), ({"source": ""}, "empty"), ({"source": 1}, "invalid")])
def test_an_edit_that_will_not_do(shared_person: Caller, body: object, code: str) -> None:
    number = shared_person.say("as it was")["id"]
    refused(shared_person.put(f"/api/messages/{number}", body), 400, code)


def test_deleting_leaves_a_tombstone(api: Api) -> None:
    ann = api.person("Ann")
    path = f"/api/messages/{ann.say('oops https://example.org')['id']}"
    assert [ann.delete(path).status_code for _ in range(2)] == [204, 204]
    left = got(ann.get(path))
    assert (left["source"], left["html"], left["previews"]) == ("", "", [])
    assert left["deleted_at"] is not None
    refused(ann.put(path, {"source": "back"}), 409, "deleted")
    refused(ann.put(f"{path}/reactions/{quote('👍')}"), 409, "deleted")


def test_reacting(api: Api) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    path = f"/api/messages/{ann.say('hi')['id']}/reactions"
    for _ in range(2):
        assert got(ann.put(f"{path}/{quote('👍')}"))["reactions"] == [{"emoji": "👍", "users": [ann.id]}]
    assert got(bob.put(f"{path}/{quote('👍')}"))["reactions"] == [{"emoji": "👍", "users": [ann.id, bob.id]}]
    assert len(got(bob.put(f"{path}/{quote('#️⃣')}"))["reactions"]) == 2
    assert got(ann.delete(f"{path}/{quote('👍')}"))["reactions"][0] == {"emoji": "👍", "users": [bob.id]}


@pytest.mark.parametrize("emoji", ["x", "👍👍", "%00", "%ff", "x" * 5000, "<b>", "👍%20"])
def test_a_reaction_is_one_emoji(api: Api, emoji: str) -> None:
    ann = api.person("Ann")
    message = ann.say("hi")
    refused(ann.put(f"/api/messages/{message['id']}/reactions/{emoji}"), 400, "not_an_emoji")


def test_removing_a_preview(make_api: Callable[..., Api]) -> None:
    # A port that is not fetched from: no job leaves the machine.
    ann = make_api().person("Ann")
    message = ann.say("https://example.org:9999/page")
    path = f"/api/messages/{message['id']}"
    assert [preview["url"] for preview in message["previews"]] == ["https://example.org:9999/page"]
    assert [ann.delete(f"{path}/previews/0").status_code for _ in range(2)] == [204, 204]
    assert [preview["state"] for preview in got(ann.get(path))["previews"]] == ["removed"]
    refused(ann.delete(f"{path}/previews/1"), 404, "not_found")


def test_a_preview_is_seen(api: Api) -> None:
    ann = api.person("Ann")
    url = "https://example.org:9999/"
    message = ann.say(url)
    api.node.store.run(Settle(PreviewResult(message["id"], 0, url, "ready", "A title", "Said", "example.org")))
    (preview,) = got(ann.get(f"/api/messages/{message['id']}"))["previews"]
    assert preview["url"] == url
    assert preview["state"] in ("ready", "refused")  # whichever came first


def test_posts_are_limited(make_api: Callable[..., Api]) -> None:
    """What changes a room counts, reading does not."""
    api = make_api(post_rate="3/day")
    ann = api.person("Ann")
    path = f"/api/messages/{ann.say('hi')['id']}"
    got(ann.put(path, {"source": "ho"}))
    got(ann.put(f"{path}/reactions/{quote('👍')}"))
    response = ann.delete(path)
    refused(response, 429, "rate_limited")
    assert int(response.headers["Retry-After"]) >= 1
    got(ann.get(path))
    made(api.person("Bob").post("/api/messages", {"source": "mine"}))
