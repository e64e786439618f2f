"""Files on their way: slow, broken off, too many at once, and over when the server ends. They cost no thread."""

import asyncio
import io
import os
import signal
import socket
import sqlite3
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from parley.faces.gateway import uploads
from parley.faces.gateway.asgi import Message
from parley.faces.gateway.patience import Patience
from parley.faces.gateway.uploads import Uploads
from parley.files.transfer import KEY
from parley.node import UPLOADS_OF_ONE
from tests.nodes import until
from tests.running import Person, RunningServer, serving
from tests.senders import address, fetched, kept, post, send, sent

LENGTH = 3_000_000


@pytest.fixture
def narrow(instance: Path) -> Iterator[RunningServer]:
    """A server with two threads for HTTP."""
    with serving(instance, HTTP_THREADS="2") as server:
        yield server


def begin(person: Person, bytes_sent: int = LENGTH // 2) -> socket.socket:
    """An upload of which so much is sent, and no more."""
    connection = socket.create_connection(("127.0.0.1", person.server.port), timeout=20)
    head = (
        f"POST /api/files?name=film.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{person.server.port}\r\n"
        f"Authorization: Bearer {person.token}\r\nContent-Length: {LENGTH}\r\n\r\n"
    )
    connection.sendall(head.encode() + bytes(bytes_sent))
    return connection


def rows(instance: Path) -> int:
    """Files that the database knows of."""
    with sqlite3.connect(instance / "parley.db") as database:
        return int(database.execute("SELECT count(*) FROM files").fetchone()[0])


def open_in(server: RunningServer) -> int:
    """Files that this server has open in the folder for files; those on their way have no name."""
    folder = str(server.instance / "files")
    found = 0
    for each in Path(f"/proc/{server.process.pid}/fd").iterdir():
        try:
            found += os.readlink(each).startswith(folder)
        except FileNotFoundError:
            continue
    return found


def test_uploads_that_do_not_go_on_stop_nobody_and_leave_nothing(narrow: RunningServer) -> None:
    ann, bob = narrow.register("Ann"), narrow.register("Bob")
    stuck = [begin(ann) for _ in range(UPLOADS_OF_ONE)]
    until(lambda: open_in(narrow) == UPLOADS_OF_ONE)
    assert kept(narrow.instance) == [], "they have no names yet"
    assert httpx.get(narrow.url + "/healthz").status_code == 200
    answer = send(ann, b"one more")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    sent(bob)
    for connection in stuck:
        connection.close()
    until(lambda: open_in(narrow) == 0)
    sent(ann)
    assert (len(kept(narrow.instance)), rows(narrow.instance)) == (2, 2)


def test_a_server_that_is_killed_leaves_nothing_of_what_was_on_its_way(narrow: RunningServer) -> None:
    ann = narrow.register("Ann")
    upload = begin(ann)
    until(lambda: open_in(narrow) == 1)
    narrow.process.send_signal(signal.SIGKILL)
    narrow.process.wait(10)
    upload.close()
    assert (kept(narrow.instance), rows(narrow.instance)) == ([], 0)


def test_a_server_that_stops_refuses_what_is_not_here(narrow: RunningServer) -> None:
    ann = narrow.register("Ann")
    upload = begin(ann)
    until(lambda: open_in(narrow) == 1)
    assert narrow.stop() == 0
    assert upload.recv(12) == b"HTTP/1.1 503"
    upload.close()
    assert (kept(narrow.instance), rows(narrow.instance)) == ([], 0)


def unread(person: Person, path: str) -> socket.socket:
    """A download of which only the beginning is read."""
    connection = socket.create_connection(("127.0.0.1", person.server.port), timeout=20)
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {person.token}\r\n\r\n"
    connection.sendall(head.encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def test_who_takes_their_data_along_and_does_not_read_it_stops_nobody(narrow: RunningServer) -> None:
    ann = narrow.register("Ann")
    film = os.urandom(20_000_000)
    post(ann, file := sent(ann, film, "film.bin"))
    path = f"/api/users/{ann.id}/export"
    lazy = [unread(ann, path) for _ in range(3)]
    whole = httpx.get(narrow.url + path, headers=ann.headers, timeout=30)
    for connection in lazy:
        connection.close()
    with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
        assert archive.read(f"files/{file['id']} film.bin") == film


def test_readers_that_do_not_read_stop_nobody(narrow: RunningServer) -> None:
    ann = narrow.register("Ann")
    file = sent(ann, os.urandom(20_000_000), "film.bin")
    post(ann, file)
    lazy = [unread(ann, address(file)) for _ in range(8)]
    assert fetched(narrow, file, ann, Range="bytes=19999999-").status_code == 206
    for connection in lazy:
        connection.close()
    assert len(fetched(narrow, file, ann).content) == 20_000_000


def test_an_upload_is_asked_about_before_it_is_read(narrow: RunningServer) -> None:
    """Who may not send hears so without having sent anything."""
    connection = socket.create_connection(("127.0.0.1", narrow.port), timeout=20)
    connection.sendall(b"POST /api/files?name=x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
    assert connection.recv(12) == b"HTTP/1.1 401"
    connection.close()


async def _taken(tmp_path: Path, *messages: Message, admitted: int) -> list[Any]:
    """What an application gets of an upload that comes in these parts, and what the client hears."""
    seen: list[Any] = []
    coming = list(messages)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        transfer = scope[KEY]
        transfer.done = lambda: seen.append("over")
        if transfer.body is None:
            transfer.admitted = admitted
            await send({"type": "http.response.start", "status": 429 if not admitted else 204, "headers": []})
        else:
            transfer.body.seek(0)
            seen.append(transfer.body.read())

    async def receive() -> Message:
        return coming.pop(0) if coming else await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        seen.append(message.get("status"))

    with ThreadPoolExecutor(1) as executor:
        await Uploads(application, Patience(), executor, tmp_path)({}, receive, send)
    return seen


def taken(tmp_path: Path, *messages: Message, admitted: int = 3) -> list[Any]:
    """The same, and nothing is left of it."""
    seen = asyncio.run(_taken(tmp_path, *messages, admitted=admitted))
    assert list(tmp_path.iterdir()) == []
    return seen


def part(body: bytes, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_parts_arrive_as_one(tmp_path: Path) -> None:
    assert taken(tmp_path, part(b"a"), part(b"bc", False)) == [b"abc", "over"]


def test_a_body_that_ends_early_or_late_is_none(tmp_path: Path) -> None:
    assert taken(tmp_path, part(b"a"), {"type": "http.disconnect"}) == ["over"]
    assert taken(tmp_path, part(b"ab", False)) == ["over"]
    assert taken(tmp_path, part(b"abcd", False)) == ["over"]


def test_what_is_not_admitted_is_not_read(tmp_path: Path) -> None:
    assert taken(tmp_path, admitted=0) == [429]


def test_who_is_too_slow_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SECONDS", 0.05)
    assert taken(tmp_path, part(b"a"))[0] == 408
