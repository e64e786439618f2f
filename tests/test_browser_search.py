"""Search in the page: as one types, in what one may read; a result opens its message, and the way back is back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import PHONE, Desk, Window
from tests.running import Person, RunningServer
from tests.seating import make_room
from tests.test_browser_looks import violations


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("search") / "instance", {"PREVIEWS": "off"}).start()
    yield running
    running.stop()


def found(window: Window) -> Locator:
    """The results."""
    return window.page.get_by_role("search").get_by_role("listitem")


def test_what_is_typed_is_found_and_opened(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Ana")
    room = make_room(server, "kitchen", ["Host", "Ana"])
    with host.chat() as chat:
        cake = chat.post("The chocolate cake is in the kitchen", room=room)["message"]
        for number in range(80):
            chat.post(f"filler {number}", room=room)
        chat.post("another cake, elsewhere")
    ana.open("/").ready()
    ana.log.focus()
    ana.page.keyboard.press("/")
    field = ana.page.get_by_role("searchbox", name="Search messages")
    expect(field).to_be_focused()
    ana.page.keyboard.type("cake")
    expect(found(ana)).to_have_count(2)
    expect(found(ana).locator("mark")).to_have_text(["cake", "cake"])
    expect(ana.page).to_have_url(re.compile(r"/search\?q=cake$"))
    assert violations(ana.page) == []
    expect(found(ana).filter(has_text="chocolate")).to_contain_text(re.compile(r"Host in kitchen · Today, \d\d:\d\d"))

    # A hint narrows it down, by a name that is completed.
    ana.page.get_by_role("button", name="in:", exact=True).click()
    ana.page.keyboard.type("kit")
    ana.page.get_by_role("button", name="kitchen", exact=True).last.click()
    expect(field).to_have_value("cake in:kitchen ")
    expect(found(ana)).to_have_count(1)

    # By keyboard to the message, which stands beside what was found; back, and by reload.
    field.press("ArrowDown")
    ana.page.keyboard.press("Enter")
    expect(ana.page).to_have_url(re.compile(rf"/rooms/{room}/messages/{cake}\?q=cake\+in%3Akitchen$"))
    expect(ana.message("chocolate cake")).to_be_focused()
    expect(found(ana)).to_have_count(1)
    ana.page.go_back()
    expect(ana.page).to_have_url(re.compile(r"/search\?"))
    expect(found(ana)).to_have_count(1)
    ana.page.reload()
    expect(field).to_have_value("cake in:kitchen")
    expect(found(ana)).to_have_count(1)

    # What is deleted is found no longer; and what is not there is said.
    assert host.request("DELETE", f"/api/messages/{cake}").is_success
    expect(found(ana)).to_have_count(0)
    expect(ana.page.get_by_text("Nothing was found.")).to_be_visible()
    field.fill("before:never")
    expect(ana.page.get_by_role("search").get_by_role("status")).to_contain_text("Write a day after before:")
    field.fill("")
    expect(ana.page.get_by_role("search").get_by_role("status")).to_contain_text("Words, parts of words")
    ana.field.press("Escape")  # where one writes, as well
    expect(field).to_be_hidden()
    expect(ana.field).to_be_focused()


def test_only_here_newest_first_and_further_pages(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Pager")
    room = make_room(server, "numbers", ["Host", "Pager"])
    with host.chat() as chat:
        for number in range(25):
            chat.post(f"tally {number}", room=room)
        chat.post("tally elsewhere")
    ana.open(f"/rooms/{room}").ready()
    ana.page.get_by_role("link", name="Search messages").click()
    ana.page.get_by_role("searchbox").fill("tally")
    ana.page.get_by_label("Order").select_option("Newest first")
    expect(found(ana).first).to_contain_text("tally elsewhere")
    ana.page.get_by_role("checkbox", name="In numbers").check()
    expect(found(ana).first).to_contain_text("tally 24")
    expect(found(ana)).to_have_count(20)
    ana.page.route("**/api/search?*before=*", lambda route: route.abort(), times=1)
    ana.page.get_by_role("button", name="More results").click()
    expect(ana.page.get_by_text("The server cannot be reached.")).to_be_visible()
    expect(found(ana)).to_have_count(20)
    ana.page.get_by_role("button", name="More results").click()
    expect(found(ana)).to_have_count(25)
    expect(ana.page.get_by_role("button", name="More results")).to_be_hidden()


def test_whoever_was_removed_finds_nothing_of_it(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Removed")
    me = next(each["id"] for each in host.get("/api/users", q="Removed").json()["users"])
    room = host.request("POST", "/api/rooms", json={"name": "vault", "kind": "private"}).json()["id"]
    assert host.request("PUT", f"/api/rooms/{room}/members/{me}").is_success
    with host.chat() as chat:
        assert chat.post("the combination", room=room)["type"] == "ack"
    ana.open("/search?q=combination")
    expect(found(ana)).to_have_count(1)
    assert host.request("DELETE", f"/api/rooms/{room}/members/{me}").is_success
    expect(ana.page.get_by_role("link", name="vault")).to_have_count(0)
    ana.open("/search?q=combination")
    expect(ana.page.get_by_text("Nothing was found.")).to_be_visible()
    expect(found(ana)).to_have_count(0)


def test_on_a_phone_it_is_a_screen_of_its_own(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server, **PHONE).register("Finger")
    with host.chat() as chat:
        chat.post("a needle")
    expect(ana.message("a needle")).to_be_visible()
    ana.page.get_by_role("link", name="Search messages").tap()
    expect(ana.field).to_be_hidden()
    ana.page.get_by_role("searchbox").fill("needle")
    assert violations(ana.page) == []
    found(ana).get_by_role("link").tap()
    expect(ana.message("a needle")).to_be_in_viewport()
    expect(found(ana).first).to_be_hidden()
    ana.page.go_back()
    expect(found(ana).first).to_be_visible()
