"""Links to messages: an old one opens among its neighbours, which stay true, and nothing else is disturbed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import PHONE, Desk, Window
from tests.running import Person, RunningServer
from tests.seating import make_room, write_history

LONG = 2_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("permalink") / "instance", {"PREVIEWS": "off"}).start()
    yield running
    running.stop()


def archive(server: RunningServer, name: str, *people: str) -> tuple[int, list[int]]:
    """A room with a long past, and the ids of its messages: `note 0`, `note 1` …"""
    room = make_room(server, name, ["Host", *people])
    return room, write_history(server, room, "Host", (f"note {number}." for number in range(LONG)))


def newest(window: Window) -> Locator:
    """The way back to the newest line."""
    return window.page.get_by_role("button", name="Jump to the newest")


def expect_found(window: Window, text: str) -> None:
    """Wait until the reader is at this message: in view, with the focus, and standing out."""
    expect(window.message(text)).to_be_in_viewport()
    expect(window.message(text)).to_be_focused()
    expect(window.message(text)).to_have_class(re.compile("found"))


def test_an_old_message_opens_among_its_neighbours(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Ana")
    room, ids = archive(server, "archive", "Ana")
    ana.open(f"/rooms/{room}")
    expect(ana.message(f"note {LONG - 1}.")).to_be_attached()
    ana.field.fill("a draft")
    ana.log.focus()
    unread = next(each["read"] for each in host.get("/api/rooms").json()["rooms"] if each["id"] == room)

    ana.open(f"/rooms/{room}/messages/{ids[700]}")
    expect_found(ana, "note 700.")
    expect(ana.page.locator("#announcer")).to_contain_text("Message of")
    expect(ana.message(f"note {LONG - 1}.")).to_have_count(0)
    expect(ana.field).to_have_value("a draft")

    # What is around is as it is now, and stays so.
    assert host.request("PUT", f"/api/messages/{ids[701]}", json={"source": "changed"}).is_success
    expect(ana.message("changed")).to_contain_text("edited")
    assert host.request("DELETE", f"/api/messages/{ids[702]}").is_success
    expect(ana.message("note 702.")).to_have_count(0)
    assert host.request("PUT", f"/api/messages/{ids[700]}/reactions/👍").is_success
    expect(ana.message("note 700.").get_by_role("button", name="👍 1: Host")).to_be_visible()
    with host.chat() as chat:
        chat.post("something new", room=room)
    expect(ana.page.get_by_role("button", name="New messages")).to_be_visible()
    expect(ana.message("something new")).to_have_count(0)

    # Both sides load on the way, in order.
    for edge, text in (("0", "note 600."), ("log.scrollHeight", "note 800.")):
        while not ana.message(text).count():
            ana.log.evaluate(f"(log) => {{ log.scrollTop = {edge}; }}")
    numbers = [int(text[5:-1]) for text in ana.texts() if text.startswith("note")]
    assert numbers == [each for each in range(numbers[0], numbers[-1] + 1) if each not in (701, 702)]

    # Nothing of this was read; and back at the end there is all of it.
    ana.page.get_by_role("button", name="New messages").click()
    expect(ana.message("something new")).to_be_in_viewport()
    expect(ana.message("note 700.")).to_have_count(0)
    expect(ana.page).to_have_url(f"{server.url}/rooms/{room}")
    ana.page.go_back()
    expect_found(ana, "note 700.")
    ana.say("written from far away")
    expect(ana.message("written from far away")).to_be_in_viewport()
    expect(ana.message("something new")).to_be_visible()
    assert unread == 0


def test_what_is_looked_at_is_not_read(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Careful")
    room, ids = archive(server, "unread archive", "Careful")
    ana.open(f"/rooms/{room}/messages/{ids[700]}")
    expect_found(ana, "note 700.")
    ana.log.evaluate("(log) => { log.scrollTop += 500; }")
    ana.page.get_by_role("link", name=re.compile("general")).click()
    expect(ana.page.locator(".room .name")).to_have_text("general")
    with server.sign_in("Careful", 0).chat() as chat:
        assert next(each["read"] for each in chat.welcome["rooms"] if each["id"] == room) == 0


def test_old_history_meets_the_newest_line(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Walker")
    room, ids = archive(server, "walk", "Walker")
    ana.open(f"/rooms/{room}/messages/{ids[LONG - 300]}")
    expect_found(ana, f"note {LONG - 300}.")
    expect(newest(ana)).to_be_visible()
    while newest(ana).is_visible():
        ana.log.evaluate("(log) => { log.scrollTop = log.scrollHeight; }")
    expect(ana.message(f"note {LONG - 1}.")).to_be_attached()
    with host.chat() as chat:
        chat.post("live again", room=room)
    expect(ana.message("live again")).to_be_attached()
    numbers = [int(text[5:-1]) for text in ana.texts() if text.startswith("note")]
    assert numbers == list(range(numbers[0], LONG))


def test_a_link_is_copied_pasted_and_followed(server: RunningServer, desk: Desk, host: Person) -> None:
    ana, ben = desk.window(server).register("Copier"), desk.window(server).register("Follower")
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"])
    room, ids = archive(server, "linked", "Copier", "Follower")
    ana.open(f"/rooms/{room}").ready()
    ana.act("note 1990.", "Copy link")
    expect(ana.page.get_by_text("The link is copied.")).to_be_visible()
    address = ana.page.evaluate("navigator.clipboard.readText()")
    assert address == f"{server.url}/rooms/{room}/messages/{ids[1990]}"
    expect(ana.message("note 1990.").locator(".byline a, .gutter a").first).to_have_attribute(
        "href", f"/rooms/{room}/messages/{ids[1990]}"
    )
    ana.open("/").ready()
    ana.say(f"look: {server.url}/rooms/{room}/messages/{ids[300]}")

    # It is short, and leads there without loading the page anew; back is back.
    ben.open("/").ready()
    ben.page.evaluate("window.here = true")
    ben.message("look: ").get_by_role("link", name="message in linked").click()
    expect_found(ben, "note 300.")
    ben.page.go_back()
    expect(ben.message("look: ")).to_be_in_viewport()
    ben.page.go_forward()
    expect_found(ben, "note 300.")
    assert ben.page.evaluate("window.here")
    ana.say(f"and below: {server.url}/rooms/{room}/threads/{ids[300]}")
    ben.page.go_back()
    ben.message("and below: ").get_by_role("link", name="thread in linked").click()
    expect(ben.page.get_by_role("complementary", name="Thread")).to_contain_text("note 300.")
    assert ben.page.evaluate("window.here")


def test_what_is_not_there_is_told_and_the_room_opens(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Lost")
    room, ids = archive(server, "open", "Lost")
    secret, hidden = archive(server, "secret")
    assert host.request("DELETE", f"/api/messages/{ids[5]}").is_success
    for path, problem in (
        (f"/rooms/{room}/messages/{ids[5]}", "has been deleted"),
        (f"/rooms/{room}/messages/999999", "no such message"),
        (f"/rooms/{room}/messages/{hidden[5]}", "no such message"),
    ):
        ana.open(path)
        expect(ana.page.locator("#status")).to_contain_text(problem)
        expect(ana.page).to_have_url(f"{server.url}/rooms/{room}")
        expect(ana.page.locator(".room .name")).to_have_text("open")
        expect(ana.message(f"note {LONG - 1}.")).to_be_attached()
    ana.open(f"/rooms/{secret}/messages/{hidden[5]}")  # of a public room, which may be joined
    expect(ana.page.get_by_role("dialog", name="Join “secret”?")).to_be_visible()


def test_a_quote_names_who_said_it_and_leads_there(server: RunningServer, desk: Desk, host: Person) -> None:
    ana, ben = desk.window(server).register("Quoting"), desk.window(server, **PHONE).register("Quoted")
    ben.say("first line\n\nthe *second* line")
    expect(ana.message("first line")).to_be_visible()
    ana.field.fill("before")
    ana.message("first line").focus()
    ana.page.keyboard.press("q")
    expect(ana.field).to_be_focused()
    quote = (
        r"^before\n\n> \[Quoted\]\(http://.*/rooms/1/messages/\d+\):\n>\n> first line\n>\n> the \*second\* line\n\n$"
    )
    expect(ana.field).to_have_value(re.compile(quote))
    ana.page.keyboard.type("I agree")
    ana.page.keyboard.press("Enter")
    quoted = ben.message("I agree").locator("blockquote")
    expect(quoted).to_contain_text("first line")
    quoted.get_by_role("link", name="Quoted").tap()
    expect(ben.log.locator("chat-message.mine.found")).to_be_focused()

    # Of a selection, only that.
    ana.message("I agree").get_by_text("second").select_text()
    ana.message("I agree").hover()
    ana.message("I agree").get_by_role("button", name="Quote").click()
    expect(ana.field).to_have_value(re.compile(r"\):\n>\n> second\n\n$"))
    ana.field.fill("")
    ana.message("I agree").locator("p", has_text="I agree").select_text()
    ana.act("I agree", "Quote")
    expect(ana.field).to_have_value(re.compile(r"\):\n>\n> I agree\n\n$"))
