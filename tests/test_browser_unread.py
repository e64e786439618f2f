"""What is new: counts, the line, the title and icon of the tab; read by reading, on every device, never backward."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import Desk, Window
from tests.running import Person, RunningServer
from tests.seating import make_room
from tests.test_browser_rooms import enter, link

ICON = "document.querySelector('link[rel=icon]').href"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("unread") / "instance").start()
    yield running
    running.stop()


def count(window: Window, name: str) -> Locator:
    """The count beside a room."""
    return link(window, name).locator(".count")


def line(window: Window) -> Locator:
    """The line above what is new."""
    return window.log.get_by_role("separator", name="New")


def write(person: Person, room: int, *texts: str) -> None:
    """Post over a socket."""
    with person.chat() as chat:
        for text in texts:
            chat.post(text, room=room)


def expect_told(server: RunningServer, nickname: str, room: int) -> None:
    """Wait until the server knows that this person has read something of the room."""
    with server.sign_in(nickname, 0).chat() as chat:
        if not next(each["read"] for each in chat.welcome["rooms"] if each["id"] == room):
            chat.next("read", lambda frame: frame["room"] == room, timeout=30)


def on_two_devices(server: RunningServer, desk: Desk, name: str, room: str) -> tuple[int, Window, Window]:
    """Somebody new who is in this room, with the host: the id of the room, and the two devices."""
    one = desk.window(server).register(name)
    number = make_room(server, room, [name, "Host"])
    one.page.reload()
    return number, one.ready(), desk.window(server).sign_in(name)


def look(window: Window, looks: bool) -> None:
    """Turn to another window of the desktop, or back. The browser of the tests gives the focus to all its pages."""
    window.page.evaluate(
        """(looks) => {
          document.hasFocus = () => looks;
          dispatchEvent(new Event(looks ? "focus" : "blur"));
        }""",
        looks,
    )


def test_counts_the_line_and_the_tab(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Ana")
    room = make_room(server, "news", ["Ana", "Host"])
    ana.page.reload()
    ana.ready()
    expect(ana.page).to_have_title("general – Parley")
    plain = ana.page.evaluate(ICON)
    write(host, room, "one", "two", "three")
    expect(count(ana, "news")).to_have_text("3")
    expect(link(ana, "news")).to_have_accessible_name(re.compile("news.*3 unread"))
    expect(ana.page).to_have_title("(3) general – Parley")
    ana.page.wait_for_function(f"{ICON}.startsWith('data:image/svg+xml') && {ICON}.includes(encodeURIComponent('>3<'))")
    enter(ana, "news")
    expect(count(ana, "news")).to_be_empty()
    expect(ana.page).to_have_title("news – Parley")
    ana.page.wait_for_function(f"{ICON} === {plain!r}")

    # The line stands above the first of them for as long as the visit lasts.
    expect(line(ana)).to_be_visible()
    assert ana.log.locator(".fresh + chat-message").inner_text().strip().endswith("one")
    ana.say("four")
    ana.expect_texts("one", "two", "three", "four")
    expect(line(ana)).to_be_visible()
    enter(ana, "general")
    enter(ana, "news")
    expect(ana.message("four")).to_be_visible()
    expect(line(ana)).to_have_count(0)


def test_a_reader_begins_where_they_left_off(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Slow")
    room = make_room(server, "book", ["Slow", "Host"])
    write(host, room, *(f"line {number}" for number in range(45)))
    ana.page.reload()
    ana.ready()
    expect(count(ana, "book")).to_have_text("45")
    enter(ana, "book")
    expect(line(ana)).to_be_in_viewport()
    expect(ana.log.get_by_text("line 0", exact=True)).to_be_in_viewport()
    expect(ana.log.get_by_text("line 44", exact=True)).not_to_be_in_viewport()
    expect(count(ana, "book")).to_have_text(re.compile("^[12]?[0-9]$"))
    expect_told(server, "Slow", room)
    ana.page.reload()
    ana.ready()
    expect(ana.log.get_by_text("line 0", exact=True)).not_to_be_in_viewport()
    expect(line(ana)).to_be_in_viewport()  # further down: what was in view is read
    expect(count(ana, "book")).to_have_text(re.compile("^([12]?[0-9])?$"))
    ana.log.get_by_text("line 44", exact=True).scroll_into_view_if_needed()
    expect(count(ana, "book")).to_be_empty()


def test_more_than_is_loaded_and_the_way_to_the_first(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Away")
    room = make_room(server, "flood", ["Away", "Host"])
    with host.chat() as chat:
        for number in range(180):
            chat.send({"type": "post", "key": f"f{number}", "room": room, "source": f"drop {number}"})
        chat.answer("f179")
    ana.page.reload()
    ana.ready()
    expect(count(ana, "flood")).to_have_text("180")  # 50 of them are loaded
    expect(ana.page).to_have_title("(180) general – Parley")
    messages = host.get("/api/messages", room=room, before=20, limit=2).json()["messages"]
    assert host.request("DELETE", f"/api/messages/{messages[0]['id']}").status_code == 204
    expect(count(ana, "flood")).to_have_text("179")
    write(host, room, "one more")
    expect(count(ana, "flood")).to_have_text("180")
    person = server.sign_in("Away", 0)
    person.request("PUT", f"/api/rooms/{room}/read", json={"seq": 10})  # another device, in what is not loaded here
    expect(count(ana, "flood")).to_have_text("170")
    person.request("PUT", f"/api/rooms/{room}/unread", json={"seq": 1})
    expect(count(ana, "flood")).to_have_text("180")
    enter(ana, "flood")
    jump = ana.page.get_by_role("button", name="First new message")
    jump.click()
    expect(ana.log.get_by_text("drop 0", exact=True)).to_be_in_viewport()
    expect(line(ana)).to_be_in_viewport()
    expect(jump).to_be_hidden()


def test_nobody_reads_what_nobody_looks_at(server: RunningServer, desk: Desk, host: Person) -> None:
    ana = desk.window(server).register("Elsewhere")
    room = make_room(server, "desk", ["Elsewhere", "Host"])
    ana.page.reload()
    ana.ready()
    enter(ana, "desk")
    write(host, room, "while she looks")
    expect(ana.message("while she looks")).to_be_visible()
    expect(count(ana, "desk")).to_be_empty()
    look(ana, False)
    write(host, room, "first", "second")
    expect(count(ana, "desk")).to_have_text("2")
    expect(ana.page).to_have_title("(2) desk – Parley")
    assert ana.log.locator(".fresh + chat-message").inner_text().strip().endswith("first")
    look(ana, True)
    expect(count(ana, "desk")).to_be_empty()
    expect(ana.page).to_have_title("desk – Parley")
    expect(line(ana)).to_be_visible()


def test_read_on_one_device_is_read_on_all_and_never_backward(server: RunningServer, desk: Desk, host: Person) -> None:
    room, one, two = on_two_devices(server, desk, "Twice", "both")
    write(host, room, "a", "b")
    for device in (one, two):
        expect(count(device, "both")).to_have_text("2")
    enter(two, "both")
    expect(count(one, "both")).to_be_empty()
    expect(one.page).to_have_title("general – Parley")
    person = server.sign_in("Twice", 0)
    with person.chat() as chat:
        chat.send({"type": "read", "room": room, "seq": 1})  # a late packet
        chat.send({"type": "ping"})
        chat.next("pong")
    one.page.reload()
    one.ready()
    expect(link(one, "both")).to_be_visible()
    expect(count(one, "both")).to_be_empty()


def test_everything_is_read_at_once(server: RunningServer, desk: Desk, host: Person) -> None:
    one = desk.window(server).register("Busy")
    rooms = [make_room(server, name, ["Busy", "Host"]) for name in ("alpha", "beta")]
    one.page.reload()
    one.ready()
    two = desk.window(server).sign_in("Busy")
    for room in rooms:
        write(host, room, "before", "behind")
    for device in (one, two):
        expect(device.page).to_have_title("(4) general – Parley")
    one.field.fill("not sent")
    one.page.keyboard.press("Shift+Escape")
    for device in (one, two):
        expect(device.page).to_have_title("general – Parley")
    expect(one.field).to_have_value("not sent")
    one.page.reload()
    one.ready()
    expect(one.page).to_have_title("general – Parley")
    enter(one, "alpha")
    expect(one.message("behind")).to_be_visible()
    expect(line(one)).to_have_count(0)


def test_marked_as_unread_is_so_everywhere_until_the_next_visit(
    server: RunningServer, desk: Desk, host: Person
) -> None:
    room, one, two = on_two_devices(server, desk, "Marks", "later")
    write(host, room, "first", "second", "third")
    enter(one, "later")
    expect(one.message("third")).to_be_visible()
    for device in (one, two):
        expect(count(device, "later")).to_be_empty()

    # By key, on the message that has the focus; it is not read again by being in view.
    one.message("second").focus()
    one.page.keyboard.press("u")
    for device in (one, two):
        expect(count(device, "later")).to_have_text("2")
    assert one.log.locator(".fresh + chat-message").inner_text().strip().endswith("second")
    expect(one.message("second")).to_be_focused()
    write(host, room, "fourth")
    for device in (one, two):
        expect(count(device, "later")).to_have_text("3")
    one.page.reload()  # the next visit
    one.ready()
    expect(one.message("fourth")).to_be_visible()
    for device in (one, two):
        expect(count(device, "later")).to_be_empty()

    # By the menu; the other device reads it when it goes there.
    one.message("first").hover()
    one.message("first").get_by_role("button", name="More actions").click()
    one.page.get_by_role("menuitem", name="Mark as unread").click()
    for device in (one, two):
        expect(count(device, "later")).to_have_text("4")
    enter(two, "later")
    expect(line(two)).to_be_in_viewport()
    for device in (one, two):
        expect(count(device, "later")).to_be_empty()


def test_marked_while_the_server_is_away_is_told_when_it_is_back(
    server: RunningServer, desk: Desk, host: Person
) -> None:
    room, one, two = on_two_devices(server, desk, "Tunnel", "train")
    write(host, room, "before", "behind")
    enter(one, "train")
    expect(one.message("behind")).to_be_visible()
    expect(count(two, "train")).to_be_empty()
    one.context.set_offline(True)
    one.page.evaluate("dispatchEvent(new Event('offline'))")
    expect(one.page.get_by_text("Offline")).to_be_visible(timeout=30_000)
    one.message("behind").focus()
    one.page.keyboard.press("u")
    expect(count(one, "train")).to_have_text("1")
    write(host, room, "meanwhile")
    expect(count(two, "train")).to_have_text("1")
    one.context.set_offline(False)
    for device in (one, two):
        expect(count(device, "train")).to_have_text("2")
