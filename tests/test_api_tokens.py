"""Tokens for programs: got by Basic authentication, sent as bearer, revoked."""

import base64
import time
from collections.abc import Callable

import pytest

from tests.api import PASSWORD, Api, Caller, got, refused


def test_a_token_opens_the_api(api: Api) -> None:
    ann = api.person("Ann")
    token = got(api.anonymous().post("/api/tokens", auth=("ANN", PASSWORD)))["token"]
    for scheme in ("Bearer", "bearer"):
        program = api.anonymous(Authorization=f"{scheme} {token}")
        assert got(program.get(f"/api/users/{ann.id}"))["nickname"] == "Ann"


def test_letters_beyond_ascii(api: Api) -> None:
    api.person("Ünüs")
    basic = base64.b64encode(f"ünüs:{PASSWORD}".encode()).decode()
    got(api.anonymous().post("/api/tokens", headers={"Authorization": f"Basic {basic}"}))


@pytest.mark.parametrize(
    "header",
    [
        *(None, "Basic", "Basic !!!", "Basic " + base64.b64encode(b"no colon").decode()),
        *("Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(), "Bearer x", "Digest username=Ann"),
    ],
)
def test_without_basic_authentication_there_is_no_token(shared: Api, header: str | None) -> None:
    response = shared.anonymous().post("/api/tokens", headers={} if header is None else {"Authorization": header})
    got(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("auth", [("Somebody", "wrong password"), ("Nobody", PASSWORD), ("n" * 99, PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_name_look_alike(
    shared: Api, shared_person: Caller, auth: tuple[str, str]
) -> None:
    response = shared.anonymous().post("/api/tokens", auth=auth)
    refused(response, 401, "wrong_password")
    assert "WWW-Authenticate" in response.headers


def test_attempts_are_limited(make_api: Callable[..., Api]) -> None:
    """By account, wherever they come from, and a right password after too many wrong ones opens nothing."""
    api = make_api(sign_in_rate="3/day")
    api.person("Ann")
    for address in ("192.0.2.1", "192.0.2.2"):
        environ = {"REMOTE_ADDR": address}
        response = api.anonymous().post("/api/tokens", auth=("ann", "wrong"), environ_overrides=environ)
        refused(response, 401, "wrong_password")
    refused(api.anonymous().post("/api/tokens", auth=("Ann", PASSWORD)), 429, "rate_limited")


def test_attempts_are_limited_by_address(make_api: Callable[..., Api]) -> None:
    api = make_api(sign_in_address_rate="2/day")

    def attempt(nickname: str, address: str) -> int:
        response = api.anonymous().post("/api/tokens", auth=(nickname, "x"), environ_overrides={"REMOTE_ADDR": address})
        return response.status_code

    assert [attempt(name, "192.0.2.1") for name in "abc"] == [401, 401, 429]
    assert attempt("d", "192.0.2.2") == 401
    same_network = ("2001:db8::1", "2001:db8::2", "2001:db8::ffff:3")
    assert [attempt(name, address) for name, address in zip("efg", same_network, strict=True)] == [401, 401, 429]
    assert attempt("h", "2001:db8:0:1::1") == 401


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer no-such-token", "Basic QW5uOng=", "Ann", "Bearer \xff"])
def test_a_bad_token_opens_nothing(shared: Api, value: str) -> None:
    response = shared.anonymous(Authorization=value).get("/api/messages")
    refused(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Parley"'


def test_a_bad_token_is_not_saved_by_a_good_cookie(api: Api) -> None:
    browser = api.browser("Ann")
    refused(browser.get("/api/messages", headers={"Authorization": "Bearer nothing"}), 401, "unauthenticated")


def test_revoking_ends_this_token_only(api: Api) -> None:
    ann = api.person("Ann")
    other = api.program(ann.id)
    assert ann.delete("/api/tokens").status_code == 204
    refused(ann.get("/api/messages"), 401, "unauthenticated")
    refused(ann.delete("/api/tokens"), 401, "unauthenticated")
    got(other.get("/api/messages"))


def test_who_revokes_leaves(api: Api) -> None:
    ann = api.person("Ann")
    got(ann.get("/api/messages"))
    ann.delete("/api/tokens")
    api.node.presence.changes(time.monotonic())
    assert api.node.presence.online() == []


def test_the_api_is_limited(make_api: Callable[..., Api]) -> None:
    """For each person, for each address without one, and attempts with bad tokens count."""
    api = make_api(api_rate="3/day")
    ann, bob = api.person("Ann"), api.person("Bob")
    assert [ann.get("/api/users").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert bob.get("/api/users").status_code == 200
    stranger = api.anonymous(Authorization="Bearer nothing")
    assert [stranger.get("/api/users").status_code for _ in range(4)] == [401, 401, 401, 429]
