"""Several tabs of one browser: one of them notifies, and what is chosen in one holds in all."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browsing import Desk, Window
from tests.nodes import until
from tests.running import RunningServer
from tests.test_browser_notifications import noted, permit
from tests.test_browser_unread import look, write

LOCKS = "navigator.locks.query().then(({ held, pending }) => held.length === %d && pending.length === %d)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("tabs") / "instance").start()
    yield running
    running.stop()


def await_locks(window: Window, held: int, pending: int) -> None:
    """Wait until so many tabs notify, and so many would if these went."""
    window.page.wait_for_function("() => " + LOCKS % (held, pending))


def test_turned_off_in_one_tab_and_on_again_one_of_them_notifies(server: RunningServer, desk: Desk) -> None:
    host = server.register("Host")
    ana = desk.window(server)
    permit(ana.context)
    ana.register("Tabs")
    tab = desk.tab(ana.context, server).open().ready()
    await_locks(ana, 1, 1)
    tab.page.locator("#me").click()
    tab.page.get_by_role("button", name="Notifications").click()
    tab.page.get_by_role("button", name="Turn off in this browser").click()
    await_locks(ana, 0, 0)
    tab.page.get_by_role("button", name="Turn on notifications").click()
    await_locks(ana, 1, 1)
    for window in (ana, tab):
        look(window, False)
    write(host, 1, "hello, @Tabs")
    expect(tab.message("hello")).to_be_attached()
    until(lambda: len(noted(ana)) + len(noted(tab)) == 1)
