"""What one is told of in a room: chosen in its window, the same on every device, and why."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browsing import Desk, Window
from tests.running import Person, RunningServer
from tests.seating import make_room
from tests.test_browser_rooms import enter, link
from tests.test_browser_unread import count, write


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("room-notify") / "instance").start()
    yield running
    running.stop()


def room_window(window: Window) -> Locator:
    """The window of the room that is shown."""
    window.page.locator(".bar .room").click()
    dialog = window.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Notifications")).to_be_visible()
    return dialog


def test_a_room_is_muted_and_its_level_chosen_on_every_device(server: RunningServer, desk: Desk, host: Person) -> None:
    one = desk.window(server).register("Mute")
    room = make_room(server, "noise", ["Mute", "Host"])
    one.page.reload()
    one.ready()
    two = desk.window(server).sign_in("Mute")
    enter(one, "noise")
    dialog = room_window(one)
    expect(dialog.get_by_label("Tell me of")).to_have_value("")
    dialog.get_by_label("Tell me of").select_option("everything")
    dialog.get_by_label("Mute the room").check()
    expect(link(two, "noise")).to_have_class(re.compile("muted-room"))
    one.page.keyboard.press("Escape")
    enter(one, "general")
    write(host, room, "one", "two")
    for device in (one, two):
        expect(count(device, "noise")).to_have_text("2")
        expect(device.page).to_have_title("general – Parley")
    expect(link(two, "noise")).to_have_accessible_name(re.compile("2 unread, muted"))

    enter(two, "noise")
    message = two.message("two")
    message.focus()
    two.page.keyboard.press("y")
    answer = two.page.get_by_role("dialog")
    expect(answer).to_contain_text("you have muted the room")
    answer.get_by_role("button", name="Change this room").click()
    room_dialog = two.page.get_by_role("dialog").last
    expect(room_dialog.get_by_label("Tell me of")).to_have_value("everything")
    slow: list[Route] = []
    two.page.route("**/api/rooms/*/me", lambda route: slow.append(route), times=1)
    room_dialog.get_by_label("Mute the room").uncheck()
    write(host, room, "three")
    expect(two.message("three")).to_be_visible()  # the room is drawn again, and knows nothing of it yet
    expect(room_dialog.get_by_label("Mute the room")).not_to_be_checked()
    slow[0].continue_()
    expect(link(one, "noise")).not_to_have_class(re.compile("muted-room"))
    two.page.keyboard.press("Escape")
    two.page.keyboard.press("Escape")
    message.focus()
    two.page.keyboard.press("y")
    expect(two.page.get_by_role("dialog")).to_contain_text("you are told of everything in this room")
