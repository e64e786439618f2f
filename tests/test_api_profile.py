"""What people say of themselves and what they like, over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parley.core import people, profiles
from parley.store import users
from parley.wire import Status
from tests.api import Api, Caller, got, refused

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat().replace("+00:00", "Z")
WHOLE: dict[str, Any] = {
    "name": "Ann Ëxample",
    "status": {"emoji": ":palm_tree:", "text": " away  for a week ", "until": TOMORROW},
    "timezone": "Europe/Berlin",
}


def test_others_see_what_somebody_says_of_themselves(api: Api) -> None:
    ann, bob = api.person("ann"), api.person("bob")
    mine = got(ann.put(f"/api/users/{ann.id}", WHOLE))
    seen = got(bob.get(f"/api/users?ids={ann.id}"))["users"][0]
    assert (seen["nickname"], seen["name"], seen["timezone"]) == ("ann", "Ann Ëxample", "Europe/Berlin")
    assert seen["status"] == {"emoji": "🌴", "text": "away for a week", "until": TOMORROW}
    assert {**mine, "online": seen["online"], "seen_at": seen["seen_at"]} == seen


def test_a_change_leaves_the_rest_and_what_is_removed_is_left_out(api: Api) -> None:
    ann = api.person("ann")
    before = got(ann.get(f"/api/users/{ann.id}"))
    got(ann.put(f"/api/users/{ann.id}", WHOLE))
    got(ann.put(f"/api/users/{ann.id}", {"timezone": "Asia/Calcutta"}))
    found = got(ann.get(f"/api/users/{ann.id}"))
    assert (found["name"], found["timezone"]) == (WHOLE["name"], "Asia/Calcutta")
    got(ann.put(f"/api/users/{ann.id}", {"name": "", "status": None, "timezone": None}))
    assert got(ann.get(f"/api/users/{ann.id}")) == {**before, "online": True}


def test_several_people_may_have_the_same_name(api: Api) -> None:
    ann, bob = api.person("ann"), api.person("bob")
    for person in (ann, bob):
        assert got(person.put(f"/api/users/{person.id}", {"name": "A: B"}))["name"] == "A: B"


def test_a_status_may_have_only_words_or_only_an_emoji(api: Api) -> None:
    ann = api.person("ann")
    words = got(ann.put(f"/api/users/{ann.id}", {"status": {"text": "lunch"}}))["status"]
    assert words == {"emoji": profiles.USUAL_EMOJI, "text": "lunch"}
    assert got(ann.put(f"/api/users/{ann.id}", {"status": {"emoji": "🤒"}}))["status"] == {"emoji": "🤒"}


def test_a_status_ends_by_itself(api: Api) -> None:
    ann = api.person("ann")
    got(ann.put(f"/api/users/{ann.id}", {"status": WHOLE["status"]}))
    with api.node.store.reading() as connection:
        row = users.by_id(connection, ann.id)
    assert row is not None
    past = row._replace(status_until=datetime.now(UTC))
    assert isinstance(people.shown(row, api.node.presence).status, Status)
    assert not isinstance(people.shown(past, api.node.presence).status, Status)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "x" * 65}, "unfit_display_name"),
        ({"name": "A\u202enn"}, "unfit_display_name"),
        ({"name": "everyone"}, "unfit_display_name"),
        ({"name": "removed  USER"}, "unfit_display_name"),
        ({"nickname": "Removed user"}, "unfit_nickname"),
        ({"status": {"emoji": "ab"}}, "not_an_emoji"),
        ({"status": {"text": "x" * 81}}, "too_long"),
        ({"status": {"text": "x", "until": "2020-01-01T00:00:00Z"}}, "invalid"),
        ({"status": {"text": "x", "until": "2050-01-01T00:00:00"}}, "invalid"),
        ({"status": "here"}, "invalid"),
        ({"status": {"text": "a\x1bb"}}, "invalid_text"),
        ({"timezone": "Berlin"}, "unknown_timezone"),
        ({"timezone": "../../etc/passwd"}, "unknown_timezone"),
        ({"name": 5}, "invalid"),
        ({}, "incomplete"),
    ],
)
def test_what_will_not_do_changes_nothing(shared: Api, shared_person: Caller, change: object, code: str) -> None:
    before = got(shared_person.get(f"/api/users/{shared_person.id}"))
    refused(shared_person.put(f"/api/users/{shared_person.id}", change), 400, code)
    assert got(shared_person.get(f"/api/users/{shared_person.id}")) == before


def test_what_is_partly_refused_changes_nothing(api: Api) -> None:
    ann = api.person("ann")
    api.person("bob")
    refused(ann.put(f"/api/users/{ann.id}", {"name": "Annie", "nickname": "Bob"}), 400, "taken")
    refused(ann.put(f"/api/users/{ann.id}", {"nickname": "annie", "timezone": "Nowhere"}), 400, "unknown_timezone")
    found = got(ann.get(f"/api/users/{ann.id}"))
    assert ("name" in found, found["nickname"]) == (False, "ann")


def test_nobody_changes_the_profile_of_another_not_even_an_admin(make_api: Any) -> None:
    api = make_api(admins=("root",))
    root, ann = api.person("root"), api.person("ann")
    for person in (root, api.person("bob")):
        refused(person.put(f"/api/users/{ann.id}", {"name": "Mud"}), 403, "denied")
        refused(person.put(f"/api/users/{ann.id}", {"name": "Mud", "banned": True}), 403, "denied")
    refused(api.anonymous().put(f"/api/users/{ann.id}", {"name": "Mud"}), 401, "unauthenticated")


class TestPreferences:
    """What nobody else sees."""

    def test_they_are_as_usual_until_they_are_changed(self, api: Api) -> None:
        ann = api.person("ann")
        path = f"/api/users/{ann.id}/preferences"
        assert got(ann.get(path)) == {"theme": "system", "typing": True}
        assert got(ann.patch(path, {"theme": "dark"})) == {"theme": "dark", "typing": True}
        assert got(ann.patch(path, {"typing": False})) == {"theme": "dark", "typing": False}
        assert got(ann.get(path)) == {"theme": "dark", "typing": False}
        assert not {"theme", "typing"} & got(ann.get(f"/api/users/{ann.id}")).keys()

    def test_they_are_of_oneself_only(self, api: Api) -> None:
        ann, bob = api.person("ann"), api.person("bob")
        path = f"/api/users/{ann.id}/preferences"
        for refusal in (bob.get(path), bob.patch(path, {"theme": "dark"})):
            refused(refusal, 403, "denied")
        for refusal in (api.anonymous().get(path), api.anonymous().patch(path, {"theme": "dark"})):
            refused(refusal, 401, "unauthenticated")
        refused(ann.patch(path, {"theme": "pink"}), 400, "invalid")
        assert got(ann.get(path))["theme"] == "system"
