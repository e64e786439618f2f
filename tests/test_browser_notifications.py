"""Notifications of the desktop: once, of what is not read yet, and not in quiet hours."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browsing import Desk, Window
from tests.running import Person, RunningServer
from tests.seating import make_room
from tests.test_browser_rooms import enter
from tests.test_browser_unread import look, write

# Notes each notification that the page shows; it is a real one.
NOTED = """
window.noted = [];
window.Notification = class extends Notification {
  constructor(title, options) {
    super(title, options);
    this.note = { title, body: options.body, tag: options.tag, open: true, click: () => this.onclick() };
    noted.push(this.note);
  }
  close() {
    this.note.open = false;
    super.close();
  }
};
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("told") / "instance").start()
    yield running
    running.stop()


def permit(context: BrowserContext) -> None:
    """The browser has been asked, and its person has allowed notifications."""
    context.grant_permissions(["notifications"])
    context.add_init_script(NOTED)


def noted(window: Window) -> list[dict[str, Any]]:
    """The notifications that this tab has shown."""
    found: list[dict[str, Any]] = window.page.evaluate("noted.map(({ click, ...rest }) => rest)")
    return found


def titles(window: Window) -> list[str]:
    return [each["title"] for each in noted(window)]


def await_noted(window: Window, number: int) -> None:
    window.page.wait_for_function(f"() => noted.length === {number}")


def direct(host: Person, other: Window, server: RunningServer) -> int:
    """A conversation of the host with the person of this window."""
    number = int(other.page.locator("body").get_attribute("data-user-id") or 0)
    room: int = host.request("POST", "/api/rooms", json={"kind": "direct", "members": [number]}).json()["id"]
    return room


def test_notifications_are_asked_for_by_a_button_alone(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server)
    permit(ana.context)
    ana.context.clear_permissions()
    ana.page.add_init_script("Notification.requestPermission = async () => { window.asked = true; return 'default'; };")
    ana.register("Unasked")
    write(host, 1, "hello @Unasked")
    expect(ana.message("hello")).to_be_visible()
    assert not ana.page.evaluate("window.asked")
    ana.page.locator("#me").click()
    ana.page.get_by_role("button", name="Notifications").click()
    ana.page.get_by_role("button", name="Turn on notifications").click()
    ana.page.wait_for_function("window.asked")
    ana.page.keyboard.press("Escape")
    expect(ana.page.locator("#me")).to_be_focused()  # what opened the menu from which it came


def test_what_is_told_is_shown_once_and_closed_when_it_is_read(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server)
    permit(ana.context)
    ana.register("Told")
    room = make_room(server, "office", ["Told", "Host"])
    private = direct(host, ana, server)
    ana.page.reload()
    ana.ready()
    ana.page.wait_for_function("() => navigator.locks.query().then(({ held }) => held.length === 1)")
    tab = desk.tab(ana.context, server).open().ready()
    phone = desk.window(server).sign_in("Told")
    for window in (ana, tab, phone):
        look(window, False)

    write(host, room, "nobody in particular", "**psst** @Told, _come_")
    await_noted(ana, 1)
    assert titles(ana) == ["Host mentioned you in office"]
    assert noted(ana)[0]["body"] == "psst @Told, come"
    write(host, private, "a word")
    await_noted(ana, 2)
    assert titles(ana)[1] == "Host"
    assert noted(tab) == [], "of several tabs one notifies"
    assert [each["open"] for each in noted(ana)] == [True, True]

    # Read on another device: closed here.
    look(phone, True)
    enter(phone, "Host")
    expect(phone.message("a word")).to_be_visible()
    ana.page.wait_for_function("() => !noted[1].open")
    assert noted(ana)[0]["open"]

    # What is read on another device at once is not notified; the next thing is.
    write(host, private, "while it is read")
    expect(phone.message("while it is read")).to_be_visible()
    write(host, room, "@Told again")
    await_noted(ana, 3)
    assert titles(ana)[2] == "Host mentioned you in office"
    assert noted(ana)[0]["tag"] == noted(ana)[2]["tag"], "one for a room at a time"

    # A click goes there; there it is read.
    look(ana, True)
    ana.page.evaluate("noted[2].click()")
    expect(ana.message("again")).to_be_visible()
    ana.page.wait_for_function("() => !noted[2].open")
    write(host, room, "@Told here")
    expect(ana.message("here")).to_be_visible()
    look(phone, False)
    write(host, private, "the last")
    await_noted(ana, 4)
    assert titles(ana)[3] == "Host", "none for the room that she looks at"

    # The tab that notified is closed: another one does.
    ana.page.close()
    write(host, private, "after all")
    await_noted(tab, 1)


