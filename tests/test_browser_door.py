"""The door: one form that registers and signs in, sessions that survive, and signing out everywhere."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browsing import FLAGS, Desk, Window
from tests.running import NEW_PASSWORD, PASSWORD, RunningServer


def test_a_typing_error_makes_no_account(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).open()
    ana.type_credentials("Anna")
    expect(ana.page.get_by_text("Nobody is called “Anna” yet")).to_be_visible()
    ana.page.get_by_role("button", name="Change").click()
    expect(ana.page.get_by_label("Nickname")).to_be_focused()
    assert ana.page.get_by_label("Password", exact=True).input_value() == PASSWORD, "nothing typed is lost"
    ana.type_credentials("Ana")
    expect(ana.page.get_by_text("Nobody is called “Ana” yet")).to_be_visible()
    ana.page.keyboard.press("Enter")  # the question has the focus
    ana.ready()
    watcher = server.register("Watcher")
    assert [each["nickname"] for each in watcher.get("/api/users").json()["users"]] == ["Ana", "Watcher"]


def test_a_wrong_password_says_so_without_a_reload(server: RunningServer, desk: Desk) -> None:
    server.register("Ana")
    ana = desk.window(server).open()
    ana.page.evaluate("window.sameP = true")
    ana.type_credentials("Ana", "wrong password")
    expect(ana.page.get_by_role("alert")).to_contain_text("not the password")
    assert ana.page.evaluate("window.sameP") is True
    expect(ana.page.get_by_label("Password", exact=True)).to_be_focused()
    ana.type_credentials("ana")  # names are one whatever their case
    ana.ready()
    expect(ana.page.get_by_role("button", name=re.compile("Ana.*account"))).to_be_visible()


def test_a_name_that_will_not_do_is_refused_with_the_reason(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).open()
    for name, reason in (("a\u202eb", "character"), ("x" * 33, "32"), ("all", "reserved"), ("a:b", "colon|:")):
        ana.type_credentials(name)
        expect(ana.page.get_by_role("alert")).to_contain_text(re.compile(reason, re.IGNORECASE))
    ana.type_credentials("Ana", "short")
    expect(ana.page.get_by_role("alert")).to_contain_text("8")


def test_the_session_survives_browser_and_server(
    server: RunningServer, playwright_driver: Playwright, chromium: Path, tmp_path: Path
) -> None:
    for visit in range(2):
        profile = playwright_driver.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=chromium, args=FLAGS
        )
        window = Window(profile, server)
        if visit == 0:
            window.register("Ana")
            server.stop()
            server.start()
        window.open().ready()
        expect(window.page.get_by_role("button", name=re.compile("Ana.*account"))).to_be_visible()
        assert window.complaints == []
        profile.close()


def test_signing_out_ends_every_tab_of_the_session_and_no_other(server: RunningServer, desk: Desk) -> None:
    one = desk.window(server).register("Ana")
    two = desk.tab(one.context, server).open().ready()
    elsewhere = desk.window(server).sign_in("Ana")
    one.page.get_by_role("button", name=re.compile("account")).click()
    one.page.get_by_role("button", name="Sign out").click()
    for tab in (one, two):
        expect(tab.page.get_by_label("Nickname")).to_be_visible()
    elsewhere.say("still here")
    elsewhere.expect_texts("still here")


def test_a_new_password_ends_every_session(server: RunningServer, desk: Desk) -> None:
    person = server.register("Ana")
    ana = desk.window(server).sign_in("Ana")
    answer = person.request("PUT", f"/api/users/{person.id}", json=NEW_PASSWORD)
    assert answer.status_code == 200
    expect(ana.page.get_by_label("Nickname")).to_be_visible()
    assert person.get("/api/messages").status_code == 401


@pytest.mark.parametrize("path", ["/nowhere", "/static/000/nothing.js"])
def test_a_page_that_is_not_there_says_so(server: RunningServer, desk: Desk, path: str) -> None:
    window = desk.window(server).open(path)
    expect(window.page.get_by_text("404")).to_be_visible()
