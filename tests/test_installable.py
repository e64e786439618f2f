"""Parley can be installed like any other program of a device: what Chromium asks for is there, and so are the icons."""

import json
import re
import struct

import pytest
from playwright.sync_api import Browser

from tests.api import Api
from tests.browsing import Desk
from tests.icons import ICONS, STATIC, render
from tests.running import RunningServer


def size(png: bytes) -> tuple[int, int]:
    """Width and height as the header says (PNG, 11.2.2)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_chromium_would_install_it(server: RunningServer, desk: Desk) -> None:
    window = desk.window(server).open()
    devtools = window.context.new_cdp_session(window.page)
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == [
        {"errorId": "in-incognito", "errorArguments": []}
    ]
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{server.url}/manifest.webmanifest"


def test_the_icons_of_the_manifest_are_what_it_says(shared: Api) -> None:
    manifest = shared.anonymous().get("/manifest.webmanifest")
    assert (manifest.mimetype, manifest.headers["Cache-Control"]) == ("application/manifest+json", "no-cache")
    purposes = set()
    for icon in json.loads(manifest.data)["icons"]:
        response = shared.anonymous().get(icon["src"])
        assert (response.status_code, response.mimetype) == (200, icon["type"])
        purposes.add(icon.get("purpose", "any"))
        if icon["type"] == "image/png":
            assert "x".join(map(str, size(response.data))) == icon["sizes"]
    assert purposes == {"any", "maskable"}


def test_a_phone_of_apple_finds_its_own(shared: Api) -> None:
    found = re.search(r'rel="apple-touch-icon" href="([^"]+)"', shared.anonymous().get("/").text)
    assert found
    assert size(shared.anonymous().get(found[1]).data) == (180, 180)


@pytest.mark.parametrize("name", ICONS)
def test_they_are_drawn_from_the_icon_as_it_is(browser: Browser, name: str) -> None:
    """Pixel for pixel would be too strict for another Chromium: what is far from it is another drawing."""
    kept = (STATIC / "icons" / f"{name}.png").read_bytes()
    assert differing(browser, kept, render(browser, ICONS[name])) < 0.01, "make icons"


def differing(browser: Browser, one: bytes, other: bytes) -> float:
    """The share of pixels that are clearly different."""
    page = browser.new_page()
    share: float = page.evaluate(
        """async (pictures) => {
          const [a, b] = await Promise.all(pictures.map(async (numbers) => {
            const picture = await createImageBitmap(new Blob([new Uint8Array(numbers)]));
            const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
            canvas.drawImage(picture, 0, 0);
            return canvas.getImageData(0, 0, picture.width, picture.height).data;
          }));
          if (a.length !== b.length) return 1;
          let count = 0;
          for (let at = 0; at < a.length; at += 4)
            if ([0, 1, 2, 3].some((channel) => Math.abs(a[at + channel] - b[at + channel]) > 48)) count += 1;
          return (4 * count) / a.length;
        }""",
        [list(one), list(other)],
    )
    page.close()
    return share
