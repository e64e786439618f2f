"""Whatever is typed as nickname or message, or served as the title of a page, never runs as script."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import Desk
from tests.running import RunningServer
from tests.services import PageServer

ALARM = "window.alarmed = true"

CORPUS = [
    f"<script>{ALARM}</script>",
    f"<img src=x onerror='{ALARM}'>",
    f"<svg onload='{ALARM}'></svg>",
    f"<svg><script>{ALARM}</script></svg>",
    f"<iframe srcdoc='<script>top.{ALARM}</script>'></iframe>",
    f"<details open ontoggle='{ALARM}'>x</details>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror='{ALARM}'>",
    f"<template><img src=x onerror='{ALARM}'></template>",
    f"<noscript><p title=\"</noscript><img src=x onerror='{ALARM}'>\">",
    f"[link](javascript:{ALARM})",
    f"[link](JaVaScRiPt:{ALARM})",
    f"[link](java\tscript:{ALARM})",
    f"[link](&#106;avascript:{ALARM})",
    f"[link](data:text/html,<script>{ALARM}</script>)",
    f"[link](vbscript:{ALARM})",
    f"<javascript:{ALARM}>",
    f'[link](https://example.org/"onmouseover="{ALARM})',
    f"[link](https://example.org/ '\"><img src=x onerror={ALARM}>')",
    f'![image](x" onerror="{ALARM})',
    f"![image](javascript:{ALARM})",
    f"```\"><img src=x onerror='{ALARM}'>\ncode\n```",
    f"```html\n<script>{ALARM}</script>\n```",
    f"`<img src=x onerror='{ALARM}'>`",
    f"https://example.org/<script>{ALARM}</script>",
    f"https://example.org/?q='onclick='{ALARM}'",
    f"**<img src=x onerror='{ALARM}'>**",
    f"> <img src=x onerror='{ALARM}'>",
    f"&lt;img src=x onerror='{ALARM}'&gt;",
    f"\u202e<script>{ALARM}</script>",
    "<base href='https://example.org/'>",
    "<style>body { display: none }</style>",
    "<form action='https://example.org/'><input name=q autofocus></form>",
    "<meta http-equiv=refresh content='0;url=https://example.org/'>",
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    instance: Path = tmp_path_factory.mktemp("hostile") / "instance"
    running = RunningServer(instance, {"PREVIEW_ALLOW": "127.0.0.0/8"}).start()
    yield running
    running.stop()


def test_messages_never_run_as_script(server: RunningServer, desk: Desk) -> None:
    ana, ben = desk.window(server).register("Ana"), desk.window(server).register("Ben")
    for text in CORPUS:
        ana.say(text)  # shown as pending by her own page, then as the server renders it
    ben.say("that was all")
    for window in (ana, ben):
        expect(window.log.locator("chat-message.pending")).to_have_count(0)
        expect(window.message("that was all")).to_be_visible()
        shown = window.log.locator("[data-part=text]")
        assert shown.locator("script, img, svg, iframe, style, form, input, base, meta, object, [onerror]").count() == 0
        for link in shown.locator("a").all():
            assert (link.get_attribute("href") or "").startswith(("http://", "https://", "mailto:"))
            link.hover()
    ben.page.reload()
    ben.ready()
    for window in (ana, ben):
        assert window.page.evaluate("window.alarmed") is None
        assert window.page.url == server.url + "/"


def test_nicknames_never_run_as_script(server: RunningServer, desk: Desk) -> None:
    names = ["<script>a=1</script>", "<img src=x onerror=a=1>", "\"onload='a=1'", "{{7*7}}${a}", "&lt;b&gt;Zoë"]
    watcher, image = desk.window(server).register("Watcher"), desk.window(server).register(names[1])
    with ExitStack() as stack:
        for name in names:
            person = server.sign_in(name, 0) if name == names[1] else server.register(name)
            stack.enter_context(person.chat()).post(f"said by {name}")
        for window, name in itertools.product((watcher, image), names):
            expect(window.log.locator(".author", has_text=name).first).to_have_text(name)
            expect(window.page.get_by_role("complementary").get_by_text(name, exact=True)).to_be_visible()
            assert window.page.evaluate("window.a") is None


def test_titles_of_pages_never_run_as_script(server: RunningServer, desk: Desk, pages: PageServer) -> None:
    ana = desk.window(server).register("Reader")
    hostile = f"<img src=x onerror='{ALARM}'></a><script>{ALARM}</script>"
    twice = escape(escape(hostile))
    for number, markup in enumerate((escape(hostile), twice, f"</title>{hostile}<title>")):
        url = pages.page(
            f"/{number}",
            f"<title>title {number} {markup}</title>"
            f'<meta property="og:site_name" content="{escape(hostile)}">'
            f'<meta name="description" content="{escape(hostile)}">',
        )
        ana.say(f"page {number}: {url}")
        card = ana.message(f"page {number}: ").locator(".preview")
        expect(card).to_contain_text(f"title {number}")
        assert card.locator("script, img").count() == 0
    assert ana.page.evaluate("window.alarmed") is None


def test_a_line_that_turns_around_does_not_turn_its_neighbours(server: RunningServer, desk: Desk) -> None:
    ana = desk.window(server).register("Turner")
    ana.say("\u202eevil\u202c and \u2067more")
    ana.say("an innocent line")
    expect(ana.message("an innocent line").locator("[data-part=text]")).to_have_css("unicode-bidi", "isolate")
