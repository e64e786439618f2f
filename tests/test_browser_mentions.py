"""Mentions in the page: whom an @ may mean, how it looks, and who is told of it, on every device until it is read."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import PHONE, Desk, Window
from tests.running import RunningServer
from tests.seating import make_room
from tests.test_browser_axe import AXE, violations
from tests.test_browser_rooms import enter, link
from tests.test_browser_unread import ICON

RED = "c9302c"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("mentions") / "instance").start()
    for number in range(12):
        running.register(f"Guest {number}")
    yield running
    running.stop()


def calls(window: Window, name: str) -> Locator:
    """The badge beside a room."""
    return link(window, name).locator(".calls")


def whom(window: Window) -> Locator:
    """The list of those who may be meant."""
    return window.page.get_by_role("listbox", name="People in this room")


def test_somebody_is_chosen_called_on_every_device_and_reads_it_once(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Ana Lee"), desk.window(server).register("Ben")
    room = make_room(server, "desk", ["Ana Lee", "Ben", "Guest 1"])
    for window in (ana, ben):
        window.page.reload()
        window.ready()
    phone = desk.window(server, **PHONE).sign_in("Ana Lee")

    enter(ben, "desk")
    ben.field.press_sequentially("look, @LE")
    expect(whom(ben).get_by_role("option")).to_have_text([re.compile("Ana Lee")])
    expect(whom(ben).get_by_role("option", selected=True)).to_have_count(1)
    ben.page.evaluate(AXE.read_text())
    assert violations(ben.page) == []
    expect(ben.field).to_have_attribute("aria-activedescendant", "composer-whom-0")
    ben.field.press("Escape")
    expect(whom(ben)).to_be_hidden()
    ben.field.press_sequentially("e and @")
    expect(whom(ben).get_by_role("option", selected=True)).to_have_count(0)  # Enter sends
    ben.field.press_sequentially("g")
    expect(whom(ben).get_by_role("option")).to_have_text([re.compile("Guest 1")])
    ben.field.fill("look, @a")
    expect(whom(ben).get_by_role("option", selected=True)).to_have_text(re.compile("Ana Lee"))
    ben.field.press("ArrowDown")
    ben.field.press("ArrowUp")
    ben.field.press("Enter")
    expect(ben.field).to_have_value('look, @"Ana Lee" ')
    ben.field.press("Enter")
    expect(ben.message("look, @Ana Lee").locator(".mention")).to_have_text("@Ana Lee")
    expect(ben.message("look, @Ana Lee")).not_to_have_class(re.compile("called"))

    for device in (ana, phone):
        expect(device.page).to_have_title("@1 (1) general – Parley")
        device.page.wait_for_function(f"{ICON}.includes('{RED}')")
    expect(calls(ana, "desk")).to_have_text("@1")
    expect(link(ana, "desk")).to_have_accessible_name(re.compile("desk.*1 unread, 1 for you"))
    ben.field.press_sequentially("well done :tada")
    expect(ben.page.get_by_role("listbox", name="Emoji").get_by_role("option")).to_have_text([re.compile(":tada:")])
    ben.field.press("Enter")
    expect(ben.field).to_have_value("well done 🎉 ")
    ben.say("and this is for nobody")
    expect(ana.page).to_have_title("@1 (2) general – Parley")
    enter(ana, "desk")
    expect(ana.message("look, @Ana Lee")).to_have_class(re.compile("called"))
    expect(ana.message("look, @Ana Lee").locator(".mention")).to_have_class(re.compile("mine"))
    for device, title in ((ana, "desk – Parley"), (phone, "general – Parley")):
        expect(device.page).to_have_title(title)
    expect(calls(ana, "desk")).to_be_empty()

    enter(ana, "general")
    ben.act("for nobody", "Edit")
    ben.say('and this is for @"ana lee"')
    expect(ana.page).to_have_title("@1 general – Parley")  # it was read, but not that it is for her
    ana.page.reload()
    ana.ready()
    expect(calls(ana, "desk")).to_have_text("@1")
    phone.page.context.set_offline(True)
    phone.page.evaluate("dispatchEvent(new Event('offline'))")
    ben.delete("and this is for")
    expect(ana.page).to_have_title("general – Parley")
    phone.page.context.set_offline(False)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.page).to_have_title("general – Parley")
    assert room


def test_beyond_what_is_loaded_the_server_counts(server: RunningServer, desk: Desk) -> None:
    eve = desk.window(server).register("Eve")
    room = make_room(server, "long", ["Eve", "Guest 2"])
    with server.sign_in("Guest 2", 0).chat() as chat:
        first = chat.post("@eve first", room=room)
        for number in range(70):
            chat.post(f"{number}", room=room)
        chat.post("@eve last", room=room)
        eve.page.reload()
        eve.ready()
        expect(calls(eve, "long")).to_have_text("@2")
        chat.send({"type": "delete", "key": "gone", "message": first["message"]})
        expect(calls(eve, "long")).to_have_text("@1")
        chat.post("@room", room=room)
        expect(calls(eve, "long")).to_have_text("@2")
    eve.page.keyboard.press("Shift+Escape")
    expect(calls(eve, "long")).to_be_empty()


def test_a_whole_room_is_not_called_by_accident(server: RunningServer, desk: Desk) -> None:
    cy, dan = desk.window(server).register("Cy"), desk.window(server).register("Dan")
    caution = cy.page.get_by_role("alertdialog")
    cy.field.press_sequentially("@roo")
    expect(whom(cy).get_by_role("option", selected=True)).to_have_text(
        re.compile("room.*everybody in this room", re.DOTALL)
    )
    expect(whom(cy).get_by_role("option")).to_have_count(1)
    cy.field.press("Tab")
    cy.field.press_sequentially("lunch")
    cy.field.press("Enter")
    expect(caution).to_have_text(re.compile(r"This notifies \d\d people in general"))
    expect(caution.get_by_role("button", name="Send")).to_be_focused()
    cy.page.evaluate(AXE.read_text())
    assert violations(cy.page) == []
    cy.page.keyboard.press("Escape")
    expect(caution).to_be_hidden()
    expect(cy.field).to_be_focused()
    expect(cy.field).to_have_value("@room lunch")
    cy.field.press("Enter")
    caution.get_by_role("button", name="Back").click()
    expect(caution).to_be_hidden()
    assert cy.texts() == []
    cy.field.press("Enter")
    caution.get_by_role("button", name="Send").press("Enter")
    expect(dan.message("lunch")).to_have_class(re.compile("called"))
    expect(dan.page.locator("#announcer")).to_have_text("Cy mentions you: @room lunch")
    expect(dan.message("lunch").locator(".mention")).to_have_text("@room")

    make_room(server, "small", ["Cy", "Dan"])
    cy.page.reload()
    cy.ready()
    enter(cy, "small")
    cy.say("@room, the two of us")
    expect(cy.message("the two of us")).to_be_visible()


def test_a_mention_says_who_it_is_by_mouse_and_by_keyboard(server: RunningServer, desk: Desk) -> None:
    flo, gus = desk.window(server).register("Flo"), desk.window(server).register("Gus")
    flo.say("ask @gus")
    expect(gus.message("ask")).to_have_class(re.compile("called"))
    gus.message("ask").get_by_role("button", name="@Gus").click()
    expect(gus.page.get_by_role("dialog")).to_contain_text("Gus")
    card = flo.page.get_by_role("dialog")
    flo.message("ask").focus()
    flo.message("ask").get_by_role("button", name="@Gus").focus()
    flo.page.keyboard.press("Enter")
    expect(card).to_contain_text("Gus")
    card.get_by_role("button", name="Mention").click()
    expect(flo.field).to_have_value("@Gus ")
