"""People over the API: registering, looking around, one's own account, banning."""

import time
from collections.abc import Callable

import pytest

from tests.api import PASSWORD, Api, Caller, got, made, refused

NEW_PASSWORD = {"password": "another password", "current_password": PASSWORD}


def test_registering_makes_an_account(api: Api) -> None:
    response = api.anonymous().post("/api/users", {"nickname": "Ann", "password": PASSWORD})
    user = made(response)
    assert (user["nickname"], user["online"]) == ("Ann", False)
    assert response.headers["Location"] == f"/api/users/{user['id']}"
    assert set(user) == {"id", "nickname", "created_at", "online", "seen_at"}


def test_registering_is_seen_in_the_room(api: Api) -> None:
    ann = api.person("Ann")
    entry = got(ann.get("/api/messages"))["messages"][-1]
    assert (entry["kind"], entry["author"]) == ("join", ann.id)


@pytest.mark.parametrize(
    "body",
    [
        {"nickname": "Ann"},
        {"password": PASSWORD},
        {"nickname": "", "password": PASSWORD},
        {"nickname": "   ", "password": PASSWORD},
        {"nickname": "n" * 33, "password": PASSWORD},
        {"nickname": "A\u202enn", "password": PASSWORD},
        {"nickname": "A\x00nn", "password": PASSWORD},
        {"nickname": "Ann", "password": "short"},
        {"nickname": "Ann", "password": "p" * 201},
        {"nickname": "Ann", "password": "with a \x00 in it"},
        {"nickname": 1, "password": PASSWORD},
        {"nickname": "Ann", "password": None},
        {"nickname": "Ann", "password": PASSWORD, "admin": True},
    ],
)
def test_registering_refuses_what_is_incomplete_or_unfit(shared: Api, shared_person: Caller, body: object) -> None:
    before = got(shared_person.get("/stats"))["users"]
    assert got(shared.anonymous().post("/api/users", body), 400)["detail"]
    assert got(shared_person.get("/stats"))["users"] == before


def test_a_nickname_is_taken_in_any_spelling(api: Api) -> None:
    api.person("Straße")
    for nickname in ("Straße", "STRASSE", "ｓｔｒａｓｓｅ"):
        sentence = refused(
            api.anonymous().post("/api/users", {"nickname": nickname, "password": PASSWORD}), 400, "taken"
        )
        assert "another" in sentence


def test_the_refusal_names_the_field(api: Api) -> None:
    anonymous = api.anonymous()
    assert "password" in refused(anonymous.post("/api/users", {"nickname": "Ann"}), 400, "invalid")
    assert "$.nickname" in refused(anonymous.post("/api/users", {"nickname": 1, "password": "x"}), 400, "invalid")


def test_people_come_in_pages(api: Api) -> None:
    people = [api.person(nickname) for nickname in ("Ann", "Bob", "Cid")]
    first = got(people[0].get("/api/users?limit=2"))
    assert ([user["nickname"] for user in first["users"]], first["more"]) == (["Ann", "Bob"], True)
    last = first["users"][-1]["id"]
    rest = got(people[0].get(f"/api/users?limit=2&after={last}"))
    assert ([user["nickname"] for user in rest["users"]], rest["more"]) == (["Cid"], False)


def test_people_by_their_ids(api: Api) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    api.person("Cid")
    found = got(ann.get(f"/api/users?ids={bob.id},{ann.id},999999"))["users"]
    assert [user["id"] for user in found] == [ann.id, bob.id]


def test_people_who_are_online(api: Api) -> None:
    ann, bob = api.person("Ann"), api.browser("Bob")
    assert got(bob.get("/api/users?online=1"))["users"] == []
    assert [user["nickname"] for user in got(ann.get("/api/users?online=1"))["users"]] == ["Ann"]
    assert [user["online"] for user in got(bob.get("/api/users"))["users"]] == [True, False]
    assert got(bob.get(f"/api/users?online=1&ids={bob.id}"))["users"] == []
    api.node.presence.changes(time.monotonic() + 3600)
    assert got(bob.get("/api/users?online=true"))["users"] == []


