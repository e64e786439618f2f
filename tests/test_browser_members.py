"""Making a room, letting people in and out of it, and what all of them see at once; three people, three browsers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import Desk, Window
from tests.running import RunningServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("members") / "instance").start()
    yield running
    running.stop()


def link(window: Window, name: str) -> Locator:
    """The room in the list."""
    return window.page.get_by_role("navigation", name="Rooms").get_by_role("link", name=re.compile(rf"^{name}\b"))


def here(window: Window) -> Locator:
    """The name above the conversation."""
    return window.page.locator(".room .name")


def dialog(window: Window, name: str) -> Locator:
    """An open window."""
    return window.page.get_by_role("dialog", name=name, exact=True)


def create(window: Window, name: str, *choices: str, topic: str = "") -> None:
    """Make a room and be in it."""
    window.page.get_by_role("button", name="Create a room").click()
    form = dialog(window, "Create a room")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Topic").fill(topic)
    for choice in choices:
        form.get_by_role("radio", name=re.compile(choice)).check()
    form.get_by_role("button", name="Create room").click()
    expect(here(window)).to_have_text(name)


def details(window: Window, name: str) -> Locator:
    """Open the window of the room that is shown."""
    window.page.get_by_role("button", name=re.compile(rf"^{name} ?: members")).click()
    return dialog(window, name)


def invite(window: Window, room: Locator, name: str) -> None:
    """Let somebody in, by a part of the name."""
    room.get_by_role("combobox", name="Invite somebody").press_sequentially(name[:3].lower())
    room.get_by_role("listbox", name="People to invite").get_by_role("option", name=name).click()
    expect(room.get_by_role("list", name="Members").get_by_role("button", name=re.compile(f"^{name}"))).to_be_visible()


def expect_nothing_of(window: Window, name: str, number: int, *secrets: str) -> None:
    """Neither the list nor the switcher nor the list of public rooms, the address or the API knows of the room."""
    expect(link(window, name)).to_have_count(0)
    window.page.keyboard.press("Control+k")
    window.page.keyboard.type(name)
    expect(window.page.get_by_text("No room and nobody is called so.")).to_be_visible()
    window.page.keyboard.press("Escape")
    window.page.get_by_role("button", name="Browse rooms").click()
    expect(dialog(window, "Public rooms").get_by_text(re.compile("every public room|member"))).not_to_have_count(0)
    expect(dialog(window, "Public rooms").get_by_text(name)).to_have_count(0)
    window.page.keyboard.press("Escape")
    status = "async (address) => (await fetch(address)).status"
    for address in (f"/api/rooms/{number}", f"/api/rooms/{number}/members", f"/api/messages?room={number}"):
        assert window.page.evaluate(status, address) == 404, address
    page = window.page.content()
    assert not [secret for secret in secrets if secret in page]


def test_a_private_room_from_its_making_to_its_end(server: RunningServer, desk: Desk) -> None:
    ana, ben, eve = (desk.window(server).register(name) for name in ("Ana", "Benjamin", "Eve"))
    create(ana, "vault", "Private", topic="what nobody knows")
    expect(ana.page.locator(".topic")).to_have_text("what nobody knows")
    expect(ana.field).to_be_focused()
    number = int(ana.page.url.rpartition("/")[2])
    ana.page.get_by_role("button", name="Invite people").click()
    expect(ana.page.get_by_role("combobox", name="Invite somebody")).to_be_focused()
    ana.page.keyboard.press("Escape")
    ana.say("the first word")
    ana.expect_texts("the first word")

    # Who is let in sees it at once, from the start.
    room = details(ana, "vault")
    invite(ana, room, "Benjamin")
    expect(room.get_by_text("Members 2")).to_be_visible()
    expect(link(ben, "vault")).to_be_visible()
    expect(ben.page.locator("#status")).to_contain_text("You are in “vault” now.")
    link(ben, "vault").click()
    ben.expect_texts("the first word")
    expect_nothing_of(eve, "vault", number, "vault", "what nobody knows", "first word")

    # Who may not does not find what is for owners.
    theirs = details(ben, "vault")
    expect(theirs.get_by_role("listitem").filter(has_text="Ana").locator("[data-part=role]")).to_have_text("Owner")
    for button in ("Archive room", "Remove Ana", "Save"):
        expect(theirs.get_by_role("button", name=button)).to_have_count(0)
    expect(theirs.get_by_role("combobox", name=re.compile("Invite|Role"))).to_have_count(0)
    expect(theirs.get_by_text("Change the room")).to_be_hidden()

    # Another role, while the other's window is open.
    room.get_by_role("combobox", name="Role of Benjamin").select_option("Moderator")
    expect(theirs.get_by_role("combobox", name="Invite somebody")).to_be_visible()
    expect(theirs.get_by_text("Change the room")).to_be_visible()

    # Another name and topic.
    room.get_by_text("Change the room").click()
    expect(room.get_by_label("Name")).to_have_value("vault")
    room.get_by_label("Name").fill("treasury")
    room.get_by_label("Topic").fill("gold")
    room.get_by_role("button", name="Save").click()
    room = dialog(ana, "treasury")
    expect(room.get_by_text("gold", exact=True)).to_be_visible()
    for window in (ana, ben):
        expect(link(window, "treasury")).to_be_visible()
        expect(window.page.locator(".topic")).to_have_text("gold")
    expect(dialog(ben, "treasury")).to_be_visible()

    # Removed: gone at once, with the window and all.
    ben.page.keyboard.press("Escape")
    ben.field.fill("half a secret")
    details(ben, "treasury")
    room.get_by_role("button", name="Remove Benjamin").click()
    room.get_by_role("button", name="Keep").click()
    room.get_by_role("button", name="Remove Benjamin").click()
    room.get_by_role("group", name="Remove Benjamin?").get_by_role("button", name="Remove").click()
    expect(room.get_by_role("list", name="Members").get_by_role("listitem")).to_have_count(1)
    expect(ben.page.get_by_role("dialog")).to_have_count(0)
    expect(here(ben)).to_have_text("general")
    expect(ben.page.locator("#status")).to_contain_text("You are no longer in “treasury”.")
    expect_nothing_of(ben, "treasury", number, "gold", "first word")
    assert "half a secret" not in ben.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")

    # Its end: archived, it moves away in the list; its only member leaves it.
    room.get_by_role("button", name="Archive room").click()
    room.get_by_role("button", name="Keep open").click()
    room.get_by_role("button", name="Archive room").click()
    room.get_by_role("button", name="Archive", exact=True).click()
    expect(room.get_by_role("button", name="Open room again")).to_be_visible()
    expect(ana.page.locator("[data-section=archived]").get_by_text("treasury")).to_be_visible()
    expect(ana.field).to_be_disabled()
    room.get_by_role("button", name="Open room again").click()
    expect(ana.page.locator("[data-section=rooms]").get_by_text("treasury")).to_be_visible()
    room.get_by_role("button", name="Leave room").click()
    expect(room.get_by_text("only when somebody invites you")).to_be_visible()
    room.get_by_role("button", name="Leave", exact=True).click()
    expect(here(ana)).to_have_text("general")
    expect(ana.page.locator("#status")).to_contain_text("You have left “treasury”.")
    expect(link(ana, "treasury")).to_have_count(0)


def test_public_rooms_are_found_and_joined(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Founder"), desk.window(server).register("Finder")
    create(ana, "Jardín", topic="roses and thorns")
    ana.say("before you came")
    ana.expect_texts("before you came")
    create(ana, "cellar", "only what is said from then on")
    ana.say("only for me")
    ana.expect_texts("only for me")

    # By the list, with a part of the topic.
    ben.page.get_by_role("button", name="Browse rooms").click()
    window = dialog(ben, "Public rooms")
    rooms = window.get_by_role("list", name="Rooms you can join").get_by_role("listitem")
    expect(rooms.filter(has_text="cellar")).to_contain_text("1 member")
    window.get_by_role("searchbox").fill("nothing like it")
    expect(window.get_by_role("status")).to_contain_text("No room is called so")
    window.get_by_role("searchbox").fill("THORNS")
    expect(rooms).to_have_count(1)
    expect(rooms).to_contain_text("1 member · roses and thorns")
    window.get_by_role("button", name="Join Jardín").click()
    expect(here(ben)).to_have_text("Jardín")
    ben.expect_texts("before you came")
    ben.say("here I am")
    expect(link(ana, "Jardín")).to_contain_text("1")

    # By its address.
    eve = desk.window(server).register("Linked")
    said = ben.message("here I am").evaluate("(element) => element.row.message.id")
    eve.open(f"{ben.page.url[len(server.url) :]}/messages/{said}").ready()
    offer = eve.page.get_by_role("dialog", name="Join “Jardín”?")
    expect(offer).to_contain_text("It has 2 members.")
    expect(offer).to_contain_text("roses and thorns")
    expect(eve.page.locator("#status")).not_to_contain_text("no such room")
    offer.get_by_role("button", name="Join room").click()
    expect(here(eve)).to_have_text("Jardín")
    expect(eve.message("here I am")).to_be_focused()  # what the address named

    # By the switcher; without what was said before.
    ben.page.keyboard.press("Control+k")
    ben.page.keyboard.type("cell")
    expect(ben.page.get_by_role("option", name=re.compile("cellar"))).to_contain_text("join")
    ben.page.keyboard.press("Enter")
    expect(here(ben)).to_have_text("cellar")
    expect(ben.log.get_by_text("Finder joined")).to_be_visible()
    expect(ben.message("only for me")).to_have_count(0)

    # What is taken stays in the form, with the reason beside it.
    ben.page.get_by_role("button", name="Create a room").click()
    form = dialog(ben, "Create a room")
    form.get_by_role("button", name="Create room").click()
    expect(form.get_by_role("alert")).to_have_text("A room needs a name.")
    form.get_by_label("Name").fill("JARDÍN")
    form.get_by_label("Topic").fill("kept")
    form.get_by_role("button", name="Create room").click()
    expect(form.get_by_role("alert")).to_contain_text("choose another name")
    expect(form.get_by_label("Name")).to_be_focused()
    expect(form.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    ben.page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    ben.page.get_by_role("button", name="Create a room").click()
    expect(form.get_by_label("Topic")).to_have_value("kept")
    form.get_by_label("Name").fill("orchard")
    form.get_by_role("button", name="Create room").click()
    expect(here(ben)).to_have_text("orchard")

    # Nobody leaves the general room; an owner among others does not go.
    link(ben, "general").click()
    window = details(ben, "general")
    expect(window.get_by_text("Everybody is in it.")).to_be_visible()
    expect(window.get_by_role("button", name="Leave room")).to_have_count(0)
    ben.page.keyboard.press("Escape")
    expect(ben.page.get_by_role("button", name=re.compile("^general ?: members"))).to_be_focused()
    link(ana, "Jardín").click()
    window = details(ana, "Jardín")
    window.get_by_role("button", name="Leave room").click()
    window.get_by_role("button", name="Leave", exact=True).click()
    expect(window.get_by_role("alert").last).to_contain_text("last owner")


def test_who_is_removed_while_away_is_told_so(server: RunningServer, desk: Desk) -> None:
    host = server.register("Warden")
    ana = desk.window(server).register("Away")
    number = ana.page.evaluate("Number(document.body.dataset.userId)")
    room = host.request("POST", "/api/rooms", json={"name": "tower", "kind": "private"}).json()["id"]
    assert host.request("PUT", f"/api/rooms/{room}/members/{number}").is_success
    link(ana, "tower").click()
    expect(here(ana)).to_have_text("tower")
    ana.context.set_offline(True)
    server.kill()
    server.start()
    assert host.request("DELETE", f"/api/rooms/{room}/members/{number}").is_success
    ana.context.set_offline(False)
    expect(ana.page.locator("#status")).to_contain_text("You are no longer in “tower”.")
    expect(here(ana)).to_have_text("general")
    ana.open(f"/rooms/{room}").ready()
    expect(ana.page.locator("#status")).to_contain_text("There is no such room, or you are not in it.")
