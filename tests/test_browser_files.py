"""Files in the page: chosen, pasted and dropped, on their way, in the message, looked at, and gone."""

import base64
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browsing import PHONE, Desk, Window
from tests.nodes import until
from tests.pictures import picture
from tests.running import RunningServer
from tests.senders import kept
from tests.test_browser_looks import violations

# What a hand does with a mouse or a keyboard, and Playwright does not: files that are dragged over the page or pasted.
CARRY = """async ([kind, files, onto]) => {
  const data = new DataTransfer();
  for (const [name, type, bytes] of files) {
    data.items.add(new File([Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0))], name, {type}));
  }
  const options = {bubbles: true, cancelable: true};
  const target = document.querySelector(onto);
  if (kind === "paste") target.dispatchEvent(new ClipboardEvent(kind, {...options, clipboardData: data}));
  else target.dispatchEvent(new DragEvent(kind, {...options, dataTransfer: data}));
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("files") / "instance"
    running = RunningServer(folder, {"PREVIEWS": "off", "FILE_SIZE": "100000"}).start()
    yield running
    running.stop()


def carry(page: Page, kind: str, *files: tuple[str, str, bytes], onto: str = "#entry") -> None:
    """Do this with files: name, type as the system guesses it, and content."""
    carried = [(name, type, base64.b64encode(data).decode()) for name, type, data in files]
    page.evaluate(CARRY, [kind, carried, onto])


def choose(window: Window, *files: tuple[str, str, bytes]) -> None:
    """By the button."""
    payloads: list[FilePayload] = [{"name": name, "mimeType": type, "buffer": data} for name, type, data in files]
    with window.page.expect_file_chooser() as chooser:
        window.page.get_by_role("button", name="Add files").click()
    chooser.value.set_files(payloads)


def chips(window: Window, *names: str) -> None:
    """Wait until just these files are above the field."""
    expect(window.page.get_by_role("list", name="Files to send", exact=True).locator(".name")).to_have_text(list(names))


def test_files_are_chosen_pasted_dropped_seen_and_deleted(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server, color_scheme="dark").register("Ben")
    ana.log.focus()
    choose(ana, ("red.png", "image/png", picture("PNG", (900, 600))), ("שלום.txt", "text/plain", b"words"))
    chips(ana, "red.png", "שלום.txt")
    expect(ana.field).to_be_focused()  # what is typed next goes with them
    carry(ana.page, "paste", ("image.png", "image/png", picture("JPEG", (300, 900))))
    carry(ana.page, "dragenter", ("notes.html", "text/html", b"<script>alert(1)</script>"))
    expect(ana.page.locator("main.dropping")).to_have_count(1)
    carry(ana.page, "drop", ("notes.html", "text/html", b"<script>alert(1)</script>"))
    expect(ana.page.locator("main.dropping")).to_have_count(0)
    chips(ana, "red.png", "שלום.txt", "image.png", "notes.html")
    expect(ana.page.locator(".attachment[data-state=here]")).to_have_count(4)
    assert violations(ana.page) == []
    ana.page.get_by_role("button", name="Remove שלום.txt").click()
    ana.say("look at these")
    chips(ana)

    # The other one sees them: pictures of a known size, everything else to download.
    message = ben.message("look at these")
    expect(message.locator(".picture img")).to_have_count(2)
    expect(message.get_by_role("img", name="red.png")).to_have_js_property("complete", True)
    until(lambda: bool(message.get_by_role("img", name="red.png").evaluate("(image) => image.naturalWidth")))
    card = message.get_by_role("link", name=re.compile(r"notes\.html"))
    expect(card).to_contain_text("25 bytes")
    with ben.page.expect_download() as download:
        card.click()
    assert download.value.suggested_filename == "notes.html"

    # As large as the window; arrows go to the others.
    message.get_by_role("button", name="red.png").click()
    viewer = ben.page.get_by_role("dialog", name="red.png")
    expect(viewer).to_contain_text("900 × 600")
    assert violations(ben.page, ".window[open]") == []
    ben.page.keyboard.press("ArrowRight")
    expect(ben.page.get_by_role("dialog", name="image.png")).to_contain_text("2 of 2")
    ben.page.keyboard.press("ArrowLeft")
    expect(viewer).to_contain_text("1 of 2")
    with ben.page.expect_download() as download:
        viewer.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "red.png"
    ben.page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()

    # An edit may leave no text, and the files stay; a deletion takes them from everywhere.
    ana.field.press("ArrowUp")
    ana.field.fill("")
    ana.field.press("Enter")
    expect(ben.log.locator(".picture")).to_have_count(2)
    address = str(ben.log.locator(".picture img").first.get_attribute("src"))
    own = ana.log.get_by_role("article").filter(has=ana.page.locator(".picture"))
    own.hover()
    own.get_by_role("button", name="More actions").click()
    ana.page.get_by_role("menuitem", name="Delete").click()
    own.get_by_role("button", name="Delete", exact=True).click()
    for window in (ana, ben):
        expect(window.log.locator(".picture, .file")).to_have_count(0)
    assert ben.page.evaluate("async (address) => (await fetch(address)).status", address) == 404
    until(lambda: kept(server.instance) == [])


class Held:
    """Uploads of a page, which wait until they are told what becomes of them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.routes: list[Route] = []
        page.route("**/api/files?*", lambda route: self.routes.append(route))

    def wait(self, count: int) -> None:
        """Until so many are on their way."""
        while len(self.routes) < count:
            self._page.wait_for_timeout(20)  # which also lets them come


