"""Conversations of two and of more: begun from a card, a window or the switcher, and called by who is in them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import Desk, Window
from tests.running import RunningServer
from tests.test_browser_members import dialog, here, link


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("direct") / "instance").start()
    yield running
    running.stop()


def card(window: Window) -> Locator:
    """Who somebody is."""
    return window.page.locator(".card-of-person")


def test_from_a_card_to_a_conversation_of_two(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Ana Lima"), desk.window(server).register("Ben")
    gone = server.register("Gone Away")
    with gone.chat() as chat:
        chat.post("I was here")
    ben.say("is anybody there?")
    expect(ana.message("is anybody there?")).to_be_visible()

    # Who is here, and who was.
    ana.log.get_by_role("button", name="Ben", exact=True).click()
    expect(card(ana)).to_contain_text("Online")
    ana.page.keyboard.press("Escape")
    expect(card(ana)).to_be_hidden()
    ana.log.get_by_role("button", name="Gone Away", exact=True).click()
    expect(card(ana)).to_contain_text(re.compile("Last seen|Online"))
    card(ana).get_by_role("button", name="Mention").click()
    expect(ana.field).to_have_value('@"Gone Away" ')
    expect(ana.field).to_be_focused()
    ana.field.fill("")

    ana.page.get_by_role("complementary").get_by_role("button", name=re.compile("^Ben")).click()
    card(ana).get_by_role("button", name="Message").click()
    expect(here(ana)).to_have_text("Ben")
    expect(ana.field).to_have_attribute("placeholder", "Write to Ben")
    expect(ana.page.get_by_text("This is where your conversation with Ben begins.")).to_be_visible()
    expect(ana.page).to_have_title(re.compile("^Ben – "))
    expect(link(ana, "Ben")).to_have_attribute("aria-current", "page")
    expect(link(ana, "Ben")).to_contain_text("online")
    expect(link(ben, "Ana Lima")).to_have_count(0)  # nothing was said
    ana.say("only for you")
    expect(link(ben, "Ana Lima")).to_contain_text("1")
    link(ben, "Ana Lima").click()
    ben.expect_texts("only for you")
    ana.field.press_sequentially("and")
    expect(ben.page.locator("#status")).to_contain_text("Ana Lima is typing…")

    # The same conversation, from the other side.
    ben.page.keyboard.press("Control+k")
    ben.page.keyboard.type("lima")
    options = ben.page.get_by_role("listbox", name="Rooms and people").get_by_role("option")
    expect(options).to_have_count(1)
    ben.page.keyboard.press("Enter")
    expect(here(ben)).to_have_text("Ana Lima")
    ben.page.get_by_role("button", name=re.compile("^Ana Lima ?: members")).click()
    members = dialog(ben, "Ana Lima").get_by_role("list", name="Members")
    expect(members.get_by_role("listitem")).to_have_count(2)
    expect(dialog(ben, "Ana Lima").get_by_role("button", name="Leave room")).to_have_count(0)
    members.get_by_role("button", name=re.compile("^Ana Lima")).click()
    card(ben).get_by_role("button", name="Message").click()
    expect(ben.page.get_by_role("dialog")).to_have_count(0)
    expect(ben.field).to_be_focused()


def test_among_three_and_what_a_fourth_finds_of_it(server: RunningServer, desk: Desk) -> None:
    cyd, dora, emil = (desk.window(server).register(name) for name in ("Cyd", "Dóra", "Emil"))
    eve = server.register("Eve")
    cyd.page.get_by_role("button", name="New message", exact=True).click()
    window = dialog(cyd, "New message")
    window.get_by_role("button", name="Write").click()
    expect(window.get_by_role("alert")).to_have_text("Choose somebody to write to.")
    for typed, name in (("dora", "Dóra"), ("emi", "Emil")):
        cyd.page.keyboard.type(typed)
        expect(window.get_by_role("listbox").get_by_role("option", name=name)).to_be_visible()
        cyd.page.keyboard.press("Enter")
        expect(window.get_by_role("list", name="Chosen")).to_contain_text(name)
    cyd.page.keyboard.type("nobody at all")
    expect(window.get_by_role("status")).to_have_text("Nobody else is called so.")
    cyd.field.page.get_by_role("combobox", name="To").fill("")
    window.get_by_role("button", name="Write").click()
    expect(here(cyd)).to_have_text("Dóra, Emil")
    room = int(cyd.page.url.rpartition("/")[2])
    cyd.say("lunch?")
    for other, title in ((dora, "Cyd, Emil"), (emil, "Cyd, Dóra")):
        link(other, title).click()
        other.expect_texts("lunch?")
    for other in (dora, emil):
        other.field.press_sequentially("y")
    expect(cyd.page.locator("#status")).to_contain_text(re.compile("(Dóra and Emil|Emil and Dóra) are typing…"))
    assert eve.get(f"/api/rooms/{room}").status_code == eve.get("/api/messages", room=room).status_code == 404

    # The same people again are the same conversation; another name of one of them is its name.
    cyd.page.keyboard.press("Control+k")
    cyd.page.keyboard.type("EMI")
    option = cyd.page.get_by_role("option", name=re.compile("Dóra, Emil"))
    expect(option).to_be_visible()
    number = emil.page.evaluate("Number(document.body.dataset.userId)")
    emil.page.evaluate(
        """(id) => fetch(`/api/users/${id}`, {method: "PUT", headers: {"Content-Type": "application/json"},
           body: JSON.stringify({nickname: "Emilio"})})""",
        number,
    )
    cyd.page.keyboard.press("Escape")
    expect(here(cyd)).to_have_text("Dóra, Emilio")
