"""Reactions: two browsers, by mouse, keyboard and finger; each counts once, whatever happens on the way."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import PHONE, Desk, Window
from tests.running import RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("reactions") / "instance").start()
    yield running
    running.stop()


def chips(window: Window, text: str) -> Locator:
    """The emoji below a message, without the button that adds one."""
    return window.message(text).locator("[data-part=reactions] [data-action=react]")


def pick(window: Window, text: str, name: str) -> None:
    """Point at a message and choose from the small window."""
    window.message(text).hover()
    window.message(text).get_by_role("button", name="React", exact=True).click()
    window.page.get_by_role("dialog", name="React with").get_by_role("button", name=name).click()


def test_two_people_react_and_take_it_back(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server).register("Ben")
    ana.say("shall we?")
    pick(ben, "shall we?", "thumbs up")
    for window, who, mine in ((ana, "Ben", "false"), (ben, "you", "true")):
        chip = window.message("shall we?").get_by_role("button", name=f"👍 1: {who}")
        expect(chip).to_have_attribute("aria-pressed", mine)
        expect(chip).to_have_attribute("title", who)
    chips(ana, "shall we?").click()
    for window, who in ((ana, "you and Ben"), (ben, "you and Ana")):
        expect(window.message("shall we?").get_by_role("button", name=f"👍 2: {who}")).to_be_visible()

    # Another, by the button beside those that are there.
    ana.message("shall we?").get_by_role("button", name="Add a reaction").click()
    ana.page.get_by_role("button", name="rocket").click()
    for window in (ana, ben):
        expect(chips(window, "shall we?")).to_have_text(["👍 2", "🚀 1"])
    chips(ben, "shall we?").first.click()
    chips(ana, "shall we?").first.click()
    for window in (ana, ben):
        expect(chips(window, "shall we?")).to_have_text(["🚀 1"])

    # A fresh load says the same.
    ben.page.reload()
    ben.ready()
    expect(chips(ben, "shall we?")).to_have_text(["🚀 1"])


def test_by_keyboard_and_the_focus_stays(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Keys")
    message = ana.post("press a key")
    keyboard = ana.page.keyboard
    ana.log.focus()
    keyboard.press("ArrowUp")
    keyboard.press("r")
    expect(ana.page.get_by_role("button", name="thumbs up")).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowLeft")
    expect(ana.page.get_by_role("button", name="done")).to_be_focused()
    keyboard.press("Escape")
    expect(message).to_be_focused()
    keyboard.press("r")
    expect(ana.page.get_by_role("button", name="thumbs up")).to_be_focused()
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    chip = message.get_by_role("button", name="❤️ 1: you")
    expect(chip).to_be_visible()
    expect(message).to_be_focused()
    for _ in ("to its author", "to the chip"):
        keyboard.press("Tab")
    expect(chip).to_be_focused()
    keyboard.press("Enter")
    expect(chip).to_have_count(0)
    expect(message).to_be_focused()  # what had the focus is gone, and the reader is still there


def test_any_emoji_can_be_typed_or_named(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Typing")
    ana.say("name one")
    for typed in ("🦄", ":wave:", "heart"):
        ana.message("name one").hover()
        ana.message("name one").get_by_role("button", name="React", exact=True).click()
        field = ana.page.get_by_label("Another emoji, or its name")
        field.fill(typed)
        field.press("Enter")
    expect(chips(ana, "name one")).to_have_text(["🦄 1", "👋 1", "❤️ 1"])
    ana.message("name one").get_by_role("button", name="Add a reaction").click()
    field = ana.page.get_by_label("Another emoji, or its name")
    picker = ana.page.get_by_role("dialog", name="React with")
    field.press_sequentially("roller c")
    expect(picker.get_by_role("button", name="roller coaster")).to_be_visible()
    field.press("ArrowUp")
    ana.page.keyboard.press("Enter")
    expect(chips(ana, "name one")).to_have_text(["🦄 1", "👋 1", "❤️ 1", "🎢 1"])
    ana.message("name one").get_by_role("button", name="Add a reaction").click()
    field.fill("nothing like it")
    field.press("Enter")
    expect(ana.page.locator("#status")).to_contain_text("one emoji")
    expect(chips(ana, "name one")).to_have_count(4)


def test_a_finger_reacts(server: RunningServer, desk: Desk) -> None:
    host = desk.window(server).register("Host")
    ana = desk.window(server, **PHONE).register("Finger")
    host.say("tap here")
    ana.message("tap here").get_by_role("button", name="More actions").tap()
    menu = ana.page.get_by_role("menu", name="Actions")
    box = menu.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 360, 640)  # it comes up from below
    menu.get_by_role("menuitem", name="React").tap()
    picker = ana.page.get_by_role("dialog", name="React with")
    box = picker.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 360)
    picker.get_by_role("button", name="party").tap()
    expect(picker).to_be_hidden()
    expect(chips(host, "tap here")).to_have_text(["🎉 1"])
    chips(ana, "tap here").tap()
    expect(chips(host, "tap here")).to_have_count(0)


def test_a_reaction_survives_the_server_and_counts_once(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Early"), desk.window(server).register("Late")
    ana.say("hold on")
    pick(ben, "hold on", "eyes")
    expect(chips(ana, "hold on")).to_have_text(["👀 1"])
    pick(ana, "hold on", "rocket")  # the small window is here before the server goes
    expect(chips(ana, "hold on")).to_have_text(["👀 1", "🚀 1"])
    chips(ana, "hold on").last.click()
    expect(chips(ana, "hold on")).to_have_text(["👀 1"])
    server.kill()
    chips(ana, "hold on").click()
    chips(ana, "hold on").click()  # there is no answer yet: this is not a second thought
    pick(ana, "hold on", "fire")
    expect(chips(ana, "hold on")).to_have_class("chip waiting")
    server.start()
    for window in (ana, ben):
        window.try_now()
        expect(chips(window, "hold on")).to_have_text(["👀 2", "🔥 1"])
    expect(ana.log.locator(".waiting")).to_have_count(0)


def test_a_reaction_leaves_the_text_alone(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Reader"), desk.window(server).register("Reacting")
    ana.say("these words are being selected")
    ana.message("being selected").locator("[data-part=text] p").select_text()
    pick(ben, "being selected", "sad")
    expect(chips(ana, "being selected")).to_have_text(["😢 1"])
    assert ana.page.evaluate("getSelection().toString().trim()") == "these words are being selected"


def test_nobody_reacts_to_what_the_room_says(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Joiner")
    event = ana.log.locator("chat-message.event").last
    expect(event).to_contain_text("Joiner joined")
    event.hover()
    expect(event.get_by_role("button")).to_have_count(0)
