"""A few people who talk in real browsers, so that there is something to take pictures of."""

from playwright.sync_api import Browser, expect

from tests.browsing import Window
from tests.pictures import picture
from tests.running import RunningServer
from tests.seating import make_room
from tests.senders import post, sent
from tests.services import PageServer

DESKTOP = {"width": 1180, "height": 760}
PHONE = {"width": 360, "height": 740}
LOOKS = {
    "light": {"viewport": DESKTOP},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
    "phone-dark": {"viewport": PHONE, "has_touch": True, "is_mobile": True, "color_scheme": "dark"},
}
NAMES = dict(zip(LOOKS, ["Ana", "Ben Okafor", "zoë", "Omar"], strict=True))
CODE = """Every message waits for its fsync, but not alone:

```python
with engine.begin() as connection:  # one transaction for all that waits
    batch = Batch(connection)
    for work in group:
        work.result = work.command.apply(batch)
    batch.flush()
```"""
PAGE = """<title>Group commit</title><meta property="og:site_name" content="The Parley handbook">
<meta name="description" content="Whatever is waiting goes into one transaction: under load one fsync pays for
many messages, and without load nobody waits for company.">"""


def talk(browser: Browser, server: RunningServer, pages: PageServer) -> dict[str, Window]:
    """Let them have a conversation; returns the window of each look."""
    opened: dict[str, Window] = {}
    for look, options in LOOKS.items():
        context = browser.new_context(
            locale="en-GB",
            timezone_id="Europe/Lisbon",
            service_workers="block",
            **options,  # type: ignore[arg-type]
        )
        opened[look] = Window(context, server).register(NAMES[look])
    rooms = ("design", "photos", "releases")
    design, photos, releases = (make_room(server, name, NAMES.values(), owner="Ana") for name in rooms)
    for window in opened.values():
        window.page.reload()
        window.ready()
    ana, ben, zoe, omar = opened.values()
    ana.say("Morning! The new server is up. It has **one** process and nothing to install :tada:")
    ana.say(CODE)
    ben.say("> one fsync for many\n\nNice. And without load?")
    expect(ana.message("And without load?")).to_be_visible()
    ana.say(f"Then nobody waits for company. It is all here: {pages.page('/group-commit', PAGE)}")
    expect(ben.log.locator(".preview")).to_be_visible()
    zoe.say("I pulled the plug twice while you were talking:\n\n1. nothing lost\n2. nothing ~~twice~~ doubled")
    expect(ana.message("pulled the plug")).to_be_visible()
    omar.say("👍")
    expect(ben.message("👍")).to_be_visible()
    for window, text, emoji in (
        *((ana, "nothing lost", "party"), (ben, "nothing lost", "party"), (omar, "nothing lost", "eyes")),
        *((ben, "new server", "rocket"), (zoe, "new server", "rocket"), (zoe, "one fsync for many", "done")),
    ):
        react(window, text, emoji)
    photographer = server.sign_in("zoë", 0)
    post(photographer, sent(photographer, picture(size=(900, 600)), "flags.png"), source="The flags!", room=photos)
    with server.sign_in("Omar", 0).chat() as chat:
        for room, text in ((design, "The icons are in"), (design, "and the dark ones too"), (releases, "Friday?")):
            chat.post(text, room=room)
    root = ana.message("pulled the plug").evaluate("(element) => element.row.message.id")
    for name, text in (
        ("Ben Okafor", "Which plug was it?"),
        ("zoë", "That of the database :smile:"),
        ("Omar", "Brave."),
    ):
        with server.sign_in(name, 0).chat() as chat:
            chat.send({"type": "post", "key": text, "room": 1, "source": text, "reply_to": root})
            chat.answer(text)
    with server.sign_in("Ana", 0).chat() as chat:
        first = ana.message("new server").evaluate("(element) => element.row.message.id")
        chat.send({"type": "pin", "key": "pin", "message": first, "on": True})
    for window in opened.values():
        expect(window.page.locator("#messages .replies:visible")).to_contain_text("3 replies")
        expect(window.log.locator("chat-message:not(.event)")).to_have_count(6)
        expect(window.page.locator("#status .typing")).to_be_empty()
        expect(window.log.locator(".chip .count")).to_have_text(["2", "1", "2", "1"])
    return opened


def react(window: Window, text: str, emoji: str) -> None:
    """Put an emoji, by its name in the picker, under the message with this text."""
    message = window.message(text)
    message.focus()
    window.page.keyboard.press("r")
    window.page.get_by_role("dialog", name="React with").get_by_role("button", name=emoji).click()
    window.field.hover()