def test_on_its_way_a_file_is_cancelled_fails_is_tried_again_and_waited_for(server: RunningServer, desk: Desk) -> None:
    window = desk.window(server, **PHONE).register("Cara")
    page = window.page
    held = Held(page)
    window.field.fill("the text stays")
    choose(window, ("one.txt", "text/plain", b"1"), ("two.txt", "text/plain", b"2"), ("large.bin", "", bytes(100_001)))
    held.wait(2)
    expect(page.get_by_role("progressbar", name="Sending one.txt")).to_be_visible()
    expect(page.locator(".attachment", has_text="large.bin")).to_contain_text("larger than 100 KB")
    assert violations(page) == []
    for name in ("one.txt", "large.bin"):
        page.get_by_role("button", name=f"Remove {name}").tap()
    chips(window, "two.txt")
    held.routes[1].abort()
    expect(page.locator(".attachment", has_text="two.txt")).to_contain_text("could not be sent")
    expect(window.field).to_have_value("the text stays")
    assert violations(page) == []

    # Again; and who is quicker than the file need not wait.
    page.get_by_role("button", name="Retry sending two.txt").tap()
    held.wait(3)
    page.get_by_role("button", name="Send", exact=True).tap()
    expect(page.get_by_text("sent as soon as the files are here")).to_be_visible()
    expect(window.field).to_have_value("the text stays")
    held.routes[2].continue_()
    expect(window.message("the text stays").get_by_role("link", name=re.compile("two.txt"))).to_be_visible()
    expect(window.field).to_have_value("")
    expect(window.log.locator("chat-message.pending")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert len(kept(server.instance)) == 1
    carry(page, "paste", ("wide.png", "image/png", picture("PNG", (900, 600))))
    held.wait(4)
    held.routes[3].continue_()
    window.say("as wide as can be")
    shown = window.message("as wide as can be").get_by_role("img", name="wide.png").bounding_box()
    assert shown
    assert shown["x"] + shown["width"] <= 360


def test_in_a_thread_files_go_with_the_reply(server: RunningServer, desk: Desk) -> None:
    window = desk.window(server).register("Dora")
    window.say("the root")
    window.act("the root", "Reply in thread")
    panel = window.page.get_by_role("complementary", name="Thread")
    reply = panel.get_by_role("textbox", name="Reply")
    expect(panel.get_by_role("button", name="Add files to the reply")).to_be_enabled()
    carry(window.page, "drop", ("room.txt", "text/plain", b"for the room"))
    carry(window.page, "drop", ("thread.png", "image/png", picture("PNG", (90, 60))), onto="aside.thread")
    carry(window.page, "drop", ("mistaken.txt", "text/plain", b"not this one"), onto="aside.thread")
    chips(window, "room.txt")
    panel.get_by_role("button", name="Remove mistaken.txt").click()
    expect(reply).to_be_focused()
    expect(panel.get_by_role("list", name="Files to send in the thread").locator(".name")).to_have_text(["thread.png"])
    reply.press("Enter")
    expect(panel.get_by_role("img", name="thread.png")).to_be_visible()
    expect(panel.locator("chat-message.pending")).to_have_count(0)
    chips(window, "room.txt")
    panel.get_by_role("button", name="thread.png").click()
    expect(window.page.get_by_role("dialog", name="thread.png")).to_contain_text("90 × 60")
