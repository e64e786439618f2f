"""Style sheets come with the windows that need them: how one looks does not depend on which were opened before."""

import re
from collections.abc import Iterator

import pytest

from tests.browsing import Desk
from tests.pictures import picture
from tests.running import ROOT, RunningServer
from tests.senders import post, sent
from tests.views import show

STATIC = ROOT / "parley" / "faces" / "web" / "static"
OWN = {  # by window, as `windows.js` has it
    name: {"windows", *re.findall(r'"([^"]+)"', sheets)}
    for name, sheets in re.findall(
        r'^ {2}"?([\w-]+)"?: \{.*sheets: \[(.*?)\]', (STATIC / "js/windows.js").read_text(), re.M
    )
}
VIEWS = [name for name in OWN if name not in ("join", "settings")] + [
    *("settings-profile", "settings-preferences", "settings-devices", "settings-tokens", "settings-data")
]
LOAD = """async (names) => {
  const base = document.querySelector("link[href*='/css/']").href.replace(/css\\/.*/, "");
  const { styled } = await import(`${base}js/sheet.js`);
  await Promise.all(names.map(styled));
}"""
# The places and the most telling looks of everything that is open, with these sheets or with all.
LOOKS = """(own) => {
  for (const link of document.querySelectorAll("link[href*='/css/']")) {
    const name = link.href.split("/").at(-1).replace(".css", "");
    link.disabled = own !== null && !name.includes("+") && !own.includes(name);
  }
  const open = document.querySelector(".window[open], [popover]:popover-open");
  const all = [open, ...open.querySelectorAll("*")].map((each) => {
    const { x, y, width, height } = each.getBoundingClientRect();
    const { color, backgroundColor, borderTopWidth, cursor, fontSize, fontWeight, textAlign } = getComputedStyle(each);
    const box = [x, y, width, height, backgroundColor, borderTopWidth, cursor];
    return `${each.tagName} ${each.getAttribute("class")} ${box} ${[color, fontSize, fontWeight, textAlign]}`;
  });
  for (const link of document.querySelectorAll("link")) link.disabled = false;
  return all;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("sheets") / "instance", {"PREVIEWS": "off"}).start()
    host = running.register("Host")
    post(host, sent(host, picture(size=(400, 300)), "wall.png"), source="the picture")
    with host.chat() as chat:
        message = chat.post("- a list\n- of things\n\n" + "and many words " * 40)["message"]
        chat.send({"type": "pin", "key": "pin", "message": message, "on": True})
        chat.answer("pin")
    yield running
    running.stop()


def test_how_a_window_looks_is_its_own_matter(server: RunningServer, desk: Desk) -> None:
    window = desk.window(server).register("Ana")
    needed = {"tokens", "base", "controls", "door", "person", "chat"}  # of every page, or of others
    window.page.evaluate(LOAD, [path.stem for path in (STATIC / "css").glob("*.css") if path.stem not in needed])
    changed = {}
    for view in VIEWS:
        show(window, view)
        own = OWN["settings" if view.startswith("settings") else view]
        alone = window.page.evaluate(LOOKS, [*own])
        among = window.page.evaluate(LOOKS, None)
        if found := [(a, b) for a, b in zip(alone, among, strict=True) if a != b]:
            changed[view] = found[:3]
    assert changed == {}


def test_a_message_that_was_found_is_shown_whole(server: RunningServer, desk: Desk) -> None:
    window = desk.window(server).register("Ben")
    window.page.get_by_role("button", name=re.compile("pinned")).click()
    window.page.get_by_role("dialog").get_by_role("link").click()
    text = window.log.locator("chat-message.found [data-part=text]")
    assert text.evaluate("(text) => [getComputedStyle(text).maxHeight, getComputedStyle(text).pointerEvents]") == [
        "none",
        "auto",
    ]
