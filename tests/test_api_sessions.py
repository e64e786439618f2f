"""Where somebody is signed in, and the tokens of their programs: listed, and ended one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from parley.core.sessions import NOTED_EVERY
from parley.store.batch import Batch, Command
from parley.store.tables import tokens
from tests.api import Api, Caller, got, refused
from tests.stores import Nothing

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}


@dataclass(slots=True)
class Rest(Command):
    """All tokens were used the last time so long ago."""

    ago: timedelta

    def apply(self, batch: Batch) -> None:
        """Write it."""
        batch.connection.execute(update(tokens).values(used_at=batch.now - self.ago))


def devices(caller: Caller) -> list[tuple[str, bool]]:
    """The list, shortly."""
    return [(each["device"], each["current"]) for each in got(caller.get("/api/sessions"))["sessions"]]


def test_the_browsers_are_listed_the_last_used_first(api: Api) -> None:
    firefox = api.browser()
    firefox.headers |= FIREFOX
    got(firefox.post("/sign-in", {"nickname": "Ann", "password": "correct horse", "create": True}), 201)
    other = api.browser("Ann")
    api.browser("Bob")
    assert devices(firefox) == [("", False), ("Firefox on Linux", True)]
    assert devices(other) == [("", True), ("Firefox on Linux", False)]
    found = got(firefox.get("/api/sessions"))["sessions"]
    assert not {"hash", "secret", "token"} & found[0].keys()
    assert got(firefox.get("/api/tokens")) == {"tokens": []}


def test_ending_one_session_ends_no_other(api: Api) -> None:
    here, there, bob = api.browser("Ann"), api.browser("Ann"), api.browser("Bob")
    program = api.program(1)
    listed = got(here.get("/api/sessions"))["sessions"]
    number = next(each["id"] for each in listed if not each["current"])
    for stranger, status in ((bob, 404), (api.anonymous(), 401)):
        assert stranger.delete(f"/api/sessions/{number}").status_code == status
    refused(program.delete(f"/api/tokens/{number}"), 404, "not_found")  # a session is no token
    got(there.get("/api/users"))
    assert here.delete(f"/api/sessions/{number}").status_code == 204
    refused(there.get("/api/users"), 401, "unauthenticated")
    refused(here.delete(f"/api/sessions/{number}"), 404, "not_found")
    for stays in (here, bob, program):
        got(stays.get("/api/users"))


def test_ending_all_others_spares_this_one_programs_and_people(api: Api) -> None:
    here, *others = (api.browser("Ann") for _ in range(3))
    bob, program = api.browser("Bob"), api.program(1)
    assert here.delete("/api/sessions").status_code == 204
    for other in others:
        refused(other.get("/api/users"), 401, "unauthenticated")
    for stays in (here, bob, program):
        got(stays.get("/api/users"))


def test_a_page_gets_tokens_with_labels_and_ends_them_one_by_one(api: Api) -> None:
    ann, bob = api.browser("Ann"), api.browser("Bob")
    one = got(ann.post("/api/tokens", {"label": "  the   backup "}))
    two = got(ann.post("/api/tokens"))
    assert (one["label"], two["label"]) == ("the backup", "")
    program = api.anonymous(Authorization=f"Bearer {one['token']}")
    found = got(program.get("/api/tokens"))["tokens"]
    assert [(each["id"], each["label"], each["current"]) for each in found] == [
        *((two["id"], "", False), (one["id"], "the backup", True))
    ]
    assert one["token"] not in str(found)
    refused(bob.delete(f"/api/tokens/{one['id']}"), 404, "not_found")
    assert ann.delete(f"/api/tokens/{one['id']}").status_code == 204
    refused(program.get("/api/tokens"), 401, "unauthenticated")
    got(api.anonymous(Authorization=f"Bearer {two['token']}").get("/api/tokens"))


def test_a_token_makes_no_token_and_a_stranger_s_page_neither(api: Api) -> None:
    ann, browser = api.person("Ann"), api.browser("Bob")
    refused(ann.post("/api/tokens", {"label": "more"}), 401, "unauthenticated")
    browser.headers = {"Origin": "https://evil.example"}
    refused(browser.post("/api/tokens"), 403, "foreign_origin")


def test_a_label_that_will_not_do(api: Api) -> None:
    ann = api.browser("Ann")
    refused(ann.post("/api/tokens", {"label": "x" * 65}), 400, "too_long")
    refused(ann.post("/api/tokens", {"label": 5}), 400, "invalid")
    assert got(ann.get("/api/tokens")) == {"tokens": []}


def test_use_is_noted_once_an_hour(api: Api) -> None:
    ann = api.person("Ann")

    def used() -> list[object]:
        api.node.store.run(Nothing())
        with api.node.store.reading() as connection:
            return list(connection.scalars(select(tokens.c.used_at)))

    for ago, noted in ((NOTED_EVERY / 2, False), (NOTED_EVERY * 2, True)):
        api.node.store.run(Rest(ago))
        before = used()
        got(ann.get("/api/users"))
        assert (used() != before) is noted


def test_a_page_gets_tokens_no_faster_than_one_may_post(make_api: Callable[..., Api]) -> None:
    ann = make_api(post_rate="2/day").browser("Ann")
    for _ in range(2):
        got(ann.post("/api/tokens"))
    refused(ann.post("/api/tokens"), 429, "rate_limited")
