"""`make screenshots`: pictures of the running product, for looking at and for the documentation.

Starts a real server, lets a few people talk in real browsers, and writes every view in every look to
instance/screenshots, and those that are shown somewhere to docs/images, in a palette and so a third as large.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browsing import FLAGS, Window
from tests.office import talk
from tests.running import ROOT, RunningServer
from tests.services import PageServer
from tests.views import VIEWS, show

ALL = ROOT / "instance" / "screenshots"
SHOWN = ROOT / "docs" / "images"
IN_DOCS = {
    **{"light-chat": "light", "dark-chat": "dark", "phone-chat": "phone", "phone-dark-chat": "phone-dark"},
    **{"phone-rooms": "phone-rooms", "light-sign-in": "sign-in"},
    **{"light-thread": "thread", "light-search": "search"},
}


def pictures(browser: Browser, server: RunningServer, pages: PageServer) -> Iterator[tuple[str, bytes]]:
    """Each picture with its name: look and view."""
    windows = talk(browser, server, pages)
    for look, window in windows.items():
        yield f"{look}-chat", window.page.screenshot()
        if look != "phone-dark":
            yield from _views(window, look)
    windows["light"].page.emulate_media(forced_colors="active")
    yield from _views(windows["light"], "forced")
    stranger = Window(browser.new_context(viewport={"width": 760, "height": 560}), server).open()
    stranger.type_credentials("Nina")
    expect(stranger.page.get_by_role("button", name="Create")).to_be_visible()
    yield "light-sign-in", stranger.page.screenshot()


def _views(window: Window, look: str) -> Iterator[tuple[str, bytes]]:
    for view in VIEWS:
        if view == "chat" and look != "forced":
            continue  # as it was before anything was opened
        show(window, view)
        yield f"{look}-{view}", window.page.screenshot(animations="disabled")


def small(png: bytes) -> bytes:
    """The same picture in 256 colours, which nobody sees in a page of text and plain areas."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        palette = picture.convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette.save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> int:
    """Write the pictures and say where they are."""
    for place in (ALL, SHOWN):
        place.mkdir(parents=True, exist_ok=True)
    chromium = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
    pages = PageServer()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = RunningServer(Path(folder) / "instance", {"PREVIEW_ALLOW": "127.0.0.0/8"}).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, png in pictures(browser, server, pages):
            (ALL / f"{name}.png").write_bytes(png)
            if name in IN_DOCS:
                (SHOWN / f"{IN_DOCS[name]}.png").write_bytes(small(png))
            print(ALL / f"{name}.png", flush=True)
        browser.close()
        server.stop()
    pages.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
