"""The one form: a known name signs in, a new one registers once it is confirmed."""

from collections.abc import Callable

import pytest

from tests.api import ORIGIN, PASSWORD, Api, got, made, refused

ANN = {"nickname": "Ann", "password": PASSWORD}


def test_a_new_name_is_made_only_on_demand(api: Api) -> None:
    browser = api.browser()
    assert got(browser.post("/sign-in", ANN)) == {"user": None, "unknown_name": "Ann"}
    assert not browser.cookie
    response = browser.post("/sign-in", {**ANN, "create": True})
    assert made(response)["user"]["nickname"] == "Ann"
    assert browser.cookie is not None
    assert [user["nickname"] for user in got(browser.get("/api/users"))["users"]] == ["Ann"]


def test_a_known_name_signs_in(api: Api) -> None:
    ann = api.person("Ann")
    for create in (False, True):
        browser = api.browser()
        user = got(browser.post("/sign-in", {"nickname": "ＡＮＮ", "password": PASSWORD, "create": create}))["user"]
        assert (user["id"], user["nickname"]) == (ann.id, "Ann")
        assert got(browser.get(f"/api/users/{ann.id}")) == user


def test_a_wrong_password(api: Api) -> None:
    api.person("Ann")
    browser = api.browser()
    for create in (False, True):
        refused(browser.post("/sign-in", {**ANN, "password": "wrong one", "create": create}), 401, "wrong_password")
    assert browser.cookie is None
    refused(browser.get("/api/users"), 401, "unauthenticated")


def test_a_banned_account(make_api: Callable[..., Api]) -> None:
    api = make_api(admins=("Root",))
    root, ann, browser = api.person("Root"), api.browser("Ann"), api.browser()
    got(root.put(f"/api/users/{ann.id}", {"banned": True}))
    refused(ann.get("/api/messages"), 401, "unauthenticated")
    refused(browser.post("/sign-in", ANN), 401, "banned")
    refused(browser.post("/sign-in", {**ANN, "password": "wrong one"}), 401, "wrong_password")


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"nickname": "Ann"}, {"password": PASSWORD}, {**ANN, "create": "yes"}, {**ANN, "remember": True}, []),
        *({**ANN, "nickname": ""}, {**ANN, "nickname": "n" * 33}, {**ANN, "nickname": "A\x00"}, {**ANN, "password": 1}),
        {**ANN, "nickname": "New one", "password": "short", "create": True},
    ],
)
def test_what_cannot_sign_in(shared: Api, body: object) -> None:
    assert got(shared.browser().post("/sign-in", body), 400)["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "http://user@localhost"},
        {"Origin": "file://localhost"},
        {"Origin": "http://[broken"},
        {"Origin": "http://[", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
def test_the_page_of_a_stranger_signs_nobody_in_or_out(shared: Api, path: str, headers: dict[str, str]) -> None:
    refused(shared.anonymous(**headers).post(path, {**ANN, "create": True}), 403, "foreign_origin")


@pytest.mark.parametrize(
    "headers", [{"Origin": ORIGIN}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://LOCALHOST"}]
)
def test_a_page_of_ours_does(shared: Api, headers: dict[str, str]) -> None:
    got(shared.anonymous(**headers).post("/sign-in", ANN))


def test_signing_out_ends_the_session(api: Api) -> None:
    here, there = api.browser("Ann"), api.browser("Ann")
    kept = here.cookie
    assert here.post("/sign-out").status_code == 204
    assert here.cookie is None
    assert kept is not None
    here.client.set_cookie("parley", kept)
    refused(here.get("/api/users"), 401, "unauthenticated")
    got(there.get("/api/users"))
    assert here.post("/sign-out").status_code == 204


def test_attempts_are_limited_before_any_work(make_api: Callable[..., Api]) -> None:
    api = make_api(sign_in_rate="2/day")
    for _ in range(2):
        got(api.browser().post("/sign-in", ANN))
    response = api.browser().post("/sign-in", ANN)
    refused(response, 429, "rate_limited")
    assert int(response.headers["Retry-After"]) >= 1
    got(api.browser().post("/sign-in", {**ANN, "nickname": "Bob"}))


def test_attempts_are_limited_by_address(make_api: Callable[..., Api]) -> None:
    api = make_api(sign_in_address_rate="2/day")
    for nickname, status in (("a", 200), ("b", 200), ("c", 429)):
        got(api.browser().post("/sign-in", {**ANN, "nickname": nickname}), status)
