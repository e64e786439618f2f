"""Every view of the page, and how one comes to it from the chat: for pictures of all of them, and for axe."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browsing import Window


def dialog(window: Window, name: str | re.Pattern[str]) -> Locator:
    """The window of the page that is called so, once it is open."""
    found = window.page.get_by_role("dialog", name=name)
    expect(found).to_be_visible()
    return found


def _rooms(window: Window) -> None:
    """The list of rooms, beside the conversation or, on a phone, instead of it."""
    link = window.page.get_by_role("link", name="All rooms")
    if link.is_visible():
        link.click()
    expect(window.page.get_by_role("navigation", name="Rooms")).to_be_visible()


def _beside(window: Window, button: str | re.Pattern[str], name: str | re.Pattern[str]) -> Locator:
    _rooms(window)
    window.page.get_by_role("button", name=button).click()
    return dialog(window, name)


def _new_room(window: Window) -> None:
    _beside(window, "Create a room", "Create a room").get_by_label("Name", exact=True).fill("offsite")


def _browse(window: Window) -> None:
    status = _beside(window, "Browse rooms", "Public rooms").get_by_role("status")
    expect(status).not_to_be_empty()


def _new_message(window: Window) -> None:
    _beside(window, "New message", "New message")


def _room(window: Window) -> None:
    window.page.locator(".bar .room").click()
    expect(window.page.locator(".window[open] li").first).to_be_visible()


def _person(window: Window) -> None:
    window.log.locator("chat-message:not(.event) .byline button").first.click()
    expect(window.page.locator("[popover]:popover-open")).to_be_visible()


def _switcher(window: Window) -> None:
    window.page.keyboard.press("Control+k")
    dialog(window, re.compile("^Go to"))


def _shortcuts(window: Window) -> None:
    window.page.keyboard.press("Control+/")
    dialog(window, "Keyboard shortcuts")


def _account(window: Window) -> None:
    window.page.locator("#me").click()
    dialog(window, "Your account")


def _settings(section: str) -> Callable[[Window], None]:
    def open_it(window: Window) -> None:
        window.page.keyboard.press("Control+,")
        found = dialog(window, "Settings")
        found.get_by_role("tab", name=section).click()
        expect(found.get_by_role("tabpanel", name=section)).to_be_visible()
        if section == "Devices":
            expect(found.get_by_role("listitem").first).to_be_visible()

    return open_it


def _focused(window: Window) -> None:
    window.log.focus()
    window.page.keyboard.press("ArrowUp")


def _menu(window: Window) -> None:
    _focused(window)
    window.page.keyboard.press("m")
    expect(window.page.get_by_role("menu")).to_be_visible()


def _picker(window: Window) -> None:
    _focused(window)
    window.page.keyboard.press("r")
    dialog(window, "React with")


def _notifications(window: Window) -> None:
    _account(window)
    window.page.get_by_role("button", name="Notifications").click()
    dialog(window, "Notifications")


def _why(window: Window) -> None:
    window.log.locator("chat-message:not(.event, .mine)").last.focus()
    window.page.keyboard.press("y")
    expect(dialog(window, re.compile("^Why")).get_by_role("status")).not_to_be_empty()


def _people(window: Window) -> None:
    button = window.page.locator("#people-button")
    if button.is_visible():
        button.click()
    expect(window.page.get_by_role("complementary", name="People online")).to_be_visible()


def _thread(window: Window) -> None:
    window.page.locator("#messages .replies:visible").first.click()
    expect(window.page.get_by_role("complementary", name="Thread").locator("chat-message")).not_to_have_count(0)


def _threads(window: Window) -> None:
    _beside(window, re.compile("^Threads"), "Threads you follow")


def _pins(window: Window) -> None:
    window.page.get_by_role("button", name=re.compile("pinned messages")).click()
    dialog(window, "Pinned messages")


def _search(window: Window) -> None:
    window.page.get_by_role("link", name="Search messages").click()
    window.page.get_by_role("searchbox", name="Search messages").fill("the")
    expect(window.page.get_by_role("search").get_by_role("listitem")).not_to_have_count(0)


def _viewer(window: Window) -> None:
    """A picture of the open room, or else of the room for them."""
    pictures = window.page.locator("#messages .picture")
    if not pictures.count():
        _rooms(window)
        window.page.get_by_role("link", name="photos").click()
    pictures.last.click()
    found = window.page.locator(".viewer img")
    expect(found).to_have_attribute("src", re.compile(r"/files/\d+/(?!thumbnail$)"))
    found.evaluate("(image) => image.decode()")


VIEWS: dict[str, Callable[[Window], None]] = {
    "chat": lambda window: None,
    "rooms": _rooms,
    "people": _people,
    "menu": _menu,
    "picker": _picker,
    "switcher": _switcher,
    "shortcuts": _shortcuts,
    "account": _account,
    "settings-profile": _settings("Profile"),
    "settings-preferences": _settings("Preferences"),
    "settings-devices": _settings("Devices"),
    "settings-tokens": _settings("API tokens"),
    "settings-data": _settings("Your data"),
    "why": _why,
    "new-room": _new_room,
    "browse": _browse,
    "new-message": _new_message,
    "room": _room,
    "person": _person,
    "notifications": _notifications,
    "threads": _threads,
    "pins": _pins,
    "search": _search,
    "viewer": _viewer,
    "thread": _thread,
}


def show(window: Window, view: str) -> None:
    """Go to this view, from the chat or any other."""
    window.page.keyboard.press("Escape")
    expect(window.page.locator(".window[open], [popover]:popover-open")).to_have_count(0)
    if not window.log.is_visible() or window.page.locator(".bar .room .name").inner_text() != "general":
        _rooms(window)
        window.page.get_by_role("link", name="general").click()
    VIEWS[view](window)
