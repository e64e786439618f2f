"""One's own settings in the page, and what others see of them at once."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browsing import PHONE, Desk, Window
from tests.pictures import picture
from tests.running import NEW_PASSWORD, PASSWORD, RunningServer
from tests.test_browser_looks import violations


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("account") / "instance", {"PREVIEWS": "off"}).start()
    running.register("Host")  # who owns the general room, which nobody here wants to hand on
    yield running
    running.stop()


def settings(window: Window, section: str) -> Locator:
    """Open a section of the settings."""
    dialog = window.page.get_by_role("dialog", name="Settings")
    if not dialog.is_visible():
        window.page.get_by_role("button", name="your account").click()
        window.page.get_by_role("button", name="Settings", exact=True).click()
    dialog.get_by_role("tab", name=section).click()
    panel = dialog.get_by_role("tabpanel", name=section)
    expect(panel).to_be_visible()
    return panel


def test_a_profile_is_seen_by_others_at_once(server: RunningServer, desk: Desk) -> None:
    ann, bob = desk.window(server).register("ann"), desk.window(server).register("bob")
    ann.say("hello")
    expect(bob.message("hello")).to_be_visible()
    panel = settings(ann, "Profile")
    panel.get_by_label("Nickname – ").fill("Bob")
    panel.get_by_role("button", name="Save profile").click()
    expect(panel.get_by_role("alert").filter(has_text="is taken")).to_be_visible()
    expect(panel.get_by_label("Nickname – ")).to_be_focused()
    panel.get_by_label("Nickname – ").fill("ann")
    panel.get_by_label("Name – shown").fill("Ann Example")
    panel.get_by_label("Emoji, or its :name:").fill(":palm_tree:")
    panel.get_by_label("Status").fill("away")
    panel.get_by_label("Time zone").select_option("Asia/Tokyo")
    panel.get_by_role("button", name="Save profile").click()
    expect(panel.get_by_text("Saved.")).to_be_visible()
    chooser = panel.get_by_label("Picture")
    chooser.set_input_files({"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    expect(panel.get_by_role("alert").filter(has_text="no picture that can be read")).to_be_visible()
    chooser.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": picture(size=(300, 200))})
    expect(panel.locator(".portrait img")).to_be_visible()

    theirs = bob.message("hello")
    expect(theirs.get_by_role("button", name="Ann Example")).to_be_visible()
    expect(theirs.locator(".mood")).to_have_text("🌴")
    face = theirs.locator(".avatar img")
    expect(face).to_have_attribute("src", re.compile(r"^/pictures/\d+/\w+/96$"))
    assert face.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") == 96
    expect(bob.page.get_by_role("complementary").get_by_text("Ann Example")).to_be_visible()
    theirs.get_by_role("button", name="Ann Example").click()
    card = bob.page.get_by_role("dialog", name="Ann Example")
    for text in ("@ann", "🌴 away", "there"):
        expect(card.get_by_text(text)).to_be_visible()
    panel.get_by_role("button", name="Remove it").click()
    expect(face).to_have_count(0)
    expect(theirs.locator(".avatar")).to_have_text("AE")


def test_devices_are_ended_one_by_one_and_by_a_new_password(server: RunningServer, desk: Desk) -> None:
    here, there = desk.window(server).register("cid"), desk.window(server).sign_in("cid")
    panel = settings(here, "Devices")
    expect(panel.get_by_text("Chrome on Linux – this device")).to_be_visible()
    panel.get_by_role("button", name="Sign out Chrome on Linux").click()
    panel.get_by_role("button", name="Keep").click()
    panel.get_by_role("button", name="Sign out Chrome on Linux").click()
    panel.get_by_role("button", name="Sign out Chrome on Linux").click()
    expect(there.page.get_by_label("Nickname")).to_be_visible()
    expect(panel.get_by_role("listitem")).to_have_count(1)

    other = desk.window(server).sign_in("cid")
    panel.get_by_label("Present password").fill("wrong password")
    panel.get_by_label("New password").fill(NEW_PASSWORD["password"])
    panel.get_by_role("button", name="Change password").click()
    expect(panel.get_by_role("alert").filter(has_text="not your present password")).to_be_visible()
    panel.get_by_label("Present password").fill(PASSWORD)
    panel.get_by_role("button", name="Change password").click()
    expect(panel.get_by_text("Changed.")).to_be_visible()
    expect(other.page.get_by_label("Nickname")).to_be_visible()
    here.page.keyboard.press("Escape")
    here.post("still here")
    here.page.reload()
    here.ready()


def test_tokens_preferences_and_ones_own_data(server: RunningServer, desk: Desk, tmp_path: Path) -> None:
    dan, eve = desk.window(server).register("dan"), desk.window(server).register("eve")
    dan.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel = settings(dan, "API tokens")
    panel.get_by_label("New token, for").fill("the backup")
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_label("Token", exact=True)).not_to_have_value("")
    token = panel.get_by_label("Token", exact=True).input_value()
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_text("Copied.")).to_be_visible()
    assert dan.page.evaluate("navigator.clipboard.readText()") == token
    asked = dan.page.request.get(f"{server.url}/api/users", headers={"Authorization": f"Bearer {token}"})
    assert asked.ok
    panel.get_by_role("button", name="Revoke the backup").click()
    panel.get_by_role("button", name="Revoke the backup").click()
    expect(panel.get_by_role("listitem")).to_have_count(0)
    asked = dan.page.request.get(f"{server.url}/api/users", headers={"Authorization": f"Bearer {token}"})
    assert asked.status == 401

    panel = settings(dan, "Preferences")
    panel.get_by_label("Dark").check()
    expect(panel.get_by_text("Saved.")).to_be_visible()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert dan.page.evaluate(ground) == "rgb(21, 23, 22)"
    panel.get_by_label("Let others see").uncheck()
    expect(panel.get_by_text("Saved.")).to_be_visible()
    dan.page.reload()
    dan.ready()
    assert dan.page.evaluate(ground) == "rgb(21, 23, 22)"
    panel = settings(dan, "Preferences")
    expect(panel.get_by_label("Let others see")).not_to_be_checked()
    expect(panel.get_by_label("Dark")).to_be_checked()
    dan.page.keyboard.press("Escape")
    dan.field.press_sequentially("unseen")
    dan.field.press("Enter")
    expect(eve.message("unseen")).to_be_visible()
    expect(eve.page.locator(".status .typing")).to_be_empty()

    panel = settings(dan, "Your data")
    with dan.page.expect_download() as begun:
        panel.get_by_role("button", name="Download my data").click()
    begun.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        words = [json.loads(line)["source"] for line in archive.read("messages.ndjson").splitlines()]
    assert "unseen" in words
    expect(panel.get_by_role("status").filter(has_text="Done:")).to_be_visible()


def test_what_is_chosen_before_it_is_known_what_was_is_kept(server: RunningServer, desk: Desk) -> None:
    ida = desk.window(server).register("ida")
    known: list[Route] = []
    ida.page.route("**/preferences", lambda route: known.append(route), times=1)
    with ida.page.expect_request("**/preferences"):
        panel = settings(ida, "Preferences")
    panel.get_by_label("Dark").check()
    answer = known[0].fetch()
    panel.get_by_label("Light").check()
    known[0].fulfill(response=answer)
    expect(panel.get_by_text("Saved.")).to_be_visible()
    expect(panel.get_by_label("Light")).to_be_checked()
    expect(panel.get_by_label("Let others see")).to_be_checked()
    expect(ida.page.locator("html")).to_have_attribute("data-theme", "light")


def test_the_menu_closes_and_opens_by_its_button(server: RunningServer, desk: Desk) -> None:
    window = desk.window(server).register("jon")
    button, menu = window.page.locator("#me"), window.page.get_by_role("dialog", name="Your account")
    for press in ("Enter", ""):
        button.press(press) if press else button.click()
        expect(menu).to_be_visible()
        window.page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
        button.click()  # at once
        expect(menu).to_be_visible()
        button.click()
        expect(menu).to_be_hidden()


def test_a_token_is_copied_where_the_browser_has_no_clipboard_for_pages(server: RunningServer, desk: Desk) -> None:
    uma = desk.window(server)
    uma.context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined });")  # plain HTTP
    uma.register("uma")
    panel = settings(uma, "API tokens")
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_label("Token", exact=True)).not_to_have_value("")
    token = panel.get_by_label("Token", exact=True).input_value()
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_text("Copied.")).to_be_visible()
    uma.page.keyboard.press("Escape")
    uma.field.press("Control+v")
    expect(uma.field).to_have_value(token)


@pytest.mark.parametrize("fate", ["stays", "goes"])
def test_an_account_is_deleted_and_what_was_said_as_one_chose(server: RunningServer, desk: Desk, fate: str) -> None:
    fay, gus = desk.window(server).register(f"fay who {fate}"), desk.window(server).register(f"gus {fate}")
    fay.say(f"words of fay, {fate}")
    expect(gus.message(f"words of fay, {fate}")).to_be_visible()
    panel = settings(fay, "Your data")
    panel.get_by_role("radio", name=fate).check()
    panel.get_by_role("button", name="Delete my account").click()
    expect(panel.get_by_role("alert").filter(has_text="Give your present password")).to_be_visible()
    panel.get_by_label("Present password").fill("wrong password")
    panel.get_by_role("button", name="Delete my account").click()
    panel.get_by_role("button", name="Keep my account").click()
    panel.get_by_role("button", name="Delete my account").click()
    panel.get_by_role("button", name="Delete it for good").click()
    expect(panel.get_by_role("alert").filter(has_text="not your present password")).to_be_visible()
    panel.get_by_label("Present password").fill(PASSWORD)
    panel.get_by_role("button", name="Delete my account").click()
    panel.get_by_role("button", name="Delete it for good").click()
    farewell = fay.page.get_by_role("dialog", name="Your account is gone")
    expect(farewell.get_by_text("Everything that was to go with it has gone.")).to_be_visible()

    words = gus.message(f"words of fay, {fate}")
    if fate == "stays":
        expect(words.get_by_role("button", name="Removed user")).to_be_visible()
    else:
        expect(words).to_have_count(0)
    expect(gus.page.get_by_role("complementary").get_by_text("fay who")).to_have_count(0)
    farewell.get_by_role("link", name="Back to the door").click()
    expect(fay.page.get_by_label("Nickname")).to_be_visible()
    fay.type_credentials(f"fay who {fate}")
    expect(fay.page.get_by_role("button", name="Create")).to_be_visible()


@pytest.mark.parametrize("look", ["light", "phone"])
def test_every_section_is_for_everybody(server: RunningServer, desk: Desk, look: str) -> None:
    window = desk.window(server, **(PHONE if look == "phone" else {})).register(f"hal {look}")
    desk.window(server).sign_in(f"hal {look}")
    for section in ("Profile", "Preferences", "Devices", "API tokens", "Your data"):
        panel = settings(window, section)
        if section == "API tokens":
            panel.get_by_role("button", name="Create").click()
            expect(panel.get_by_label("Token", exact=True)).to_be_visible()
        if section == "Devices":
            expect(panel.get_by_role("listitem")).to_have_count(2)
        assert violations(window.page) == [], section
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    window.page.get_by_role("tab", name="Your data").press("ArrowDown")
    expect(window.page.get_by_role("tabpanel", name="Profile")).to_be_visible()
    expect(window.page.get_by_role("tab", name="Profile")).to_be_focused()
