"""The documentation says what the code does."""

import re
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import click
import msgspec
import pytest

from parley import wire
from parley.core import query
from parley.faces.cli import main
from parley.metrics import Metrics
from parley.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text()
OPERATING = (ROOT / "docs" / "operating.md").read_text()
API = (ROOT / "docs" / "api.md").read_text()
USING = (ROOT / "docs" / "using.md").read_text()
STATIC = ROOT / "parley" / "faces" / "web" / "static"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def rows(page: str, heading: str) -> dict[str, list[str]]:
    """The first table below a heading, by the code in its first column."""
    table = page[page.index(f"## {heading}") :].split("\n\n|", 1)[1].split("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[2:]]
    return {name: row[1:] for row in cells for name in re.findall(r"`([^`]+)`", row[0])}


def test_every_setting_is_in_the_readme_with_its_default_and_meaning() -> None:
    table = rows(README, "Settings")
    assert list(table) == [each.name.upper() for each in fields(Settings)]
    for each in fields(Settings):
        default, meaning = table[each.name.upper()]
        assert meaning.rstrip(" |") == each.metadata["about"]
        read = Settings.from_environment({each.name.upper(): default.strip("`")}) if default != "–" else Settings()
        assert getattr(read, each.name) == each.default


def test_the_readme_is_short_and_names_every_command() -> None:
    assert len(README.splitlines()) < 120
    for command in main.commands:
        assert f"python manage.py {command}" in README


def test_every_metric_is_described() -> None:
    described = set(rows(OPERATING, "Metrics"))
    metrics = Metrics()
    metrics.refusals.labels("x")
    metrics.requests.labels("200")
    real = {family.name + ("_total" if family.type == "counter" else "") for family in metrics.registry.collect()}
    assert described == real


@pytest.mark.parametrize(("heading", "frames"), [("From the client", wire.ClientFrame), ("From the server", None)])
def test_every_frame_is_described_with_its_fields(heading: str, frames: object) -> None:
    described = rows(PROTOCOL, heading)
    structs: list[type[msgspec.Struct]]
    if frames is None:
        structs = [
            *(wire.Welcome, wire.Log, wire.MessageEvent, wire.Ack, wire.Error),
            *(wire.Heads, wire.Presence, wire.TypingEvent, wire.ReadEvent, wire.RoomEvent, wire.LeftEvent, wire.Pong),
            *(wire.UserEvent, wire.ThreadEvent, wire.PreferencesEvent),
        ]
    else:
        structs = list(frames.__args__)  # type: ignore[attr-defined]
    for struct in structs:
        tag = struct.__struct_config__.tag
        assert tag in described
        for field in msgspec.structs.fields(struct):
            assert f"`{field.encode_name}`" in described[str(tag)][0], f"{tag}: {field.encode_name}"
    assert set(described) == {struct.__struct_config__.tag for struct in structs}


def test_the_message_of_the_protocol_is_a_message() -> None:
    example = PROTOCOL[PROTOCOL.index('    {"id":7') :].split("\n\n")[0].replace("\n", "")
    message = msgspec.json.decode(example, type=wire.Message)
    assert set(msgspec.json.decode(example)) == {field.name for field in msgspec.structs.fields(wire.Message)}
    assert message.previews[0].state == "ready"


def _operators(table: Iterable[str]) -> set[str]:
    return {key for example in table for key in re.findall(r"^has:\w+|^\w+:", example)}


def test_users_are_told_of_the_language_of_search_as_it_is() -> None:
    table = rows(USING, "Search")
    for example in table:
        assert query.parse(example) != query.Query()
    assert _operators(table) == _operators(rows(API, "Search"))


def test_users_are_told_of_keys_that_the_page_has() -> None:
    page = re.sub(r"<kbd[^>]*>(.*?)</kbd>", r"`\1`", (STATIC / "html" / "shortcuts.html").read_text())
    known = set(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    actions = re.findall(r'label: "([^"]+)".*? key: "(\w+)"', (STATIC / "js" / "actions.js").read_text())
    known |= {(f"`{key.capitalize()[:3]}`", label) for label, key in actions}
    spoken = {(keys, does.lower()) for keys, does in known}
    told = re.findall(r"^\| (`.*?`) \| (.*?) \|$", USING[USING.index("## Keys") : USING.index("## Search")], re.M)
    assert len(told) > 10
    assert {(keys, does.lower()) for keys, does in told} <= spoken


def test_users_are_told_of_each_choice_of_what_a_room_tells() -> None:
    choices = re.search(r'<select id="room-notify">(.*?)</select>', (STATIC / "html" / "room.html").read_text(), re.S)
    assert choices is not None
    told = re.findall(r"^\| (.*?) \|", USING[USING.index("## What you are told of") :], re.M)[2:6]
    assert told == re.findall(r">(.*?)</option>", choices[1])


def test_the_house_of_the_architecture_has_every_file_and_folder() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    named = " ".join(f"{name} {' '.join(row)}" for name, row in rows(page, "The house").items())
    for path in (ROOT / "parley").iterdir():
        if not path.name.startswith("__"):
            assert path.name in named, path.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_files_that_the_architecture_names_exist() -> None:
    named = re.findall(r"`([\w./-]+\.(?:py|js))`", (ROOT / "docs" / "architecture.md").read_text())
    assert len(named) > 30
    known = [str(path.relative_to(ROOT)) for path in ROOT.glob("[pt][ae]*/**/*.*s") if path.is_file()]
    known += [str(path.relative_to(ROOT)) for path in ROOT.glob("[pt]*/**/*.py")]
    for name in named:
        assert any(path == name or path.endswith(f"/{name}") for path in known), name


def test_help_of_every_command_has_a_sentence_for_each_option() -> None:
    for command in main.commands.values():
        assert command.help
        for parameter in command.params:
            assert not isinstance(parameter, click.Option) or parameter.help, parameter.name
