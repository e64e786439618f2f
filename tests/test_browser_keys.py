"""Keys for everything: the switcher of rooms, from room to room, and the list of all of them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browsing import Desk, Window
from tests.running import RunningServer
from tests.seating import make_room
from tests.test_browser_rooms import link


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("keys") / "instance").start()
    yield running
    running.stop()


def at_home(server: RunningServer, desk: Desk, name: str, *rooms: str) -> Window:
    """Somebody who is in these rooms."""
    window = desk.window(server).register(name)
    for room in rooms:
        make_room(server, room, [name])
    window.page.reload()
    for room in rooms:
        expect(window.page.get_by_role("navigation", name="Rooms").get_by_role("link", name=room)).to_be_visible()
    return window.ready()


def test_a_few_letters_and_enter_lead_to_a_room(server: RunningServer, desk: Desk) -> None:
    ana = at_home(server, desk, "Ana", "Ótica", "plans for optics", "Kitchen")
    keyboard, here = ana.page.keyboard, ana.page.locator(".room .name")
    options = ana.page.get_by_role("listbox").get_by_role("option")
    ana.field.fill("a draft")
    keyboard.press("Control+k")
    expect(ana.page.get_by_role("combobox", name="Room or person")).to_be_focused()
    expect(options).to_have_text(["Kitchen", "Ótica", "plans for optics", "general"])  # where one is comes last
    keyboard.type("OPTI")
    expect(options).to_have_text(["plans for optics"])
    keyboard.press("Escape")
    expect(ana.page.get_by_role("dialog")).to_have_count(0)
    expect(ana.field).to_be_focused()
    keyboard.press("Control+k")
    keyboard.type("otica")
    keyboard.press("Enter")
    expect(here).to_have_text("Ótica")
    expect(ana.field).to_be_focused()
    keyboard.press("Control+k")
    keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    chosen = options.nth(1).inner_text().strip()
    keyboard.press("Enter")
    expect(here).to_have_text(chosen)
    keyboard.press("Control+k")
    keyboard.type("nothing of the kind")
    expect(ana.page.get_by_text("No room and nobody is called so.")).to_be_visible()
    keyboard.press("Enter")
    keyboard.press("Control+k")
    expect(ana.page.get_by_role("dialog")).to_have_count(0)


def test_from_room_to_room(server: RunningServer, desk: Desk) -> None:
    ana = at_home(server, desk, "Walker", "east", "west")
    here = ana.page.locator(".room .name")
    for key, name in (("ArrowDown", "west"), ("ArrowDown", "west"), ("ArrowUp", "general"), ("ArrowUp", "east")):
        ana.page.keyboard.press(f"Alt+{key}")
        expect(here).to_have_text(name)
    expect(ana.field).to_be_focused()

    # With Shift, past what is read, and round.
    host = server.register("Newsman")
    news = make_room(server, "news", ["Walker", "Newsman"])
    ana.page.reload()
    with host.chat() as chat:
        chat.post("something new", room=news)
    expect(link(ana, "news")).to_have_accessible_name(re.compile("1 unread"))
    ana.page.keyboard.press("Alt+ArrowDown")
    expect(here).to_have_text("general")
    ana.page.keyboard.press("Alt+Shift+ArrowUp")
    expect(here).to_have_text("news")


def test_a_letter_does_something_with_a_message(server: RunningServer, desk: Desk) -> None:
    ana = at_home(server, desk, "Letters")
    message = ana.post("by one letter")
    keyboard, menu = ana.page.keyboard, ana.page.get_by_role("menu", name="Actions")
    ana.log.focus()
    keyboard.press("ArrowUp")
    keyboard.press("e")
    expect(ana.page.get_by_text("Changing your message")).to_be_visible()
    keyboard.press("Escape")
    message.focus()
    keyboard.press("m")
    expect(menu.get_by_role("menuitem", name="React")).to_be_focused()
    keyboard.press("End")
    keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    keyboard.press("Escape")
    expect(message).to_be_focused()
    keyboard.press("m")
    expect(menu).to_be_visible()
    keyboard.press("e")  # the key of an action does it from the menu too
    expect(menu).to_be_hidden()
    expect(ana.field).to_have_value("by one letter")
    keyboard.press("Escape")
    message.focus()
    keyboard.press("Delete")
    expect(message.get_by_role("button", name="Delete", exact=True)).to_be_focused()
    keyboard.press("Escape")
    expect(message).to_be_focused()


def test_the_list_of_keys(server: RunningServer, desk: Desk) -> None:
    ana = at_home(server, desk, "Curious")
    window = ana.page.get_by_role("dialog", name="Keyboard shortcuts")
    ana.field.press("?")
    expect(ana.field).to_have_value("?")  # in the field it is a question mark
    expect(window).to_be_hidden()
    ana.log.focus()
    ana.page.keyboard.press("?")
    expect(window).to_be_visible()
    expect(window).to_contain_text("everything is read, in all rooms")
    expect(window.locator("div").filter(has_text="edit")).to_have_text("Eedit")  # as the table of actions has it
    ana.page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    ana.field.press("Control+/")
    expect(window).to_be_visible()
    window.get_by_role("button", name="Close").click()
    ana.page.get_by_role("button", name=re.compile("account")).click()
    ana.page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(window).to_be_visible()
