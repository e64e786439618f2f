"""The main job: two people, two browsers, one form, Markdown and links, on the embedded default."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import Desk
from tests.running import RunningServer
from tests.services import PageServer


@pytest.fixture
def server(instance: Path) -> Iterator[RunningServer]:
    running = RunningServer(instance, {"PREVIEW_ALLOW": "127.0.0.0/8"}).start()
    yield running
    running.stop()


def test_two_people_chat(server: RunningServer, desk: Desk, pages: PageServer) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server, color_scheme="dark").register("Ben")
    online = ana.page.get_by_role("complementary", name="People online")
    expect(online.get_by_text("Ben")).to_be_visible()

    # Whoever comes first is told how to go on.
    expect(ana.log.get_by_text("So far only this machine reaches it")).to_be_visible()
    ana.log.get_by_role("button", name="New room").click()
    expect(ana.page.get_by_role("dialog", name="Create a room")).to_be_visible()
    ana.page.keyboard.press("Escape")

    # Markdown, seen by both at once.
    ana.say("Hello **Ben**, `code` and :tada:")
    expect(ben.message("Hello Ben, code and 🎉").locator("strong")).to_have_text("Ben")
    ben.say("```python\ndef answer():\n    return 42\n```")
    expect(ana.log.locator("pre code span").first).to_be_visible()
    ana.field.fill("first line")
    ana.field.press("Shift+Enter")
    ana.field.press_sequentially("second line")
    ana.field.press("Enter")
    for window in (ana, ben):
        expect(window.message("first line").locator("br")).to_have_count(1)

    # ↑ edits the last message; both see it, marked.
    ana.field.press("ArrowUp")
    expect(ana.field).to_have_value("first line\nsecond line")
    ana.field.fill("better words")
    ana.field.press("Enter")
    expect(ben.message("better words").get_by_text("edited")).to_be_visible()
    assert re.search(r"\w edited", ben.message("better words").aria_snapshot()), "read out as a word of its own"
    expect(ben.message("first line")).to_have_count(0)

    # A link unfolds below the message, for both; its author takes it away, for both.
    url = pages.page("/story", "<title>A page &amp; its title</title><meta name=description content='What it tells'>")
    ana.say(f"look: {url}")
    for window in (ana, ben):
        card = window.message("look: ").locator(".preview")
        expect(card.get_by_role("link", name="A page & its title")).to_have_attribute("href", url)
        expect(card).to_contain_text("What it tells")
    expect(ben.message("look: ").get_by_role("button", name="Remove preview")).to_have_count(0)
    ana.message("look: ").hover()
    ana.message("look: ").get_by_role("button", name="Remove preview").click()
    for window in (ana, ben):
        expect(window.message("look: ").locator(".preview")).to_have_count(0)

    # A deletion disappears everywhere.
    ana.delete("look: ")
    for window in (ana, ben):
        expect(window.message("look: ")).to_have_count(0)

    # The server dies; what is written meanwhile waits, and nothing is lost or doubled when it is back.
    server.kill()
    for number in range(1, 4):
        ana.say(f"Ana while it was away {number}")
        ben.say(f"Ben while it was away {number}")
    expect(ana.log.locator("chat-message.pending")).to_have_count(3)
    expect(ana.page.get_by_role("status").first).not_to_be_empty()
    server.start()
    for window in (ana, ben):
        window.try_now()
        expect(window.log.locator("chat-message.pending")).to_have_count(0)
        expect(window.message("while it was away")).to_have_count(6)
    assert ana.texts() == ben.texts()
    for name in ("Ana", "Ben"):
        mine = [text for text in ana.texts() if text.startswith(f"{name} while")]
        assert mine == [f"{name} while it was away {number}" for number in range(1, 4)]

    # A fresh load says the same.
    before = ana.texts()
    ana.page.reload()
    ana.ready()  # with what was kept, at first
    expect(ana.message("while it was away")).to_have_count(6)
    assert ana.texts() == before


def test_everything_appears_in_every_tab(server: RunningServer, desk: Desk) -> None:
    one = desk.window(server).register("Ana")
    two = desk.tab(one.context, server).open().ready()
    one.say("from one")
    two.say("from two")
    for tab in (one, two):
        tab.expect_texts("from one", "from two")


def test_what_is_written_offline_survives_a_reload(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server).register("Ben")
    ana.say("before")
    ben.expect_texts("before")
    server.kill()
    ana.say("one")
    ana.say("two")
    ana.field.fill("a draft")
    expect(ana.log.locator("chat-message.pending")).to_have_count(2)
    server.start()
    ana.page.reload()
    ana.ready()
    ben.try_now()
    expect(ana.field).to_have_value("a draft")
    for window in (ana, ben):
        window.expect_texts("before", "one", "two")


def test_each_tab_keeps_its_own_draft_and_a_new_one_begins_with_the_last(server: RunningServer, desk: Desk) -> None:
    first = desk.window(server).register("Ana")
    second = desk.tab(first.context, server).open().ready()
    first.field.fill("one draft")
    second.field.fill("another draft")
    first.page.reload()
    expect(first.ready().field).to_have_value("one draft")
    third = desk.tab(first.context, server).open().ready()
    expect(third.field).to_have_value("another draft")


def test_a_refused_post_says_why_and_can_be_dropped_or_retried(desk: Desk, instance: Path) -> None:
    server = RunningServer(instance).start()
    ana = desk.window(server).register("Ana")
    server.stop()
    server.environment["MESSAGE_LENGTH"] = "50"  # the page that is open knows nothing of it
    server.start()
    ana.try_now()
    ana.say("x" * 60)
    ana.say("after")
    refused = ana.log.locator("chat-message.refused")
    expect(refused).to_contain_text("50")
    ben = desk.window(server).register("Ben")
    expect(ben.message("after")).to_be_visible()
    refused.get_by_role("button", name="Retry").click()
    expect(refused).to_have_count(1)
    refused.get_by_role("button", name="Drop").click()
    ana.expect_texts("after")
    ben.expect_texts("after")
    ana.field.press("ArrowUp")
    ana.field.fill("y" * 60)
    ana.field.press("Enter")
    expect(refused).to_contain_text("Not changed:")
    expect(refused).to_contain_text("y" * 60)  # the words are not lost
    refused.get_by_role("button", name="Drop").click()
    ana.expect_texts("after")
    server.stop()


def test_the_field_counts_down_to_what_the_server_allows(desk: Desk, instance: Path) -> None:
    server = RunningServer(instance, {"MESSAGE_LENGTH": "80"}).start()
    ana = desk.window(server).register("Ana")
    counter, send = ana.page.locator("#counter"), ana.page.get_by_role("button", name="Send")
    ana.field.fill("x" * 69)
    expect(counter).to_be_hidden()
    ana.field.fill("👍" * 80)  # one character each, as the server counts
    expect(counter).to_have_text("0 left")
    ana.field.press("Enter")
    expect(ana.message("👍" * 80)).to_be_visible()
    ana.field.fill("x" * 81)
    expect(counter).to_have_text("1 too many")
    expect(send).to_be_disabled()
    ana.field.press("Enter")
    expect(ana.field).to_have_value("x" * 81)
    ana.expect_texts("👍" * 80)
    server.stop()


def test_a_lost_network_is_shown_and_recovered_from(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server).register("Ben")
    ana.say("hello")
    ben.expect_texts("hello")
    before = server.port
    server.stop()
    expect(ana.page.get_by_role("status").first).not_to_be_empty()
    server.start()
    assert server.port == before
    expect(ana.page.get_by_role("status").first).to_be_empty()
    ben.say("back")
    for window in (ana, ben):
        window.expect_texts("hello", "back")
