"""Without a network: what was read is there, what is written is sent later, and signing out leaves nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import Desk, Window
from tests.running import RunningServer, serving
from tests.seating import make_room

CONTROLLED = """() => navigator.serviceWorker.controller || new Promise((resolve) =>
  navigator.serviceWorker.addEventListener("controllerchange", resolve))"""
READ = """
  const settled = (asked) => new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
  const read = async () => {
    const database = await settled(indexedDB.open("parley"));
    const stores = [...database.objectStoreNames].map((name) => database.transaction(name).objectStore(name));
    const all = await Promise.all(stores.map((store) => settled(store.getAll())));
    database.close();
    return JSON.stringify(all);
  };
"""
KEPT = f"""async ([wanted, gone]) => {{{READ}
  for (let text = await read(); ; text = await read()) {{
    if (wanted.every((each) => text.includes(each)) && !gone.some((each) => text.includes(each))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }}
}}"""
LEFT = f"""async () => {{{READ}
  const names = await caches.keys();
  const cached = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  const tab = Object.keys(sessionStorage).filter((name) => name !== "parley.tab");
  return [await read(), Object.keys(localStorage), tab, cached.flat().map(({{ url }}) => url)];
}}"""
CACHED = """async (script) => {
  const shell = script.replace("js/main.js", "shell.html");
  while (!(await caches.match(shell))) await new Promise((resolve) => setTimeout(resolve, 50));
}"""
REMOVED = """async () => {
  while ((await navigator.serviceWorker.getRegistrations()).length) await new Promise((done) => setTimeout(done, 50));
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("offline") / "instance", {"PREVIEWS": "off"}).start()
    yield running
    if running.process.poll() is None:
        running.stop()


def opened(desk: Desk, server: RunningServer, **options: Any) -> Window:
    """A browser that allows service workers, as everybody's does."""
    return desk.window(server, service_workers="allow", **options)


def installed(page: Page) -> None:
    """Wait until the service worker has all files and speaks for this page."""
    page.evaluate(CONTROLLED)


def kept(page: Page, *wanted: str, gone: tuple[str, ...] = ()) -> None:
    """Wait until all of this is kept, and nothing of that."""
    page.evaluate(KEPT, [wanted, gone])


def status(window: Window) -> Any:
    """What the page says of its connection."""
    return expect(window.page.locator("#status [role=status]"))


def test_read_and_write_without_a_network(server: RunningServer, desk: Desk) -> None:
    ana, ben = opened(desk, server).register("Ana"), desk.window(server).register("Ben")
    make_room(server, "tea", ["Ana", "Ben"])
    for window in (ana, ben):
        window.open("/rooms/2").ready()
    ben.say("in the room of tea")
    ana.expect_texts("in the room of tea")
    ana.page.get_by_role("link", name="general").click()
    ben.page.get_by_role("link", name="general").click()
    ben.say("in general")
    ana.expect_texts("in general")
    installed(ana.page)
    kept(ana.page, "in the room of tea", "in general")

    ana.context.set_offline(True)
    server.stop()
    ana.page.reload()
    ana.expect_texts("in general")
    status(ana).to_contain_text("Offline – messages will be sent")
    expect(ana.message("in general")).to_contain_text("Ben")
    expect(ana.page.locator("#me")).to_contain_text("Ana")
    ana.say("written offline")
    ana.page.get_by_role("link", name="tea").click()
    ana.expect_texts("in the room of tea")
    ana.say("and here")
    ana.page.reload()
    expect(ana.log.get_by_text("and here")).to_be_visible()
    ana.page.get_by_role("link", name="general").click()
    expect(ana.log.get_by_text("written offline")).to_be_visible()

    server.start()
    ana.context.set_offline(False)
    ben.try_now()
    ana.expect_texts("in general", "written offline")
    ben.expect_texts("in general", "written offline")
    ana.page.get_by_role("link", name="tea").click()
    ana.expect_texts("in the room of tea", "and here")
    status(ana).to_be_empty()
    ana.page.reload()
    ana.expect_texts("in the room of tea", "and here")


def test_signing_out_leaves_nothing(server: RunningServer, desk: Desk) -> None:
    cleo = opened(desk, server).register("Cleo")
    cleo.say("a secret of Cleo's")
    expect(cleo.log.locator("chat-message.pending")).to_have_count(0)
    installed(cleo.page)
    cleo.field.fill("a draft of Cleo's")
    kept(cleo.page, "a secret of Cleo's")
    cleo.page.locator("#me").click()
    cleo.page.get_by_role("button", name="Sign out").click()
    expect(cleo.page.get_by_label("Nickname")).to_be_visible()
    database, local, session, cached = cleo.page.evaluate(LEFT)
    assert "Cleo" not in database
    assert (local, session) == ([], [])
    assert all("/static/" in address for address in cached)
    installed(cleo.page)
    cleo.context.set_offline(True)
    server.stop()
    cleo.page.reload()
    expect(cleo.page.get_by_role("heading", name="Parley cannot be reached")).to_be_visible()
    assert "Cleo" not in cleo.page.content()
    server.start()
    cleo.context.set_offline(False)
    expect(cleo.page.get_by_label("Nickname")).to_be_visible()


def test_the_next_of_this_browser_finds_nothing_of_the_one_before(server: RunningServer, desk: Desk) -> None:
    dana = opened(desk, server).register("Dana")
    dana.say("a secret of Dana's")
    kept(dana.page, "a secret of Dana's", '"name":"Dana"')
    dana.context.clear_cookies()  # as when the session has ended
    dana.page.goto("about:blank")
    eve = desk.tab(dana.context, server).register("Eve")
    kept(eve.page, '"name":"Eve"', gone=('"name":"Dana"',))
    installed(eve.page)
    eve.context.set_offline(True)
    eve.page.reload()
    expect(eve.page.locator("#me")).to_contain_text("Eve")


def test_a_room_is_forgotten_with_its_seat(server: RunningServer, desk: Desk) -> None:
    finn = opened(desk, server).register("Finn")
    gina = server.register("Gina")
    made = gina.request("POST", "/api/rooms", json={"name": "private tea", "kind": "private"}).json()["id"]
    gina.request("PUT", f"/api/rooms/{made}/members/{number(finn)}", json={})
    with gina.chat() as chat:
        chat.post("a secret of the room", room=made)
    kept(finn.page, "a secret of the room", "private tea")
    gina.request("DELETE", f"/api/rooms/{made}/members/{number(finn)}")
    kept(finn.page, gone=("a secret of the room", "private tea"))


def number(window: Window) -> int:
    """The number of whoever is signed in."""
    return int(window.page.evaluate("document.body.dataset.userId"))


def test_a_new_release_comes_with_the_next_load(instance: Path, desk: Desk) -> None:
    with serving(instance) as server:
        hana = opened(desk, server).register("Hana")
        installed(hana.page)
        before = hana.page.locator("script[src]").get_attribute("src")
        server.stop()
        server.environment["MESSAGE_LENGTH"] = "5000"  # it is in the page, and so another release
        server.start()
        hana.page.keyboard.press("Control+/")
        expect(hana.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        hana.page.keyboard.press("Escape")
        hana.page.reload()
        hana.ready()
        after = hana.page.locator("script[src]").get_attribute("src")
        assert before != after
        hana.page.evaluate(CACHED, after)
        hana.context.set_offline(True)
        hana.page.reload()
        hana.ready()
        assert hana.page.locator("script[src]").get_attribute("src") == after


def test_what_is_not_to_be_kept_goes(instance: Path, desk: Desk) -> None:
    with serving(instance) as server:
        iris = opened(desk, server).register("Iris")
        iris.say("a secret of Iris's")
        kept(iris.page, "a secret of Iris's")
        installed(iris.page)
        server.stop()
        server.environment["OFFLINE"] = "off"
        server.start()
        iris.page.reload()
        iris.ready()
        kept(iris.page, gone=("Iris",))
        iris.page.evaluate(REMOVED)
        assert iris.page.evaluate(LEFT)[3] == []
