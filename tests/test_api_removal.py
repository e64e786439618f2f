"""Removing one's account over the API."""

from collections.abc import Callable

from tests.api import PASSWORD, Api, got, refused
from tests.nodes import until

STAY = {"password": PASSWORD, "messages": "stay"}
GO = {"password": PASSWORD, "messages": "go"}


def test_an_account_is_removed_and_what_was_said_goes_as_one_chose(api: Api) -> None:
    root, ann, bob = api.person("root"), api.browser("ann"), api.person("bob")
    got(ann.put(f"/api/users/{ann.id}", {"name": "Ann Example", "timezone": "Europe/Berlin"}))
    said, stays = ann.say("my words"), bob.say("what bob said")
    response = ann.post(f"/api/users/{ann.id}/removal", GO)
    begun = got(response, 202)
    assert response.headers["Location"] == f"/api/removals/{begun['key']}"
    assert begun["total"] == 2
    assert ann.cookie is None
    refused(ann.get("/api/users"), 401, "unauthenticated")
    refused(api.anonymous().post("/api/tokens", auth=("ann", PASSWORD)), 401, "wrong_password")
    follow = api.anonymous()
    until(lambda: got(follow.get(f"/api/removals/{begun['key']}"))["done"])
    assert got(follow.get(f"/api/removals/{begun['key']}"))["left"] == 0
    assert got(bob.get(f"/api/messages/{said['id']}"))["deleted_at"]
    assert got(bob.get(f"/api/messages/{stays['id']}"))["source"] == "what bob said"
    [gone] = got(bob.get(f"/api/users?ids={ann.id}"))["users"]
    assert (gone["nickname"], gone["removed"]) == ("Removed user", True)
    assert not {"name", "timezone", "picture", "status"} & gone.keys()
    assert ann.id not in [user["id"] for user in got(bob.get("/api/users"))["users"]]
    assert ann.id in [user["id"] for user in got(bob.get("/api/users?updated_since=1"))["users"]]
    assert got(bob.get("/api/users?q=removed"))["users"] == []
    assert got(root.get("/stats"))["users"] == 2
    api.person("ann")


def test_only_oneself_and_with_the_password(make_api: Callable[..., Api]) -> None:
    api = make_api(admins=("root",), sign_in_rate="9/day")
    root, ann, bob = api.person("root"), api.person("ann"), api.person("bob")
    path = f"/api/users/{ann.id}/removal"
    refused(api.anonymous().post(path, STAY), 401, "unauthenticated")
    for other in (root, bob):
        refused(other.post(path, STAY), 403, "denied")
    refused(ann.post(path, {**STAY, "password": "wrong password"}), 403, "wrong_password")
    refused(ann.post(path, {"password": PASSWORD}), 400, "invalid")
    refused(ann.post(path, {**STAY, "messages": "perhaps"}), 400, "invalid")
    refused(root.post(f"/api/users/{root.id}/removal", STAY), 409, "admin")
    refused(ann.get("/api/removals/no-such-key"), 404, "not_found")
    got(ann.get(f"/api/users/{ann.id}"))
    for _ in range(9):
        last = ann.post(path, {**STAY, "password": "wrong password"})
    refused(last, 429, "rate_limited")
