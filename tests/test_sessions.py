"""The session and its cookie: what it survives, who may use it, when it ends."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from parley.settings import Settings
from parley.store.batch import Batch, Command
from parley.store.tables import tokens
from tests.api import ORIGIN, PASSWORD, Api, Caller, got, refused

BODY = {"nickname": "Ann", "password": PASSWORD, "create": True}


def set_cookie(response: TestResponse) -> dict[str, str]:
    """The attributes of the only cookie that is set."""
    (line,) = response.headers.get_all("Set-Cookie")
    return dict(part.strip().partition("=")[::2] for part in line.split(";"))


def test_the_cookie_is_shielded(api: Api) -> None:
    cookie = set_cookie(api.browser().post("/sign-in", BODY))
    assert {"HttpOnly", "SameSite", "Path", "Max-Age"} <= cookie.keys()
    assert (cookie["SameSite"], cookie["Path"]) == ("Lax", "/")
    assert "Domain" not in cookie
    assert "Secure" not in cookie
    assert int(cookie["Max-Age"]) > 80 * 24 * 3600


@pytest.mark.parametrize(
    ("settings_changed", "scheme"),
    [({}, "https"), ({"secure_cookies": True}, "http"), ({"public_url": "https://chat.example.org"}, "http")],
)
def test_the_cookie_is_secure_behind_tls(
    make_api: Callable[..., Api], settings_changed: dict[str, object], scheme: str
) -> None:
    api = make_api(**settings_changed)
    headers = {"Origin": f"{scheme}://localhost"}
    response = api.anonymous(**headers).post("/sign-in", BODY, base_url=f"{scheme}://localhost")
    assert "Secure" in set_cookie(response)


def test_the_cookie_holds_no_token_that_the_api_takes(api: Api) -> None:
    browser = api.browser("Ann")
    refused(api.anonymous(Authorization=f"Bearer {browser.cookie}").get("/api/users"), 401, "unauthenticated")


@pytest.mark.parametrize(
    "forge", [lambda v: v[:-1] + "!", lambda v: v.partition(".")[0], lambda v: "x" + v, lambda v: ""]
)
def test_a_forged_cookie_opens_nothing(api: Api, forge: Callable[[str], str]) -> None:
    browser = api.browser("Ann")
    assert browser.cookie is not None
    browser.client.set_cookie("parley", forge(browser.cookie))
    refused(browser.get("/api/users"), 401, "unauthenticated")
    assert browser.get("/").status_code == 200


def test_the_session_survives_a_restart(settings: Settings) -> None:
    first = Api(settings)
    cookie = first.browser("Ann").cookie
    first.node.stop()
    second = Api(settings)
    browser = second.browser()
    assert cookie is not None
    browser.client.set_cookie("parley", cookie)
    assert [user["nickname"] for user in got(browser.get("/api/users"))["users"]] == ["Ann"]
    second.node.stop()


def test_another_secret_key_ends_all_sessions(settings: Settings) -> None:
    first = Api(settings)
    cookie = first.browser("Ann").cookie
    first.node.stop()
    second = Api(replace(settings, secret_key="another"))
    browser = second.browser()
    assert cookie is not None
    browser.client.set_cookie("parley", cookie)
    refused(browser.get("/api/users"), 401, "unauthenticated")
    second.node.stop()


@dataclass(slots=True)
class Age(Command):
    """Let every token end after this time from now."""

    left: timedelta

    def apply(self, batch: Batch) -> None:
        """Write it."""
        batch.connection.execute(update(tokens).values(expires_at=datetime.now(UTC) + self.left))


def test_an_expired_session_opens_nothing(api: Api) -> None:
    browser, program = api.browser("Ann"), api.person("Bob")
    api.node.store.run(Age(timedelta(seconds=-1)))
    refused(browser.get("/api/users"), 401, "unauthenticated")
    refused(program.get("/api/users"), 401, "unauthenticated")
    assert 'id="sign-in"' in browser.get("/").text


def test_a_session_in_use_is_renewed_by_the_page(api: Api) -> None:
    browser = api.browser("Ann")
    assert "Set-Cookie" not in browser.get("/").headers
    api.node.store.run(Age(timedelta(days=5)))
    response = browser.get("/")
    assert int(set_cookie(response)["Max-Age"]) > 80 * 24 * 3600
    assert "Set-Cookie" not in browser.get("/").headers
    got(browser.get("/api/users"))


class TestStrangers:
    """Pages of strangers make the browser send our cookie along."""

    @pytest.fixture
    def ann(self, api: Api) -> Caller:
        browser = api.browser("Ann")
        browser.headers = {}
        return browser

    def attempts(self, ann: Caller, **headers: str) -> list[TestResponse]:
        path = f"/api/users/{ann.id}"
        return [
            ann.post("/api/messages", {"source": "hi"}, headers=headers),
            ann.put(path, {"password": "another password", "current_password": PASSWORD}, headers=headers),
            ann.delete("/api/messages/999", headers=headers),
            ann.delete("/api/tokens", headers=headers),
        ]

    @pytest.mark.parametrize(
        "headers",
        [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    )
    def test_change_nothing(self, ann: Caller, headers: dict[str, str]) -> None:
        for response in self.attempts(ann, **headers):
            refused(response, 403, "foreign_origin")
        got(ann.get("/api/messages"))

    def test_but_pages_of_ours_do(self, ann: Caller) -> None:
        assert [each.status_code for each in self.attempts(ann, Origin=ORIGIN)] == [201, 200, 404, 204]

    def test_a_token_needs_no_origin(self, api: Api) -> None:
        bob = api.person("Bob")
        bob.headers["Origin"] = "https://bots.example"
        bob.say("hi")

    def test_behind_a_proxy_public_url_is_ours(self, make_api: Callable[..., Api]) -> None:
        api = make_api(public_url="https://chat.example.org/")
        for origin, status in (("https://chat.example.org", 200), ("http://chat.example.org", 403)):
            got(api.anonymous(Origin=origin).post("/sign-in", {"nickname": "Ann", "password": PASSWORD}), status)

    def test_behind_tls_a_page_without_is_a_stranger(self, shared: Api) -> None:
        for origin, status in (("https://localhost", 200), ("http://localhost", 403)):
            body = {"nickname": "Ann", "password": PASSWORD}
            got(shared.anonymous(Origin=origin).post("/sign-in", body, base_url="https://localhost"), status)


def test_tokens_are_stored_as_hashes(api: Api, instance: Path) -> None:
    browser, program = api.browser("Ann"), api.person("Bob")
    assert browser.cookie is not None
    secrets = [browser.cookie.partition(".")[0], program.headers["Authorization"].partition(" ")[2]]
    stored = b"".join(path.read_bytes() for path in instance.glob("parley.db*"))
    for secret in (*secrets, PASSWORD):
        assert secret.encode() not in stored
