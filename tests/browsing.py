"""People in a real Chromium, who see and do only what people can."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.running import PASSWORD, Person, RunningServer

# The list below Chromium's address bar is a page for each window, which nobody sees and which takes as long as a window
# of ours. Only the last `--disable-features` counts, so what matters of Playwright's stands here again.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
OF_PLAYWRIGHT = ("HttpsUpgrades", "MediaRouter", "OptimizationHints", "PaintHolding", "DestroyProfileOnBrowserClose")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", f"--disable-features={','.join((*UNSEEN, *OF_PLAYWRIGHT))}"),
]
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
NETWORK = re.compile(r"net::ERR_|Failed to load resource|WebSocket connection to .* failed|by Playwright$")

expect.set_options(timeout=30_000)  # on a machine that does other things as well


class Window:
    """A tab of somebody who is signed in, or wants to be. Complaints of the page are collected."""

    def __init__(self, context: BrowserContext, server: RunningServer) -> None:
        self.context = context
        self.server = server
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("dialog", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        # What the network does to a page is no fault of the page; whatever else it says is, CSP violations too.
        if message.type in ("error", "warning") and not NETWORK.search(message.text):
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, path: str = "/") -> "Window":
        """Go there."""
        self.page.goto(self.server.url + path)
        return self

    def type_credentials(self, nickname: str, password: str = PASSWORD) -> None:
        """Fill the form and send it by Enter."""
        expect(self.page.get_by_role("button", name="Sign in")).to_be_enabled()
        self.page.get_by_label("Nickname").fill(nickname)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.keyboard.press("Enter")

    def register(self, nickname: str) -> "Window":
        """A new name, confirmed."""
        self.open()
        self.type_credentials(nickname)
        create = self.page.get_by_role("button", name="Create")
        expect(create, f"asked whether to create {nickname}").to_be_visible()
        create.click()
        return self.ready()

    def sign_in(self, nickname: str) -> "Window":
        """A known name."""
        self.open()
        self.type_credentials(nickname)
        return self.ready()

    def ready(self) -> "Window":
        """Wait until the log is there."""
        expect(self.log).to_have_attribute("aria-busy", "false")
        return self

    def try_now(self) -> None:
        """Have the page look for the server as when the network is back, and not after its pause of up to 15 s."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    @property
    def log(self) -> Locator:
        """The message list."""
        return self.page.get_by_role("log")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("textbox", name="Message", exact=True)

    def say(self, text: str) -> None:
        """Write and press Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def post(self, text: str) -> Locator:
        """Say it, and wait until it is stored; returns the message."""
        self.say(text)
        message = self.message(text)
        expect(message).to_be_visible()
        expect(self.log.locator("chat-message.pending")).to_have_count(0)
        return message

    def message(self, text: str) -> Locator:
        """The message that holds this text."""
        return self.log.get_by_role("article").filter(has=self.page.locator("[data-part=text]"), has_text=text)

    def act(self, text: str, action: str) -> None:
        """Choose an action from the menu of the message that holds this text."""
        self.message(text).hover()
        self.message(text).get_by_role("button", name="More actions").click()
        self.page.get_by_role("menu", name="Actions").get_by_role("menuitem", name=action).click()

    def delete(self, text: str) -> None:
        """Delete a message, and say yes to the question."""
        self.act(text, "Delete")
        self.message(text).get_by_role("button", name="Delete", exact=True).click()

    def texts(self) -> list[str]:
        """What people wrote, as it is shown, in order; without what the room says itself."""
        shown = self.log.locator("chat-message:not(.event) [data-part=text]")
        return [text.strip() for text in shown.all_inner_texts()]

    def expect_texts(self, *wanted: str) -> None:
        """Wait until exactly these messages are shown, settled, in this order."""
        texts = self.log.locator("chat-message:not(.event) [data-part=text]")
        expect(texts).to_have_text(list(wanted))
        expect(self.log.locator("chat-message.pending")).to_have_count(0)

    def screenshot(self, path: Path) -> None:
        """What it looks like."""
        self.page.screenshot(path=path)


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """Playwright, once."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright, chromium: Path) -> Iterator[Browser]:
    """One Chromium; every person has a profile of their own in it."""
    browser = playwright_driver.chromium.launch(executable_path=chromium, args=FLAGS)
    yield browser
    browser.close()


class Desk:
    """Opens windows, and at the end has nothing to complain about."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._windows: list[Window] = []

    def window(self, server: RunningServer, **options: Any) -> Window:
        """A browser of somebody's own, without a service worker unless asked for: each would fetch all files."""
        usual = {"viewport": {"width": 1180, "height": 760}, "locale": "en-GB", "service_workers": "block"}
        context = self._browser.new_context(**{**usual, **options})
        return self.tab(context, server)

    def tab(self, context: BrowserContext, server: RunningServer) -> Window:
        """A further tab in the same browser."""
        window = Window(context, server)
        self._windows.append(window)
        return window

    def close(self) -> list[str]:
        """Close all; returns every complaint."""
        complaints = [each for window in self._windows for each in window.complaints]
        for window in self._windows:
            window.context.close()
        return complaints


@pytest.fixture
def desk(browser: Browser) -> Iterator[Desk]:
    """Windows for one test; a console error, a dialog or a CSP violation in any of them fails it."""
    desk = Desk(browser)
    yield desk
    assert desk.close() == []


@pytest.fixture(scope="module")
def host(server: RunningServer) -> Person:
    """Somebody at the one server of a file, without a browser."""
    return server.register("Host")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with browsers come last: once used, their driver keeps a loop in this thread, and no other may run.

    Whole files, for that is what several processes share out; those with most tests first, so that all end at about
    the same time.
    """
    tests = Counter(item.path for item in items)
    late = {item.path for item in items if "playwright_driver" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: (1, -tests[item.path]) if item.path in late else (0, 0))