def test_a_reply_is_told_to_who_follows_and_has_not_read_the_thread(
    server: RunningServer, desk: Desk, host: Person
) -> None:
    ana = desk.window(server)
    permit(ana.context)
    ana.register("Thread")
    room = make_room(server, "library", ["Thread", "Host"])
    ana.page.reload()
    ana.ready()
    ana.page.wait_for_function("() => navigator.locks.query().then(({ held }) => held.length === 1)")
    enter(ana, "library")
    ana.say("who has the key?")
    ana.expect_texts("who has the key?")
    root = host.request("GET", f"/api/messages?room={room}").json()["messages"][-1]["id"]
    other = host.request("POST", "/api/messages", json={"source": "another thread", "room": room}).json()["id"]

    def reply(text: str, to: int = root) -> int:
        answer = host.request("POST", "/api/messages", json={"source": text, "reply_to": to})
        number: int = answer.json()["id"]
        return number

    # She looks at the room, not at the thread, which the page did not know that she follows.
    reply("not hers", other)
    first = reply("I have")
    await_noted(ana, 1)
    assert [(each["title"], each["body"]) for each in noted(ana)] == [("Host replied in a thread in library", "I have")]
    assert noted(ana)[0]["open"], "the room is read, and the thread is not"
    assert host.request("PUT", f"/api/messages/{first}", json={"source": "I have it"}).status_code == 200
    reply("come and get it")
    await_noted(ana, 2)
    assert noted(ana)[1]["body"] == "come and get it", "an edit that calls nobody is not told again"

    # A click opens the thread: it is read, and what comes there is not told while it is looked at.
    ana.page.evaluate("noted[1].click()")
    thread = ana.page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("come and get it")
    ana.page.wait_for_function("() => !noted[1].open")
    reply("while she looks")
    expect(thread).to_contain_text("while she looks")
    ana.page.keyboard.press("Escape")
    expect(thread).to_be_hidden()
    reply("when she is back")
    await_noted(ana, 3)
    assert noted(ana)[2]["body"] == "when she is back"

    # Who unfollowed is told of mentions alone.
    ana.page.evaluate("noted[2].click()")
    thread.get_by_role("button", name="Following").click()
    expect(thread.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    look(ana, False)
    reply("unheard")
    write(host, room, "still there, @Thread?")
    await_noted(ana, 4)
    assert titles(ana)[3] == "Host mentioned you in library"


def test_quiet_hours_are_chosen_and_kept_to(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server, timezone_id="Asia/Tokyo")
    permit(ana.context)
    ana.register("Sleeper")
    private = direct(host, ana, server)
    ana.page.locator("#me").click()
    ana.page.get_by_role("button", name="Notifications").click()
    dialog = ana.page.get_by_role("dialog")
    expect(dialog).to_contain_text("In the time zone Asia/Tokyo.")
    dialog.get_by_label("Have quiet hours").check()
    dialog.get_by_label("From").fill("00:00")
    dialog.get_by_label("to", exact=True).fill("00:00")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("the same time")
    dialog.get_by_label("to", exact=True).fill("23:59")
    dialog.get_by_role("button", name="Save").click()
    expect(ana.page.get_by_text("No notifications between 00:00 and 23:59.")).to_be_visible()
    ana.page.keyboard.press("Escape")
    write(host, private, "good night")
    enter(ana, "Host")
    message = ana.message("good night")
    message.focus()
    ana.page.keyboard.press("y")
    expect(ana.page.get_by_role("dialog")).to_contain_text("between 00:00 and 23:59 you want no notifications")
    ana.page.keyboard.press("Escape")
    person = server.sign_in("Sleeper", 0)
    number = ana.page.locator("body").get_attribute("data-user-id")
    look(ana, False)
    write(host, private, "in the night")
    expect(ana.message("in the night")).to_be_visible()
    with person.chat() as device:
        assert person.request("DELETE", f"/api/users/{number}/quiet").status_code == 204
        device.next("preferences")  # now all devices know
    write(host, private, "good morning")
    await_noted(ana, 1)
    assert noted(ana)[0]["body"] == "good morning"


def test_where_only_a_worker_may_show_them_it_does(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server, service_workers="allow")
    ana.context.grant_permissions(["notifications"])
    ana.context.add_init_script(
        "Notification = class extends Notification { constructor() { throw new TypeError('as on a phone'); } };"
    )
    ana.register("Phone")
    private = direct(host, ana, server)
    shown = "() => navigator.serviceWorker.ready.then((worker) => worker.getNotifications())"
    ana.page.wait_for_function("() => navigator.serviceWorker.ready.then((worker) => worker.active !== null)")
    ana.page.wait_for_function("() => navigator.locks.query().then(({ held }) => held.length === 1)")
    look(ana, False)
    write(host, private, "hello")
    ana.page.wait_for_function(f"{shown}.then(([first]) => first?.title === 'Host' && first.body === 'hello')")
    look(ana, True)
    enter(ana, "Host")
    expect(ana.message("hello")).to_be_visible()
    ana.page.wait_for_function(f"{shown}.then((all) => all.length === 0)")
