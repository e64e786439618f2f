"""`make screenshots`: pictures of the running product, for the README and for looking at.

Starts a real server, lets a few people talk in real browsers, and writes docs/images/*.png.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browsing import FLAGS, Window
from tests.running import ROOT, RunningServer
from tests.seating import make_room
from tests.services import PageServer

IMAGES = ROOT / "docs" / "images"
DESKTOP = {"width": 1180, "height": 760}
PHONE = {"width": 360, "height": 740}
CODE = """Every message waits for its fsync, but not alone:

```python
with engine.begin() as connection:  # one transaction for all that waits
    batch = Batch(connection)
    for work in group:
        work.result = work.command.apply(batch)
    batch.flush()
```"""
PAGE = """<title>Group commit</title><meta property="og:site_name" content="The Parley handbook">
<meta name="description" content="Whatever is waiting goes into one transaction: under load one fsync pays for
many messages, and without load nobody waits for company.">"""


def talk(browser: Browser, server: RunningServer, pages: PageServer) -> dict[str, Window]:
    """Let some people have a conversation; returns the windows of those who are to be seen."""
    windows = {
        "light": {"viewport": DESKTOP},
        "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
        "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
        "phone-dark": {"viewport": PHONE, "has_touch": True, "is_mobile": True, "color_scheme": "dark"},
    }
    names = dict(zip(windows, ["Ana", "Ben Okafor", "zoë", "Omar"], strict=True))
    opened: dict[str, Window] = {}
    for kind, options in windows.items():
        context = browser.new_context(locale="en-GB", timezone_id="Europe/Lisbon", **options)  # type: ignore[arg-type]
        opened[kind] = Window(context, server).register(names[kind])
    design, _, releases = (make_room(server, name, names.values()) for name in ("design", "photos", "releases"))
    for window in opened.values():
        window.page.reload()
        window.ready()
    ana, ben, zoe, omar = opened.values()
    ana.say("Morning! The new server is up. It has **one** process and nothing to install :tada:")
    ana.say(CODE)
    ben.say("> one fsync for many\n\nNice. And without load?")
    expect(ana.message("And without load?")).to_be_visible()
    ana.say(f"Then nobody waits for company. It is all here: {pages.page('/group-commit', PAGE)}")
    expect(ben.log.locator(".preview")).to_be_visible()
    zoe.say("I pulled the plug twice while you were talking:\n\n1. nothing lost\n2. nothing ~~twice~~ doubled")
    expect(ana.message("pulled the plug")).to_be_visible()
    omar.say("👍")
    expect(ben.message("👍")).to_be_visible()
    for window, text, emoji in (
        *((ana, "nothing lost", "party"), (ben, "nothing lost", "party"), (omar, "nothing lost", "eyes")),
        *((ben, "new server", "rocket"), (zoe, "new server", "rocket"), (zoe, "one fsync for many", "done")),
    ):
        react(window, text, emoji)
    with server.sign_in("Omar", 0).chat() as chat:
        for room, text in ((design, "The icons are in"), (design, "and the dark ones too"), (releases, "Friday?")):
            chat.post(text, room=room)
    for window in opened.values():
        expect(window.log.locator("chat-message:not(.event)")).to_have_count(6)
        expect(window.page.locator("#status .typing")).to_be_empty()
        expect(window.log.locator(".chip .count")).to_have_text(["2", "1", "2", "1"])
    return opened


def react(window: Window, text: str, emoji: str) -> None:
    """Put an emoji, by its name in the picker, under the message with this text."""
    window.act(text, "React")
    window.page.get_by_role("dialog", name="React with").get_by_role("button", name=emoji).click()
    window.field.hover()


def main() -> int:
    """Write the pictures and say where they are."""
    IMAGES.mkdir(exist_ok=True)
    chromium = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
    pages = PageServer()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = RunningServer(Path(folder) / "instance", {"PREVIEW_ALLOW": "127.0.0.0/8"}).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for kind, window in talk(browser, server, pages).items():
            window.screenshot(IMAGES / f"{kind}.png")
            print(IMAGES / f"{kind}.png")
            if kind == "phone":
                window.page.get_by_role("link", name="All rooms").click()
                window.screenshot(IMAGES / "phone-rooms.png")
        stranger = Window(browser.new_context(viewport={"width": 760, "height": 560}), server).open()
        stranger.type_credentials("Nina")
        expect(stranger.page.get_by_role("button", name="Create")).to_be_visible()
        stranger.screenshot(IMAGES / "sign-in.png")
        browser.close()
        server.stop()
    pages.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
