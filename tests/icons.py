"""`make icons`: the pictures by which a device shows an installed Parley, drawn from static/icon.svg by a real browser.

Devices cut a maskable icon to a circle or whatever they like: what is drawn stays within its safe zone, the middle 80 %
(https://www.w3.org/TR/appmanifest/#icon-masks). Apple's has no transparent corners, for iOS would make them black.
"""

import sys
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from tests.browsing import FLAGS
from tests.running import ROOT

STATIC = ROOT / "parley" / "faces" / "web" / "static"
GROUND = "#e4f3f0"


class Icon(NamedTuple):
    """A picture: its size in pixels, how much of that the drawing takes, and what is behind it."""

    size: int
    drawn: float
    ground: str = "transparent"


ICONS = {
    "icon-192": Icon(192, 1),
    "icon-512": Icon(512, 1),
    "maskable-512": Icon(512, 0.56, GROUND),
    "apple-touch": Icon(180, 0.66, GROUND),
}


def render(browser: Browser, icon: Icon) -> bytes:
    """The PNG."""
    page = browser.new_page(viewport={"width": icon.size, "height": icon.size})
    page.set_content((STATIC / "icon.svg").read_text())
    drawn = f"{100 * icon.drawn}%"
    page.add_style_tag(
        content=f"body {{ display: grid; place-items: center; height: 100vh; margin: 0; background: {icon.ground} }}"
        f"svg {{ display: block; width: {drawn}; height: {drawn} }}"
    )
    png = page.screenshot(omit_background=True)
    page.close()
    return png


def main() -> int:
    """Write the icons and say where they are."""
    chromium = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, icon in ICONS.items():
            path = STATIC / "icons" / f"{name}.png"
            path.write_bytes(render(browser, icon))
            print(path)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
