"""The message list: history without a jump, what is new below, days, groups, and who is here."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browsing import Desk, Window
from tests.running import RunningServer

MANY = 260

# Scrolls to the top and waits for older lines; how far the line that was the first moved when they came, in pixels.
JUMP = """() => new Promise((resolve) => {
  const first = () => document.querySelector("chat-message:not(.event) [data-part=text]");
  const line = first();
  document.querySelector("#log").scrollTop = 0;
  const top = () => line.getBoundingClientRect().top;
  let before = top();
  const look = () => {
    const now = top();
    if (first() !== line) return requestAnimationFrame(() => resolve(Math.abs(top() - before)));
    before = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("log") / "instance").start()
    with running.register("Historian").chat() as chat:
        for number in range(MANY):
            chat.send({"type": "post", "key": f"h{number}", "room": 1, "source": f"line {number}"})
        chat.answer(f"h{MANY - 1}")
    yield running
    running.stop()


def top_of(window: Window, text: str) -> float:
    box = window.message(text).bounding_box()
    assert box is not None
    return box["y"]


def test_scrolling_up_loads_older_pages_without_a_jump(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Scroller")
    expect(ana.log.get_by_text(f"line {MANY - 1}", exact=True)).to_be_in_viewport()
    assert ana.log.get_by_text("line 100", exact=True).count() == 0
    for _ in range(20):
        if ana.log.get_by_text("line 0", exact=True).count() > 0:
            break
        assert ana.page.evaluate(JUMP) < 4, "the line being read moved"
    expect(ana.page.get_by_text("This is where general begins.")).to_be_attached()
    numbers = [int(text.split()[1]) for text in ana.texts() if re.fullmatch(r"line \d+", text)]
    assert numbers == list(range(MANY)), "each once, in order"


def test_an_arrival_keeps_the_place_and_says_that_it_is_below(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Reading"), desk.window(server).register("Writing")
    middle = ana.log.get_by_text(f"line {MANY - 30}", exact=True)
    middle.scroll_into_view_if_needed()
    before = middle.bounding_box()
    ben.say("something new")
    pill = ana.page.get_by_role("button", name="New messages")
    expect(pill).to_be_visible()
    assert middle.bounding_box() == before
    pill.click()
    expect(ana.message("something new")).to_be_in_viewport()
    expect(pill).to_be_hidden()
    ben.say("one more")
    expect(ana.message("one more")).to_be_in_viewport()  # at the bottom one stays at the bottom


def test_days_and_groups(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server, timezone_id="Asia/Kathmandu").register("Grouper")
    expect(ana.log.get_by_text("Today").or_(ana.log.get_by_text("Yesterday")).first).to_be_attached()
    for text in ("one", "two"):
        ana.say(f"group {text}")
    expect(ana.message("group one")).to_have_class(re.compile(r"\blead\b"))
    expect(ana.message("group two")).not_to_have_class(re.compile(r"\blead\b"))


def test_times_are_in_the_readers_zone(server: RunningServer, desk: Desk) -> None:
    people = {zone: desk.window(server, timezone_id=zone) for zone in ("Asia/Kathmandu", "America/New_York")}
    for number, window in enumerate(people.values()):
        window.register(f"Traveller {number}")
    people["Asia/Kathmandu"].say("what time is it")
    for zone, window in people.items():
        time = window.message("what time is it").locator("time").last
        expect(time).to_be_attached()
        moment = datetime.fromisoformat(time.get_attribute("datetime") or "")
        assert moment.utcoffset() == timedelta(0)
        assert time.text_content() == f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def test_presence_follows_sockets_and_does_not_flicker(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Watching")
    ben = desk.window(server).register("Coming")
    listed = ana.page.get_by_role("complementary").get_by_text("Coming", exact=True)
    expect(listed).to_be_visible()
    ana.page.evaluate(
        """() => {
          window.flickers = 0;
          new MutationObserver(() => {
            if (!document.querySelector('#people').innerText.includes('Coming')) window.flickers += 1;
          }).observe(document.querySelector('#people'), {childList: true, subtree: true});
        }"""
    )
    ben.page.reload()
    ben.ready()
    ben.say("reloaded")
    expect(ana.message("reloaded")).to_be_visible()
    assert ana.page.evaluate("window.flickers") == 0
    ben.context.close()
    expect(listed).to_have_count(0)


def test_typing_is_shown_to_others_and_ends(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Patient"), desk.window(server).register("Typist")
    ben.field.press_sequentially("hm")
    expect(ana.page.get_by_text("Typist is typing")).to_be_visible()
    expect(ben.page.get_by_text("is typing")).to_have_count(0)
    ben.field.press("Enter")
    expect(ana.page.get_by_text("Typist is typing")).to_have_count(0)
