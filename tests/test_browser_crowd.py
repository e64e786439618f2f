"""More people online than the server tells everybody of: the page shows those it may know of, and counts all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import Desk
from tests.crowds import CROWD, Crowd, crowded
from tests.test_browser_members import details, link


@pytest.fixture
def crowd(instance: Path) -> Iterator[Crowd]:
    with crowded(instance) as crowd:
        yield crowd


def test_who_speaks_in_a_crowd_is_shown_and_who_is_shown_is_shown_rightly(crowd: Crowd, desk: Desk) -> None:
    ana = desk.window(crowd.server).register("Ana")
    people = ana.page.get_by_role("complementary", name="People online")
    total = people.locator("[data-total]")
    expect(people.get_by_text("Person Number 7", exact=True)).to_be_visible()
    expect(total).to_have_text(str(CROWD + 1))

    # One of many comes: a number, and no name. Who speaks is somebody, and Ana's page hears when they leave.
    other = crowd.others[0]
    listed = people.get_by_text(other.nickname, exact=True)
    with other.chat() as chat:
        expect(total).to_have_text(str(CROWD + 2))
        assert listed.count() == 0
        chat.post("hello, all of you")
        expect(ana.message("hello, all of you")).to_be_visible()
        expect(listed).to_be_attached()
    expect(listed).to_have_count(0)
    expect(total).to_have_text(str(CROWD + 1))

    # Of whom one has a conversation with, one knows as well; and the members of a room are found by their names.
    partner = crowd.others[1]
    me = ana.page.evaluate("Number(document.body.dataset.userId)")
    room = partner.request("POST", "/api/rooms", json={"kind": "direct", "members": [me]}).json()["id"]
    with partner.chat() as chat:
        chat.post("psst", room=room)
        expect(link(ana, partner.nickname)).to_contain_text("online")
    partner.request("DELETE", "/api/tokens").raise_for_status()
    expect(link(ana, partner.nickname)).not_to_contain_text("online")
    general = details(ana, "general")
    expect(general.get_by_role("list", name="Members").get_by_role("listitem")).to_have_count(50)
    general.get_by_role("button", name="More members").click()
    expect(general.get_by_role("list", name="Members").get_by_role("listitem")).to_have_count(100)
    general.get_by_role("searchbox", name="Find a member").fill("number 77")
    expect(general.get_by_role("list", name="Members").get_by_role("listitem").locator(".author")).to_have_text(
        ["Person Number 77"]
    )
    ana.page.keyboard.press("Escape")

    # Somebody of the list leaves.
    crowd.members.pop(6).request("DELETE", "/api/tokens").raise_for_status()
    expect(people.get_by_text("Person Number 7", exact=True)).to_have_count(0)

    # The crowd goes: everybody who is left is listed again, spoken or not.
    eve = desk.window(crowd.server).register("Eve")
    expect(total).to_have_text(str(CROWD + 1))
    crowd.go()
    for window in (ana, eve):
        people = window.page.get_by_role("complementary", name="People online")
        expect(people.locator("li .author")).to_have_text(["Ana", "Eve"])
        expect(people.locator("[data-total]")).to_have_text("2")
