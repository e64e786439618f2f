"""axe-core finds nothing in any view: light, dark, on a phone, and in the colours that the reader forces."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browsing import PHONE, Desk
from tests.pictures import picture
from tests.running import ROOT, RunningServer
from tests.senders import post, sent
from tests.views import VIEWS, show

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LOOKS: dict[str, dict[str, Any]] = {
    **{"light": {}, "dark": {"color_scheme": "dark"}, "phone": PHONE},
    "forced": {"forced_colors": "active"},
}
OPEN = ".window[open], [popover]:popover-open"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("axe") / "instance", {"PREVIEWS": "off"}).start()
    host = running.register("Host")
    post(host, sent(host, picture(size=(400, 300)), "wall.png"), source="the picture")
    with host.chat() as chat:
        message = chat.post(
            "> quote\n\n**bold** `code` ~~gone~~ https://example.org/\n\n- a list\n\n```python\nx = 'y'  # z\n```"
        )["message"]
        chat.send({"type": "post", "key": "reply", "room": 1, "source": "a reply", "reply_to": message})
        chat.send({"type": "pin", "key": "pin", "message": message, "on": True})
        chat.answer("pin")
    yield running
    running.stop()


def violations(page: Page) -> list[str]:
    """What axe-core says of what is open, or else of the page; WCAG 2.2 A and AA and its best practices."""
    within = OPEN if page.locator(OPEN).count() else None
    found: Any = page.evaluate("(within) => axe.run(within || document, {resultTypes: ['violations']})", within)
    return [
        f"{each['id']}: {node['html'][:120]} {node.get('failureSummary', '')}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_in_any_view(server: RunningServer, desk: Desk, look: str) -> None:
    window = desk.window(server, **LOOKS[look], reduced_motion="reduce").register(f"Somebody {look}")
    window.say("mine")
    window.page.evaluate(AXE.read_text())
    found = {}
    for view in VIEWS:
        show(window, view)
        if complaints := violations(window.page):
            found[view] = complaints
    assert found == {}
