"""On a phone: two screens that a finger moves, room for it, and a keyboard that covers nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browsing import PHONE, Desk, Window
from tests.running import RunningServer
from tests.seating import make_room

# Of what can be touched: how large it is, when that is less than a finger needs. Links in texts stand in their line.
SMALL = """() => [...document.querySelectorAll("button, a[href], input, textarea, select")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((element) => !element.closest(".text, .byline, .visually-hidden, .skip"))
  .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 44 || height < 44)
  .map(([element, { width, height }]) => `${Math.round(width)} x ${Math.round(height)}: ${element}`)"""

AWAY = """async (main) => {
  for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  return main.getBoundingClientRect().left;
}"""
IDLE = """async () => {
  await new Promise((resolve) => requestIdleCallback(resolve));
  const main = document.querySelector("script[src]").src;
  await Promise.all(["swipe.js", "visible-height.js"].map((name) => import(new URL(name, main).href)));
  await new Promise((resolve) => setTimeout(resolve));
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("phone") / "instance", {"PREVIEWS": "off"}).start()
    yield running
    running.stop()


class Finger:
    """A finger on the glass, as the browser hears it from a touch screen."""

    def __init__(self, window: Window) -> None:
        self._devtools = window.context.new_cdp_session(window.page)

    def touch(self, kind: str, *point: float) -> None:
        """Touch there, move there, or let go."""
        points = [{"x": point[0], "y": point[1]}] if point else []
        self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe(self, start: tuple[float, float], *ways: tuple[float, float]) -> None:
        """From here over there, in small steps, and let go."""
        self.touch("touchStart", *start)
        self.drag(start, *ways)
        self.touch("touchEnd")

    def drag(self, start: tuple[float, float], *ways: tuple[float, float]) -> None:
        """The same without the ends."""
        at = start
        for way in ways:
            for step in range(1, 9):
                self.touch("touchMove", *(a + (b - a) * step / 8 for a, b in zip(at, way, strict=True)))
            at = way


def test_a_finger_goes_between_the_rooms_and_the_conversation(server: RunningServer, desk: Desk) -> None:
    for kind, options in (("Follower", {}), ("Still", {"reduced_motion": "reduce"})):
        window = desk.window(server, **PHONE, **options).register(kind)
        make_room(server, f"room of {kind}", [kind])
        window.say("```\n" + "a long line of code " * 20 + "\n```")
        expect(window.log.locator("chat-message.pending")).to_have_count(0)
        rooms = window.page.get_by_role("navigation", name="Rooms")
        follows(window)
        finger = Finger(window)

        finger.touch("touchStart", 60, 200)
        finger.drag((60, 200), (160, 205))
        away = window.page.get_by_role("main").evaluate(AWAY)
        assert (away > 50) == (kind == "Follower"), "it follows the finger, unless nothing shall move"
        finger.drag((160, 205), (300, 205))
        finger.touch("touchEnd")
        expect(rooms).to_be_visible()
        expect(window.log).to_be_hidden()
        assert window.page.evaluate("location.pathname") == "/rooms"

        finger.swipe((300, 300), (290, 300), (40, 300))
        expect(window.log).to_be_visible()
        expect(rooms).to_be_hidden()
        assert window.page.evaluate("location.pathname") == "/rooms/1"

        code = window.log.locator("pre").last.bounding_box()
        assert code
        for start, *ways in (
            [(100, 200), (105, 400), (300, 400)],  # down, whatever comes then
            [(300, 200), (60, 200)],  # the wrong way
            [(60, 200), (110, 200), (75, 200)],  # and back
            [(60, code["y"] + 20), (300, code["y"] + 20)],  # this scrolls
        ):
            finger.swipe(start, *ways)
            expect(window.page.locator("body:not(.swiping)")).to_have_count(1)
            expect(window.log).to_be_visible()
            expect(rooms).to_be_hidden()
        window.page.locator(".bar .room").tap()
        expect(window.page.get_by_role("dialog")).to_be_visible()
        window.page.go_back()
        expect(rooms).to_be_visible()
        expect(window.page.get_by_role("dialog")).to_have_count(0)


def follows(window: Window) -> None:
    """Wait until the page heeds fingers and keyboards: that comes when it has nothing better to do."""
    window.page.evaluate(IDLE)


def test_there_is_room_for_a_finger(server: RunningServer, desk: Desk) -> None:
    window = desk.window(server, **PHONE)
    window.open()
    expect(window.page.get_by_role("button", name="Sign in")).to_be_enabled()
    assert window.page.evaluate(SMALL) == []
    window.register("Thumb")
    make_room(server, "tea", ["Thumb"])
    window.post("hello")
    narrow = [each for each in window.page.evaluate(SMALL) if 'data-action="menu"' not in each]
    assert narrow == [], narrow
    window.page.get_by_role("link", name="All rooms").tap()
    assert window.page.evaluate(SMALL) == []


def test_nothing_zooms_and_nothing_is_wider_than_the_smallest_phone(server: RunningServer, desk: Desk) -> None:
    small: Any = {**PHONE, "viewport": {"width": 320, "height": 568}}
    window = desk.window(server, **small).register("Small")
    for field in window.page.locator("input, textarea, select").all():
        assert field.evaluate("(field) => parseFloat(getComputedStyle(field).fontSize)") >= 16, "Safari would zoom in"
    for path in ("/", "/rooms"):
        window.open(path)
        expect(window.page.get_by_role("banner")).to_be_visible()
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_keyboard_that_covers_the_page_does_not_cover_the_field(server: RunningServer, desk: Desk) -> None:
    window = desk.window(server, **PHONE).register("Keyboard")
    follows(window)
    window.page.evaluate(
        """(height) => {
          Object.defineProperty(visualViewport, "height", { get: () => height, configurable: true });
          visualViewport.dispatchEvent(new Event("resize"));
        }""",
        300,
    )
    box = window.field.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 300
    window.page.evaluate("() => { delete visualViewport.height; visualViewport.dispatchEvent(new Event('resize')); }")
    box = window.field.bounding_box()
    assert box
    assert box["y"] > 500
