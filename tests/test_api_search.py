"""Search over the API: who may, what it answers, how it refuses."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from parley.core.membership import LeaveRoom
from tests.api import Api, Caller, got, refused


def look(caller: Caller, text: str, **more: object) -> list[int]:
    """The ids of a page."""
    options = "".join(f"&{name}={value}" for name, value in more.items())
    return [each["message"]["id"] for each in got(caller.get(f"/api/search?q={quote(text)}{options}"))["results"]]


def test_a_result_is_the_message_and_its_context(api: Api) -> None:
    ann = api.person("Ann")
    said = ann.say("We meet in **München** tomorrow")
    found = got(ann.get("/api/search?q=munch"))
    assert found == {
        "results": [
            {
                "message": said,
                "excerpt": [
                    {"text": "We meet in **", "hit": False},
                    {"text": "Münch", "hit": True},
                    {"text": "en** tomorrow", "hit": False},
                ],
            }
        ],
        "next": None,
    }
    got(ann.put(f"/api/messages/{said['id']}", {"source": "We meet in Bern"}))
    assert look(ann, "munch") == []
    assert look(ann, "bern") == [said["id"]]
    ann.delete(f"/api/messages/{said['id']}")
    assert look(ann, "bern") == []


def test_in_one_room_by_its_id(api: Api) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    room = api.room(ann.id)
    ann.say("an apple")
    there = ann.say("an apple here", room=room)["id"]
    assert look(ann, "apple", room=room) == [there]
    assert look(ann, "apple in:general", room=room) == []
    assert look(bob, "apple", room=room) == []  # none of his
    refused(ann.get("/api/search?q=apple&room=0"), 400, "invalid")


@pytest.mark.parametrize("order", ["time", "relevance"])
def test_pages(api: Api, order: str) -> None:
    ann = api.person("Ann")
    said = [ann.say(f"apple {number}")["id"] for number in range(5)]
    found, before = [], ""
    while True:
        page = got(ann.get(f"/api/search?q=apple&limit=2&order={order}{before}"))
        found += [each["message"]["id"] for each in page["results"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert found == said[::-1]


def test_only_of_rooms_that_one_may_read(api: Api) -> None:
    ann, bob, eve = (api.person(name) for name in ("Ann", "Bob", "Eve"))
    den = api.room(ann.id, bob.id)
    number = ann.say("the plan", room=den)["id"]
    assert look(ann, "plan") == look(bob, "plan") == [number]
    assert look(eve, "plan") == []
    refused(eve.get("/api/search?q=in:den+plan"), 400, "invalid_search")
    api.node.store.run(LeaveRoom(bob.id, den))
    assert look(bob, "plan") == []
    refused(bob.get("/api/search?q=in:den"), 400, "invalid_search")


@pytest.mark.parametrize("public", [False, True])
def test_nobody_searches_without_being_known(make_api: Callable[..., Api], public: bool) -> None:
    api = make_api(public_read=public)
    api.person("Ann").say("hello")
    refused(api.anonymous().get("/api/search?q=hello"), 401, "unauthenticated")
    refused(api.anonymous(Authorization="Bearer x").get("/api/search?q=hello"), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "invalid"),
        ("q=", "invalid_search"),
        ("q=from:nobody", "invalid_search"),
        ("q=has:nothing", "invalid_search"),
        ("q=x&order=best", "invalid"),
        ("q=x&limit=51", "invalid"),
        ("q=x&limit=0", "invalid"),
        ("q=x&before=never", "invalid"),
        ("q=x&other=1", "invalid"),
        ("q=x&q=y", "invalid"),
        ("q=%00", "invalid_text"),
    ],
)
def test_what_cannot_be_asked(shared_person: Caller, query: str, code: str) -> None:
    refused(shared_person.get(f"/api/search?{query}"), 400, code)


def test_nobody_searches_without_end(make_api: Callable[..., Api]) -> None:
    api = make_api(search_rate="3/day")
    ann = api.person("Ann")
    for _ in range(3):
        look(ann, "x")
    response = ann.get("/api/search?q=x")
    refused(response, 429, "rate_limited")
    assert int(response.headers["Retry-After"]) > 0
    assert look(api.person("Bob"), "x") == []