def test_people_who_are_online_come_in_pages(api: Api) -> None:
    people = [api.person(name) for name in ("Ann", "Bob", "Cyd")]
    for person in people:
        got(person.get("/api/messages"))
    asker, *others = people
    for query, wanted, more in (
        ("limit=2", people[:2], True),
        (f"limit=2&after={people[1].id}", people[2:], False),
        (f"limit=1&after={asker.id}", others[:1], True),
        (f"updated_since=1&limit=1&after={asker.id}", others[:1], True),
    ):
        page = got(asker.get(f"/api/users?online=1&{query}"))
        assert ([user["id"] for user in page["users"]], page["more"]) == ([each.id for each in wanted], more)


def test_people_whose_account_changed(api: Api) -> None:
    ann = api.person("Ann")
    api.person("Bob")
    moment = time.time()
    got(ann.put(f"/api/users/{ann.id}", {"nickname": "Anna"}))
    found = got(ann.get(f"/api/users?updated_since={moment}"))["users"]
    assert [user["nickname"] for user in found] == ["Anna"]


def test_people_are_found_by_a_part_of_their_name(api: Api) -> None:
    ann, *_ = [api.person(nickname) for nickname in ("Ann", "Joanna", "Bob")]
    page = got(ann.get("/api/users?q=AN&limit=1"))
    assert ([user["nickname"] for user in page["users"]], page["more"]) == (["Ann"], True)
    refused(api.anonymous().get("/api/users?q=an"), 401, "unauthenticated")


@pytest.mark.parametrize(
    "query",
    [
        *("q=", "q=%20", "q=a&online=1", "q=a&ids=1", "q=a&after=1", "q=a&updated_since=1", "q=" + "a" * 65),
        *("limit=0", "limit=201", "limit=x", "limit=", "after=-1", "after=1e99", "online=perhaps", "ids=", "ids=1,,2"),
        *("ids=a", "updated_since=nan", "updated_since=-1", "updated_since=1e300", "nobody=1", "limit=1&limit=2"),
        "ids=" + ",".join(map(str, range(101))),
    ],
)
def test_a_query_that_does_not_fit_is_refused(shared_person: Caller, query: str) -> None:
    refused(shared_person.get(f"/api/users?{query}"), 400, "invalid")


def test_only_ones_own_account_is_shown(api: Api) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    assert got(ann.get(f"/api/users/{ann.id}"))["nickname"] == "Ann"
    refused(ann.get(f"/api/users/{bob.id}"), 403, "denied")
    refused(ann.get("/api/users/999999"), 403, "denied")
    refused(api.anonymous().get(f"/api/users/{ann.id}"), 401, "unauthenticated")


def test_a_new_nickname(api: Api) -> None:
    ann = api.person("Ann")
    api.person("Bob")
    assert got(ann.put(f"/api/users/{ann.id}", {"nickname": "Anna"}))["nickname"] == "Anna"
    assert got(ann.get("/api/messages"))["messages"][-1]["kind"] == "rename"
    refused(ann.put(f"/api/users/{ann.id}", {"nickname": "bob"}), 400, "taken")
    assert got(ann.put(f"/api/users/{ann.id}", {"nickname": "ANNA"}))["nickname"] == "ANNA"


def test_a_new_password_revokes_every_token(api: Api) -> None:
    ann = api.person("Ann")
    other = api.program(ann.id)
    got(ann.put(f"/api/users/{ann.id}", NEW_PASSWORD))
    refused(ann.get("/api/users"), 401, "unauthenticated")
    refused(other.get("/api/users"), 401, "unauthenticated")
    refused(api.anonymous().post("/api/tokens", auth=("Ann", PASSWORD)), 401, "wrong_password")
    got(api.anonymous().post("/api/tokens", auth=("Ann", "another password")))


def test_a_new_password_in_the_browser_keeps_this_one_signed_in(api: Api) -> None:
    here, there = api.browser("Ann"), api.browser("Ann")
    cookie = here.cookie
    got(here.put(f"/api/users/{here.id}", NEW_PASSWORD))
    got(here.get("/api/users"))
    refused(there.get("/api/users"), 401, "unauthenticated")
    old = api.browser()
    assert cookie is not None
    old.client.set_cookie("parley", cookie)
    refused(old.get("/api/users"), 401, "unauthenticated")  # whoever had a copy of it is out


