"""What people see and keep when the server goes: a crash, a restart, a backup put back, two tabs, a wait."""

import re
import shutil
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from parley.settings import Settings
from tests.archives import succeeds
from tests.browsing import Desk, Window
from tests.running import RunningServer

# From now on, every text that a screen reader is told by the status line or the announcer.
LISTEN = """() => {
  window.told = {status: [], news: []};
  const hear = (selector, list) => {
    const region = document.querySelector(selector);
    const note = () => list.at(-1) === region.textContent || list.push(region.textContent);
    new MutationObserver(note).observe(region, {childList: true, characterData: true, subtree: true});
  };
  hear("#status [role=status]", window.told.status);
  hear("#announcer", window.told.news);
}"""


def height_of(window: Window, text: str) -> float:
    box = window.log.get_by_text(text, exact=True).bounding_box()
    assert box is not None
    return box["y"]


def expect_read(server: RunningServer, seq: int) -> None:
    """Wait until the server knows that Ana has read so far; her first seq is that of her joining."""
    with server.sign_in("Ana", 1).chat() as chat:
        if chat.welcome["rooms"][0]["read"] < seq:
            chat.next("read", lambda frame: frame["seq"] >= seq, timeout=30)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_a_reader_keeps_the_place_and_is_told_little(server: RunningServer, desk: Desk, end: signal.Signals) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server).register("Ben")
    with server.register("Historian").chat() as chat:
        for number in range(30):
            chat.post(f"line {number}")
    expect(ana.message("line 29")).to_be_visible()
    status = ana.page.locator("#status [role=status]")
    ana.page.evaluate(LISTEN)
    server.stop(number=end)
    for number in range(6):
        ben.say(f"news {number}")
    expect(status).to_have_text("Reconnecting…")
    ana.page.evaluate("window.told.news.length = 0")
    ana.say("mine")
    expect(status).to_have_text("Reconnecting… Your messages are kept and will be sent.")
    ana.log.get_by_text("line 5", exact=True).scroll_into_view_if_needed()
    place = height_of(ana, "line 5")
    server.start()
    for window in (ana, ben):
        window.try_now()
    expect(ana.message("news 5")).to_be_attached()
    expect(ana.log.locator("chat-message.pending")).to_have_count(0)
    expect(status).to_be_empty()
    expect(ana.page.get_by_role("button", name="New messages")).to_be_visible()
    assert abs(height_of(ana, "line 5") - place) < 2, "the line that is read does not move"
    expect(ana.page.locator("#announcer")).to_have_text(re.compile("new messages|news 5"))
    told = ana.page.evaluate("window.told")
    assert told["status"] == ["Reconnecting… ", "Reconnecting… Your messages are kept and will be sent.", ""]
    assert len(told["news"]) <= 3, "six messages are not read out one by one"


def test_a_backup_is_restored_while_pages_are_open(server: RunningServer, desk: Desk, tmp_path: Path) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server).register("Ben")
    ana.say("one")
    ben.expect_texts("one")
    settings, file = Settings(instance=server.instance), tmp_path / "chat.parley"
    succeeds(settings, "backup", file)
    ana.say("two, which the backup does not have")
    for window in (ana, ben):
        window.expect_texts("one", "two, which the backup does not have")
    server.stop()
    ana.field.press("ArrowUp")
    ana.field.fill("other words for two")
    ana.field.press("Enter")
    ana.say("written meanwhile")
    ana.field.fill("a draft")
    succeeds(settings, "restore", file, "--drop-first", "--yes")
    server.start()
    for window, name in ((ana, "Ana"), (ben, "Ben")):  # the restore has ended every session: each is asked again
        window.try_now()
        expect(window.page.get_by_label("Nickname")).to_be_visible()
        window.type_credentials(name)
        window.ready()
    expect(ana.field).to_have_value("a draft")
    ben.expect_texts("one", "written meanwhile")
    refused = ana.log.locator("chat-message.refused")
    expect(refused).to_contain_text("other words for two")
    expect(refused).to_contain_text("Not changed: The server went back to a backup")
    expect(ana.message("written meanwhile")).to_be_visible()  # although it has the number that "two" had
    refused.get_by_role("button", name="Drop").click()
    ana.expect_texts("one", "written meanwhile")


def test_an_older_file_is_put_back_while_a_page_is_open(server: RunningServer, desk: Desk, tmp_path: Path) -> None:
    ana = desk.window(server).register("Ana")
    ana.say("one")
    ana.expect_texts("one")
    server.stop()
    shutil.copytree(server.instance, tmp_path / "old")
    server.start()
    ana.try_now()
    for text in ("two", "three", "four"):
        ana.say(text)
    ana.expect_texts("one", "two", "three", "four")
    expect_read(server, 5)
    server.stop()
    ana.page.evaluate("window.same = true")
    shutil.rmtree(server.instance)
    shutil.copytree(tmp_path / "old", server.instance)
    server.start()
    ana.try_now()
    ana.expect_texts("one")
    ana.say("again two")
    ana.expect_texts("one", "again two")
    expect_read(server, 3)
    assert ana.page.evaluate("window.same"), "it found the way without a reload"


def test_two_tabs_write_while_the_server_is_away_and_one_is_closed(server: RunningServer, desk: Desk) -> None:
    one = desk.window(server).register("Ana")
    two = desk.tab(one.context, server).open().ready()
    ben = desk.window(server).register("Ben")
    server.kill()
    for number in (1, 2):
        one.say(f"from one {number}")
        two.say(f"from two {number}")
    # As if it had been written longer ago than a tab waits for another.
    two.page.evaluate(
        """() => {
          for (const [name, text] of Object.entries(localStorage)) {
            if (!name.startsWith("parley.outbox.") || !text.includes("from two")) continue;
            const entry = JSON.parse(text);
            localStorage.setItem(name, JSON.stringify({...entry, at: entry.at - 11_000}));
          }
        }"""
    )
    expect(one.log.locator("chat-message.pending")).to_have_count(4)
    two.page.close()
    server.start()
    for window in (one, ben):
        window.try_now()
    expect(ben.message("from ")).to_have_count(4)
    expect(one.log.locator("chat-message.pending")).to_have_count(0)
    assert one.texts() == ben.texts()
    for tab in ("one", "two"):
        assert [text for text in ben.texts() if tab in text] == [f"from {tab} 1", f"from {tab} 2"]


def test_who_writes_too_fast_is_told_that_it_is_only_a_wait(desk: Desk, instance: Path) -> None:
    server = RunningServer(instance, {"RATE_LIMITS": "on", "POST_RATE": "2/3seconds"}).start()
    ana = desk.window(server).register("Ana")
    ana.page.evaluate(LISTEN)
    texts = ("one", "two", "three", "four")  # at the turn of two windows of 3 s, three may pass
    for text in texts:
        ana.say(text)
    ana.page.wait_for_function("told.status.some((said) => said.includes('sent in a moment'))")
    ana.expect_texts(*texts)
    expect(ana.page.locator("#status [role=status]")).to_be_empty()
    server.stop()
