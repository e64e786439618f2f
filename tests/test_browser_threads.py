"""Replies beside the room: written, read and followed by two people, over reconnects, on two devices and on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import PHONE, Desk, Window
from tests.running import Person, RunningServer
from tests.test_browser_rooms import enter


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("threads") / "instance").start()
    yield running
    running.stop()


def panel(window: Window) -> Locator:
    """The thread beside the room."""
    return window.page.get_by_role("complementary", name="Thread")


def replies(window: Window) -> Locator:
    """What stands in it, the root first."""
    return panel(window).locator("chat-message [data-part=text]")


def answer(window: Window, text: str) -> None:
    """Write in the thread that is open."""
    field = panel(window).get_by_role("textbox", name="Reply")
    field.fill(text)
    field.press("Enter")


def under(window: Window, text: str) -> Locator:
    """The line below a message that leads into its thread."""
    return flow(window, text).locator(".replies")


def flow(window: Window, text: str) -> Locator:
    """A message of the room."""
    return window.page.locator("#messages chat-message").filter(has_text=text)


def entry(window: Window) -> Locator:
    """Where the list of rooms says in how many threads there is something new."""
    return window.page.get_by_role("button", name=re.compile("^Threads"))


def number(window: Window) -> str:
    """The id of whoever is signed in."""
    return window.page.locator("body").get_attribute("data-user-id") or ""


def say(person: Person, room: int, text: str, reply_to: int) -> None:
    body = {"source": text, "room": room, "reply_to": reply_to}
    assert person.request("POST", "/api/messages", json=body).status_code == 201


def test_a_thread_between_two(desk: Desk, server: RunningServer) -> None:
    ana, ben = (desk.window(server).register(name) for name in ("Ana", "Ben"))
    ana.say("who has the key?")
    ben.message("who has the key?").focus()
    ben.page.keyboard.press("t")
    expect(panel(ben)).to_be_visible()
    expect(ben.page).to_have_url(re.compile(r"/rooms/1/threads/\d+$"))
    answer(ben, "I have")
    expect(replies(ben)).to_have_text(["who has the key?", "I have"])
    expect(panel(ben).locator(".pending")).to_have_count(0)

    # The other one sees it under the message and in the list, not in the flow.
    expect(under(ana, "who has the key?")).to_contain_text("1 reply · new")
    expect(entry(ana).locator(".count")).to_have_text("1")
    ana.expect_texts("who has the key?")
    entry(ana).click()
    window = ana.page.get_by_role("dialog", name="Threads you follow")
    expect(window.get_by_role("link", name=re.compile("who has the key"))).to_be_focused()
    ana.page.keyboard.press("Enter")
    expect(replies(ana)).to_have_text(["who has the key?", "I have"])
    expect(entry(ana).locator(".count")).to_have_text("")
    expect(under(ana, "who has the key?")).to_contain_text(re.compile(r"^\W*B\W*1 reply\s*last"))
    answer(ana, "and where are you?")
    expect(replies(ben)).to_have_text(["who has the key?", "I have", "and where are you?"])
    expect(under(ben, "who has the key?")).not_to_contain_text("new")  # it is read where it is open

    # Changes of a reply are seen on both sides; Esc closes, and going back opens again.
    panel(ana).locator("chat-message").nth(2).focus()
    ana.page.keyboard.press("e")
    field = panel(ana).get_by_role("textbox", name="Reply")
    expect(field).to_have_value("and where are you?")
    field.fill("and where is it?")
    field.press("Enter")
    expect(replies(ben).nth(2)).to_contain_text("and where is it? edited")
    field.press("Escape")
    expect(panel(ana)).to_be_hidden()
    expect(flow(ana, "who has the key?")).to_be_focused()
    ana.page.go_back()
    expect(replies(ana)).to_have_count(3)

    # A draft of its own, that survives a reload at the address of the thread.
    panel(ben).get_by_role("textbox", name="Reply").fill("half a tho")
    ben.page.reload()
    expect(panel(ben).get_by_role("textbox", name="Reply")).to_have_value("half a tho")
    expect(ben.field).to_have_value("")
    panel(ben).get_by_role("button", name="Following").click()
    expect(panel(ben).get_by_role("button", name="Follow", exact=True)).to_be_visible()
    panel(ben).get_by_role("button", name="Close").click()
    answer(ana, "nobody?")
    expect(under(ben, "who has the key?")).to_contain_text("3 replies")
    expect(entry(ben).locator(".count")).to_have_text("")
    ana.message("who has the key?").first.focus()


def test_what_was_replied_without_a_network(desk: Desk, server: RunningServer, host: Person) -> None:
    room = host.request("POST", "/api/rooms", json={"name": "Reconnect"}).json()["id"]
    mia, otto = (desk.window(server).register(name) for name in ("Mia", "Otto"))
    for window in (mia, otto):
        host.request("PUT", f"/api/rooms/{room}/members/{number(window)}")
        enter(window, "Reconnect")
    mia.say("are you there?")
    under_it = flow(otto, "are you there?")
    under_it.focus()
    otto.page.keyboard.press("t")
    expect(panel(otto)).to_be_visible()
    otto.context.set_offline(True)
    otto.page.evaluate("dispatchEvent(new Event('offline'))")
    answer(otto, "said in a tunnel")
    expect(panel(otto).locator("chat-message.pending")).to_have_count(1)
    flow(mia, "are you there?").focus()
    mia.page.keyboard.press("t")
    answer(mia, "hello?")
    expect(replies(mia)).to_have_text(["are you there?", "hello?"])
    otto.context.set_offline(False)
    otto.page.evaluate("dispatchEvent(new Event('online'))")
    expect(replies(otto)).to_have_text(["are you there?", "hello?", "said in a tunnel"])
    expect(replies(mia)).to_have_text(["are you there?", "hello?", "said in a tunnel"])

    # Who is removed keeps nothing of it.
    host.request("DELETE", f"/api/rooms/{room}/members/{number(otto)}")
    expect(panel(otto)).to_be_hidden()
    expect(otto.page.get_by_text("You are no longer in “Reconnect”.")).to_be_visible()
    answer(mia, "between us")
    expect(under(mia, "are you there?")).to_contain_text("3 replies")
    expect(entry(otto).locator(".count")).to_have_text("")
    otto.open("/rooms/1")
    otto.ready()
    expect(entry(otto).locator(".count")).to_have_text("")


def test_who_came_later_is_called_into_an_older_thread(desk: Desk, server: RunningServer, host: Person) -> None:
    room = host.request("POST", "/api/rooms", json={"name": "Den", "kind": "private", "history": "joined"}).json()["id"]
    root = host.request("POST", "/api/messages", json={"source": "from before", "room": room}).json()["id"]
    lea = desk.window(server).register("Lea")
    host.request("PUT", f"/api/rooms/{room}/members/{number(lea)}")
    say(host, room, "what does @Lea say?", root)
    expect(entry(lea).locator(".count")).to_have_text("1")
    entry(lea).click()
    lea.page.get_by_role("dialog").get_by_role("link", name=re.compile("began before you came")).click()
    began = "This thread began before you came into the room."
    expect(replies(lea)).to_have_text([began, "what does @Lea say?"])
    answer(lea, "that she is new here")
    expect(replies(lea)).to_have_text([began, "what does @Lea say?", "that she is new here"])
    expect(panel(lea).locator(".pending")).to_have_count(0)


def test_a_link_into_a_thread_on_a_phone(desk: Desk, server: RunningServer, host: Person) -> None:
    with host.chat() as chat:
        root = chat.post("on the way")["message"]
    for number in range(60):
        say(host, 1, f"reply {number}", root)
    phone = desk.window(server, **PHONE)
    phone.register("Zoe")
    phone.open(f"/rooms/1/threads/{root}")
    expect(replies(phone).last).to_have_text("reply 59")
    expect(replies(phone).first).to_have_text("on the way")
    expect(phone.page.locator("#messages")).to_be_hidden()
    panel(phone).get_by_role("log").evaluate("(log) => log.scrollTo(0, 0)")
    expect(replies(phone).nth(1)).to_have_text("reply 0")
    phone.page.get_by_role("link", name="All rooms").click()  # back to the room, then to the list
    expect(panel(phone)).to_be_hidden()
    expect(phone.page.locator("#messages")).to_be_visible()
    phone.page.route_web_socket("**/ws", lambda _: None)  # it says nothing: the thread is not there before it does
    phone.open("/rooms/1/threads/999999")
    expect(phone.page.get_by_text("There is no such thread")).to_be_visible()
    expect(panel(phone)).to_be_hidden()