def test_a_new_password_needs_the_present_one(api: Api) -> None:
    for ann in (api.browser("Ann"), api.program(1)):
        path = f"/api/users/{ann.id}"
        refused(ann.put(path, {"password": "another password"}), 400, "incomplete")
        wrong = {"password": "another password", "current_password": "wrong password", "nickname": "Anna"}
        refused(ann.put(path, wrong), 403, "wrong_password")
        assert got(ann.get(path))["nickname"] == "Ann"
    got(api.anonymous().post("/api/tokens", auth=("Ann", PASSWORD)))


@pytest.mark.parametrize("change", [{"password": "short"}, {"nickname": ""}, {}, {"nickname": None}, {"names": "Anna"}])
def test_a_change_that_will_not_do(shared_person: Caller, change: object) -> None:
    path = f"/api/users/{shared_person.id}"
    before = got(shared_person.get(path))["nickname"]
    got(shared_person.put(path, change), 400)
    assert got(shared_person.get(path))["nickname"] == before


def test_nobody_changes_another(api: Api) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    for change in ({"nickname": "Mud"}, {"password": PASSWORD}, {"banned": True}):
        refused(ann.put(f"/api/users/{bob.id}", change), 403, "denied")
    refused(ann.put(f"/api/users/{ann.id}", {"banned": False}), 403, "denied")


def test_attempts_to_register_are_limited(make_api: Callable[..., Api]) -> None:
    api = make_api(sign_in_address_rate="3/day")
    for number in range(3):
        made(api.anonymous().post("/api/users", {"nickname": f"n{number}", "password": PASSWORD}))
    response = api.anonymous().post("/api/users", {"nickname": "n3", "password": PASSWORD})
    refused(response, 429, "rate_limited")
    assert int(response.headers["Retry-After"]) >= 1


def test_new_passwords_are_limited(make_api: Callable[..., Api]) -> None:
    api = make_api(sign_in_rate="3/day")
    ann = api.browser("Ann")
    got(ann.put(f"/api/users/{ann.id}", NEW_PASSWORD))
    got(ann.put(f"/api/users/{ann.id}", {"password": "yet another one", "current_password": "another password"}))
    refused(
        ann.put(f"/api/users/{ann.id}", {"password": "one too many", "current_password": "yet another one"}),
        429,
        "rate_limited",
    )


class TestBanning:
    """What admins may do."""

    @pytest.fixture
    def banning(self, make_api: Callable[..., Api]) -> Api:
        return make_api(admins=("Root",))

    def test_who_is_banned_is_out_at_once(self, banning: Api) -> None:
        root, ann = banning.person("root"), banning.person("Ann")
        got(root.put(f"/api/users/{ann.id}", {"banned": True}))
        refused(ann.get("/api/messages"), 401, "unauthenticated")
        refused(ann.post("/api/messages", {"source": "hi"}), 401, "unauthenticated")
        refused(banning.anonymous().post("/api/tokens", auth=("Ann", PASSWORD)), 401, "banned")

    def test_a_ban_can_be_lifted(self, banning: Api) -> None:
        root, ann = banning.person("root"), banning.person("Ann")
        got(root.put(f"/api/users/{ann.id}", {"banned": True}))
        got(root.put(f"/api/users/{ann.id}", {"banned": False}))
        got(banning.program(ann.id).get("/api/messages"))

    @pytest.mark.parametrize("change", [{"nickname": "Mud"}, {"password": PASSWORD}, {"banned": True, "nickname": "M"}])
    def test_an_admin_changes_nothing_else(self, banning: Api, change: object) -> None:
        root, ann = banning.person("root"), banning.person("Ann")
        refused(root.put(f"/api/users/{ann.id}", change), 403, "denied")
        refused(root.get(f"/api/users/{ann.id}"), 403, "denied")

    def test_what_cannot_be(self, banning: Api) -> None:
        root = banning.person("root")
        refused(root.put("/api/users/999999", {"banned": True}), 404, "not_found")
        refused(root.put(f"/api/users/{root.id}", {"banned": True}), 403, "denied")
        refused(root.put(f"/api/users/{banning.person('Ann').id}", {}), 400, "incomplete")


def test_a_caller_of_the_api_is_online_and_a_browser_is_not(api: Api) -> None:
    """A browser shows by its socket that somebody is there; else they would stay online for a minute after leaving."""
    ann, bob = api.person("Ann"), api.browser("Bob")
    callers: list[Caller] = [ann, bob]
    for caller in callers:
        got(caller.get("/api/messages"))
    api.node.presence.changes(time.monotonic())
    assert api.node.presence.online() == [ann.id]
