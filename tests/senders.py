"""People who send files to a real server, and look at what becomes of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.running import NO_TLS, Frame, Person, RunningServer, serving

LARGEST = 200_000


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server for all tests of a file, where files are small."""
    folder = tmp_path_factory.mktemp("files") / "instance"
    with serving(folder, FILE_SIZE=str(LARGEST), PICTURE_PIXELS="1000000") as server:
        yield server


@pytest.fixture(scope="module")
def sender(depot: RunningServer) -> Person:
    """Who sends."""
    return depot.register("Ann")


@pytest.fixture(scope="module")
def reader(depot: RunningServer) -> Person:
    """Who is in the general room as well."""
    return depot.register("Bob")


def send(person: Person, data: bytes, name: str = "notes.txt") -> httpx.Response:
    """Upload."""
    return person.request("POST", "/api/files", content=data, params={"name": name})


def sent(person: Person, data: bytes = b"some words", name: str = "notes.txt") -> Frame:
    """What an upload that succeeds makes."""
    answer = send(person, data, name)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/files/{answer.json()['id']}"
    file: Frame = answer.json()
    return file


def post(person: Person, *files: Frame, source: str = "", **more: Any) -> Frame:
    """A message with these files, as the API answers it."""
    wanted = {"source": source, "files": [file["id"] for file in files], **more}
    answer = person.request("POST", "/api/messages", json=wanted)
    assert answer.status_code == 201, answer.text
    message: Frame = answer.json()
    return message


def address(file: Frame) -> str:
    """Where its bytes are."""
    return f"/files/{file['id']}/{quote(file['name'], safe='')}"


def fetched(server: RunningServer, file: Frame, person: Person | None = None, **headers: str) -> httpx.Response:
    """Ask for the bytes of a file."""
    sent = {**(person.headers if person else {}), **headers}
    return httpx.get(server.url + address(file), headers=sent, verify=NO_TLS)


def kept(instance: Path) -> list[Path]:
    """What lies in the folder for files."""
    return [path for path in (instance / "files").rglob("*") if path.is_file()]
