"""Pinned messages, between two: pinned, listed, gone to and taken off."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import Desk, Window
from tests.running import Person, RunningServer
from tests.test_browser_rooms import enter
from tests.test_browser_threads import number


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("pins") / "instance").start()
    yield running
    running.stop()


def pins(window: Window) -> Locator:
    """The button in the bar that says how many there are."""
    return window.page.get_by_role("button", name=re.compile("pinned messages"))


def test_a_pinned_message_stays_in_sight(desk: Desk, server: RunningServer, host: Person) -> None:
    room = host.request("POST", "/api/rooms", json={"name": "Board"}).json()["id"]
    ana, ben = (desk.window(server).register(name) for name in ("Ana", "Ben"))
    for window in (ana, ben):
        host.request("PUT", f"/api/rooms/{room}/members/{number(window)}")
        enter(window, "Board")
    ana.say("the house rules")
    ana.expect_texts("the house rules")
    expect(pins(ana)).to_be_hidden()
    ana.message("the house rules").focus()
    ana.page.keyboard.press("p")
    for window in (ana, ben):
        expect(window.message("the house rules")).to_contain_text("Pinned by Ana")
        expect(pins(window)).to_contain_text("1")
    for line in range(60):
        ben.context.request.post(
            f"{server.url}/api/messages",
            data={"source": f"line {line}", "room": room},
            headers={"Origin": server.url},
        )
    ben.say("and another")
    ben.act("and another", "Pin")
    expect(pins(ana)).to_contain_text("2")

    # Who comes later finds both, the latest first, and goes to what is far up.
    ana.page.reload()
    ana.ready()
    pins(ana).click()
    board = ana.page.get_by_role("dialog", name="Pinned messages")
    expect(board.locator(".text")).to_have_text(["and another", "the house rules"])
    board.get_by_role("listitem").filter(has_text="and another").get_by_role("button", name="Unpin").click()
    expect(board.locator(".text")).to_have_text(["the house rules"])
    expect(pins(ben)).to_contain_text("1")

    ben.open(f"/rooms/{room}")
    ben.ready()
    pins(ben).click()
    ana.page.keyboard.press("Escape")
    expect(board).to_be_hidden()
    host.request("DELETE", f"/api/rooms/{room}/members/{number(ben)}")
    expect(pins(ben)).to_be_hidden()


def test_in_the_general_room_not_everybody_pins(desk: Desk, server: RunningServer, host: Person) -> None:
    with host.chat() as chat:
        posted = chat.post("worth keeping")["message"]
        chat.send({"type": "pin", "key": "pin", "message": posted, "on": True})
        chat.answer("pin")
    eve = desk.window(server).register("Eve")
    expect(pins(eve)).to_contain_text("1")
    eve.message("worth keeping").hover()
    eve.message("worth keeping").get_by_role("button", name="More actions").click()
    menu = eve.page.get_by_role("menu", name="Actions")
    expect(menu.get_by_role("menuitem", name="Reply in thread")).to_be_visible()
    expect(menu.get_by_role("menuitem", name="Pin")).to_have_count(0)
