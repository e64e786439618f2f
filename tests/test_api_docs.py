"""docs/api.md holds: its commands run in their order against a fresh server, and the answers look as it says.

The few options of curl that the page uses are read here, so that the test needs no curl.
"""

import json
import re
import shlex
from argparse import ArgumentParser
from pathlib import Path
from string import Template
from typing import Any

import httpx

from parley import errors
from parley.faces.web import problems
from tests.api import DOCUMENT
from tests.running import ROOT, RunningServer

PAGE = (ROOT / "docs" / "api.md").read_text()
BLOCKS = re.findall(r"^```(sh|json)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

CURL = ArgumentParser()
CURL.add_argument("url")
CURL.add_argument("-X", dest="method")
CURL.add_argument("-H", dest="headers", action="append", default=[])
CURL.add_argument("-d", dest="data")
CURL.add_argument("-u", dest="user")
CURL.add_argument("-c", dest="jar")


def curl(words: list[str]) -> httpx.Response:
    """Do what curl does with these arguments."""
    given = CURL.parse_args(words)
    method = given.method or ("GET" if given.data is None else "POST")
    headers = dict(re.split(r":\s*", header, maxsplit=1) for header in given.headers)
    auth = tuple(given.user.split(":", 1)) if given.user else None
    return httpx.request(method, given.url, headers=headers, content=given.data, auth=auth)


def test_every_example_runs_and_answers_as_written(server: RunningServer) -> None:
    variables = {"TOKEN": ""}
    answer: Any = None
    for kind, text in BLOCKS:
        if kind == "json":
            if answer is not None:
                assert_alike(answer, json.loads(text))
            answer = None
            continue
        for line in text.splitlines():
            name, _, value = line.partition("=")
            if name.isidentifier():
                variables[name] = Template(shlex.split(value)[0]).substitute(variables)
                if name == "SERVER":
                    assert value == "http://127.0.0.1:5000"
                    variables[name] = server.url
                continue
            command, *words = (Template(word).substitute(variables) for word in shlex.split(line))
            assert command == "curl"
            response = curl(words)
            assert response.is_success, f"{line}: {response.text}"
            answer = response.json() if response.content else None
            if isinstance(answer, dict) and "token" in answer:
                variables["TOKEN"] = answer["token"]


def assert_alike(answer: Any, written: Any) -> None:
    """The same fields of the same types; numbers and short texts are the same too."""
    assert type(answer) is type(written), (answer, written)
    if isinstance(written, dict):
        assert answer.keys() == written.keys()
        for name, value in written.items():
            if name not in ("created_at", "joined_at", "used_at", "expires_at", "token", "online"):
                assert_alike(answer[name], value)
    elif isinstance(written, list):
        for one, other in zip(answer, written, strict=False):
            assert_alike(one, other)
        assert bool(answer) == bool(written)
    else:
        assert answer == written


def test_every_code_is_in_the_table() -> None:
    """Codes stand in the source as `code="…"`, as defaults of errors, and where Flask's own refusals are told."""
    sources = [path.read_text() for part in ("core", "faces/web") for path in (ROOT / "parley" / part).glob("*.py")]
    codes = {code for source in sources for code in re.findall(r'code="(\w+)"', source)}
    codes |= {
        code
        for source in [*sources, Path(errors.__file__).read_text()]
        for code in re.findall(r'default_code.* = "(\w+)"', source)
    }
    codes |= {"not_found", "too_large", "unsupported_media_type", "method_not_allowed", "internal"}
    told = set(re.findall(r"`(\w+)`", PAGE[PAGE.index("## Refusals") :]))
    assert codes <= told


def test_every_address_is_on_the_page() -> None:
    for path in DOCUMENT["paths"]:
        beginning = path.partition("/{")[0]
        assert beginning in PAGE
        ending = path.rpartition("}/")[2]
        assert ending.partition("/{")[0] in PAGE
    assert problems.MEDIA_TYPE in PAGE
