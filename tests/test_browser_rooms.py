"""Several rooms: each has its own log, draft and place; the address says which is shown; on a phone, two screens."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browsing import PHONE, Desk, Window
from tests.running import RunningServer
from tests.seating import make_room, write_entry


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("rooms") / "instance").start()
    yield running
    running.stop()


def link(window: Window, name: str) -> Locator:
    """The room in the list."""
    return window.page.get_by_role("navigation", name="Rooms").get_by_role("link", name=re.compile(rf"^{name}\b"))


def enter(window: Window, name: str) -> None:
    """Go to a room by the list."""
    link(window, name).click()
    expect(window.page.locator(".room .name")).to_have_text(name)


def test_what_is_said_in_a_room_stays_there(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server).register("Ben")
    room = make_room(server, "garden", ["Ana", "Ben"])
    for window in (ana, ben):
        window.page.reload()
        window.ready()
    enter(ana, "garden")
    assert ana.page.url == f"{server.url}/rooms/{room}"
    expect(link(ana, "garden")).to_have_attribute("aria-current", "page")
    expect(ana.page.get_by_text("This is where garden begins.")).to_be_visible()
    ana.say("roses")
    expect(link(ben, "garden")).to_contain_text("1")
    expect(ben.message("roses")).to_have_count(0)
    ben.say("to all")
    expect(link(ana, "general")).to_contain_text("1")
    enter(ben, "garden")
    ben.expect_texts("roses")
    ben.say("and thorns")
    ana.expect_texts("roses", "and thorns")
    ana.page.reload()
    ana.ready()
    ana.expect_texts("roses", "and thorns")
    ana.page.go_back()
    expect(ana.page.locator(".room .name")).to_have_text("general")
    expect(ana.message("to all")).to_be_visible()


def test_each_room_keeps_its_draft_and_its_place(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Switcher")
    host = server.register("Host")
    make_room(server, "long", ["Switcher", "Host"])
    room = make_room(server, "longer", ["Switcher", "Host"])
    with host.chat() as chat:
        for number in range(45):
            chat.post(f"line {number}", room=room)
    ana.page.reload()
    ana.ready()
    enter(ana, "longer")
    ana.field.fill("half a thought")
    middle = ana.log.get_by_text("line 20", exact=True)
    middle.scroll_into_view_if_needed()
    before = middle.bounding_box()
    enter(ana, "long")
    expect(ana.field).to_have_value("")
    ana.field.fill("another")
    enter(ana, "longer")
    expect(ana.field).to_have_value("half a thought")
    expect(middle).to_be_in_viewport()
    after = middle.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2
    enter(ana, "long")
    expect(ana.field).to_have_value("another")


def test_an_edit_is_left_behind_with_its_room(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Editor")
    make_room(server, "elsewhere", ["Editor"])
    ana.page.reload()
    ana.ready()
    ana.post("as it was")
    ana.field.fill("")
    ana.field.press("ArrowUp")
    expect(ana.page.get_by_text("Changing your message")).to_be_visible()
    enter(ana, "elsewhere")
    expect(ana.page.get_by_text("Changing your message")).to_be_hidden()
    expect(ana.field).to_have_value("")
    enter(ana, "general")
    expect(ana.field).to_have_value("")


def test_an_outsider_finds_nothing_at_the_address(server: RunningServer, desk: Desk) -> None:
    host = server.register("Insider")
    room = make_room(server, "vault", ["Insider"], "private")
    with host.chat() as chat:
        chat.post("the code is 1234", room=room)
    eve = desk.window(server).register("Eve")
    for number in (room, room + 100):
        eve.open(f"/rooms/{number}").ready()
        expect(eve.page.locator("#status")).to_contain_text("There is no such room, or you are not in it.")
        expect(eve.page.locator(".room .name")).to_have_text("general")
        assert eve.page.url == f"{server.url}/"
        assert "1234" not in eve.page.content()
        assert "vault" not in eve.page.content()
        expect(eve.page.get_by_role("dialog")).to_have_count(0)


def test_a_link_to_a_room_leads_there_through_the_door(server: RunningServer, desk: Desk) -> None:
    server.register("Guest")
    room = make_room(server, "lobby", ["Guest"])
    guest = desk.window(server).open(f"/rooms/{room}")
    guest.type_credentials("Guest")
    guest.ready()
    expect(guest.page.locator(".room .name")).to_have_text("lobby")


def test_on_a_phone_rooms_and_conversation_are_two_screens(server: RunningServer, desk: Desk) -> None:
    host = server.register("Caller")
    ana = desk.window(server, **PHONE).register("Walker")
    room = make_room(server, "street", ["Walker", "Caller"])
    ana.page.reload()
    ana.ready()
    with host.chat() as chat:
        chat.post("look up", room=room)
    rooms = ana.page.get_by_role("navigation", name="Rooms")
    expect(rooms).to_be_hidden()
    back = ana.page.get_by_role("link", name="All rooms")
    expect(back).to_contain_text("1")
    back.tap()
    expect(rooms).to_be_visible()
    expect(ana.field).to_be_hidden()
    link(ana, "street").tap()
    expect(rooms).to_be_hidden()
    expect(ana.message("look up")).to_be_visible()
    ana.page.go_back()
    expect(rooms).to_be_visible()
    expect(link(ana, "street")).not_to_contain_text("1")
    assert ana.page.evaluate("document.documentElement.scrollWidth") <= 360
    with host.chat() as chat:
        chat.post("again", room=room)
    expect(link(ana, "street")).to_contain_text("1")  # it is the open room, but nobody sees it
    link(ana, "street").tap()
    expect(ana.message("again")).to_be_in_viewport()


def test_nothing_is_lost_or_mixed_up_while_the_server_is_away(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Patient")
    ben = desk.window(server).register("Waiting")
    make_room(server, "island", ["Patient", "Waiting"])
    for window in (ana, ben):
        window.page.reload()
        window.ready()
    server.kill()
    ana.say("to general, while it was away")
    enter(ana, "island")
    ana.say("to the island, while it was away")
    expect(ana.log.locator("chat-message.pending")).to_have_count(1)
    server.start()
    for window in (ana, ben):
        window.try_now()
    ana.expect_texts("to the island, while it was away")
    expect(ben.message("to general, while it was away")).to_be_visible()
    enter(ben, "island")
    ben.expect_texts("to the island, while it was away")


def test_what_a_room_says_of_itself_is_a_quiet_line(server: RunningServer, desk: Desk) -> None:
    ana, ben = server.register("Founder"), server.register("Invited")
    room = make_room(server, "council", ["Founder", "Invited"])
    for kind, source in (
        ("created", "council"),
        ("invited", str(ben.id)),
        ("role", f"{ben.id} moderator"),
        ("renamed", "the council"),
        ("topic", "bread"),
        ("removed", str(ben.id)),
        ("archived", ""),
    ):
        write_entry(server, room, kind, "Founder", source)
    window = desk.window(server).open(f"/rooms/{room}")
    window.type_credentials(ana.nickname)
    window.ready()
    expect(window.log.locator("chat-message.event [data-part=text]")).to_have_text(
        [
            "Founder created the room “council”",
            "Founder invited Invited",
            "Founder made Invited a moderator",
            "Founder called the room “the council”",
            "Founder set the topic: bread",
            "Founder removed Invited",
            "Founder archived the room",
        ]
    )
    expect(link(window, "council")).not_to_contain_text(re.compile(r"\d"))  # nobody wrote anything


def test_who_keeps_order_may_delete_what_others_wrote(server: RunningServer, desk: Desk) -> None:
    keeper, writer, reader = (desk.window(server).register(name) for name in ("Keeper", "Writer", "Reader"))
    room = make_room(server, "square", ["Keeper", "Writer", "Reader"], owner="Keeper")
    for window in (keeper, writer, reader):
        window.open(f"/rooms/{room}").ready()
    writer.say("rude words")
    for window, may in ((keeper, 1), (reader, 0)):
        window.message("rude words").hover()
        expect(window.message("rude words").get_by_role("button", name="React", exact=True)).to_be_visible()
        expect(window.message("rude words").get_by_role("button", name="Edit")).to_have_count(0)
        window.message("rude words").get_by_role("button", name="More actions").click()
        expect(window.page.get_by_role("menuitem", name="React")).to_be_visible()
        expect(window.page.get_by_role("menuitem", name="Edit")).to_have_count(0)
        expect(window.page.get_by_role("menuitem", name="Delete")).to_have_count(may)
        window.page.keyboard.press("Escape")
    keeper.delete("rude words")
    for window in (keeper, writer, reader):
        expect(window.message("rude words")).to_have_count(0)


def test_a_room_comes_changes_and_goes_while_one_is_there(server: RunningServer, desk: Desk) -> None:
    host = server.register("Landlord")
    ana, ben = desk.window(server).register("Lodger"), desk.window(server).register("Neighbour")
    lodger = server.sign_in("Lodger", 0).get("/api/users").json()["users"]
    number = next(each["id"] for each in lodger if each["nickname"] == "Lodger")
    answer = host.request("POST", "/api/rooms", json={"name": "attic", "kind": "private"})
    assert answer.status_code == 201, answer.text
    room = answer.json()["id"]
    member = f"/api/rooms/{room}/members/{number}"

    assert host.request("PUT", member).is_success
    with host.chat() as chat:
        chat.post("mind the dust", room=room)
    expect(link(ana, "attic")).to_contain_text("1")
    enter(ana, "attic")
    expect(ana.message("mind the dust")).to_be_visible()
    expect(ana.log.get_by_text("Landlord invited Lodger")).to_be_visible()
    ana.say("so much of it")
    ana.expect_texts("mind the dust", "so much of it")
    ana.field.fill("something secret")

    change = {"name": "cellar", "topic": "mind your head"}
    assert host.request("PATCH", f"/api/rooms/{room}", json=change).is_success
    expect(ana.page.locator(".room .name")).to_have_text("cellar")
    expect(ana.page.locator(".topic")).to_have_text("mind your head")
    expect(link(ana, "cellar")).to_be_visible()
    assert host.request("PATCH", f"/api/rooms/{room}", json={"archived": True}).is_success
    expect(ana.field).to_be_disabled()
    assert host.request("PATCH", f"/api/rooms/{room}", json={"archived": False}).is_success
    expect(ana.field).to_have_value("something secret")
    expect(ana.field).to_be_enabled()

    assert host.request("DELETE", member).is_success
    expect(ana.page.locator(".room .name")).to_have_text("general")
    expect(ana.page.locator("#status")).to_contain_text("You are no longer in “cellar”.")
    expect(link(ana, "cellar")).to_have_count(0)
    expect(ana.message("dust")).to_have_count(0)
    expect(ana.field).to_have_value("")
    assert "secret" not in ana.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "cellar" not in ben.page.content(), "nobody else ever heard of it"
