"""Windows, cards and panels, however slow they are and however fast the hands: no press, key or focus is lost."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browsing import Desk, Window
from tests.nodes import until
from tests.pictures import picture
from tests.running import Person, RunningServer

GO = "(path) => { history.pushState(null, '', path); dispatchEvent(new Event('popstate')); }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("windows") / "instance", {"PREVIEWS": "off"}).start()
    yield running
    running.stop()


class Slow:
    """A part of the page that does not come before it is let through."""

    def __init__(self, page: Page, name: str) -> None:
        self._held: list[Route] = []
        self._page = page
        page.route(f"**/html/{name}.html", lambda route: self._held.append(route))

    def wanted(self) -> None:
        """Wait until the page asks for it."""
        until(lambda: bool(self._page.evaluate("true") and self._held))

    def come(self) -> None:
        for route in self._held:
            route.continue_()


def dialogs(window: Window) -> Locator:
    return window.page.get_by_role("dialog")


def test_what_is_typed_before_a_window_is_there_is_not_lost(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Typist")
    keyboard = ana.page.keyboard
    settings = Slow(ana.page, "settings")
    switcher = Slow(ana.page, "switcher")
    ana.page.reload()
    ana.ready()
    keyboard.press("Control+,")
    settings.wanted()
    keyboard.type("for the room")
    expect(ana.field).to_have_value("for the room")
    settings.come()
    expect(dialogs(ana)).to_be_visible()
    keyboard.press("Escape")
    keyboard.type(", all of it")
    expect(ana.field).to_have_value("for the room, all of it")

    # Into the switcher one types; whoever presses Esc does not want it.
    keyboard.press("Control+k")
    keyboard.type("gen")
    keyboard.press("Escape")
    keyboard.type(".")
    expect(ana.field).to_have_value("for the room, all of it.")
    switcher.wanted()
    switcher.come()
    expect(ana.page.locator(".switcher")).to_be_attached()
    keyboard.press("Control+k")
    keyboard.type("gen")
    expect(ana.page.get_by_role("combobox", name="Room or person")).to_have_value("gen")
    keyboard.press("Escape")
    expect(ana.field).to_be_focused()


def test_a_panel_that_is_slow_stands_there_once(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Hasty")
    with host.chat() as chat:
        roots = [chat.post(text)["message"] for text in ("one root", "another root")]
    thread = ana.page.get_by_role("complementary", name="Thread")
    for name, panel, paths in (
        ("search", ana.page.get_by_role("search"), ["/search", "/rooms/1", "/search"]),
        ("thread", thread, [f"/rooms/1/threads/{root}" for root in roots]),
    ):
        slow = Slow(ana.page, name)
        for path in paths:
            ana.page.evaluate(GO, path)
            slow.wanted()
        slow.come()
        expect(panel).to_be_visible()
        expect(ana.page.locator(f"#{name}")).to_have_count(1)
    expect(thread.locator("[data-part=text]")).to_have_text("another root")


def test_a_picture_that_does_not_come_is_asked_for_once(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Faceless One")
    body, kind = picture(size=(96, 96)), {"Content-Type": "application/octet-stream"}
    number = ana.page.locator("body").get_attribute("data-user-id")
    asked: list[Request] = []
    ana.page.on("requestfailed", lambda request: asked.append(request) if "/pictures/" in request.url else None)
    ana.page.route("**/pictures/**", lambda route: route.abort())
    put = ana.page.request.put(
        f"{server.url}/api/users/{number}/picture", data=body, headers={**kind, "Origin": server.url}
    )
    assert put.ok
    ana.page.reload()
    ana.ready()
    face = ana.page.locator("#me .avatar")
    expect(face).to_have_text("FO")
    expect(ana.page.get_by_role("complementary").get_by_text("Faceless One")).to_be_visible()
    expect(ana.page.locator(".avatar img")).to_have_count(0)
    first = len(asked)
    for text in ("one", "two", "three"):
        host.request("POST", "/api/messages", json={"source": f"{text} for the faceless"})
        expect(ana.message(f"{text} for the faceless")).to_be_visible()
    expect(face).to_have_text("FO")
    assert len(asked) == first > 0, "by each place that shows it"


def test_ones_own_card_leads_to_ones_profile(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Owner")
    ana.say("mine")
    ana.message("mine").get_by_role("button", name="Owner").click()
    card = ana.page.locator(".card-of-person")
    expect(card.get_by_role("button")).to_have_text(["Edit profile"])
    expect(card.get_by_role("button")).to_be_focused()
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("tabpanel", name="Profile")).to_be_visible()
    ana.page.keyboard.press("Escape")
    expect(dialogs(ana)).to_have_count(0)


def test_the_list_of_threads_keeps_the_focus(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Follower")
    ana.say("whose turn is it?")
    ana.expect_texts(*ana.texts())
    root = host.request("GET", "/api/messages?room=1").json()["messages"][-1]["id"]
    reply = {"source": "hers", "room": 1, "reply_to": root}
    assert host.request("POST", "/api/messages", json=reply).status_code == 201
    ana.page.get_by_role("button", name=re.compile("^Threads")).click()
    link = dialogs(ana).get_by_role("link")
    link.focus()
    host.request("POST", "/api/messages", json={"source": "meanwhile"})
    expect(ana.page.get_by_text("meanwhile")).to_be_visible()
    expect(link).to_be_focused()
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("complementary", name="Thread")).to_contain_text("hers")
