"""Backups of a chat that goes on meanwhile, and what its clients see of a restore."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from parley.core.messages import Edit
from parley.settings import Settings
from parley.store.backup import backup
from parley.store.progress import Advance, quiet
from tests.archives import content, fill, refused, succeeds, without_epoch
from tests.nodes import until
from tests.running import ROOT, Person, RunningServer
from tests.stores import PATIENCE, Place


def test_a_backup_sees_one_moment(place: Place, file: Path, elsewhere: Callable[[str], Settings]) -> None:
    fill(place)
    ann = place.register()
    before = content(place.settings)
    seen: list[str] = []

    def write_meanwhile(label: str, length: int) -> AbstractContextManager[Advance]:
        seen.append(label)
        place.register()
        place.run(Edit(ann, place.post(ann).message.id, f"before {label} are read"))
        return quiet(label, length)

    backup(place.settings, file, progress=write_meanwhile)
    assert len(seen) == len(before)
    other = elsewhere("sqlite")
    succeeds(other, "restore", file)
    assert without_epoch(content(other)) == without_epoch(before)


class Writer(threading.Thread):
    """Posts, edits, reacts and deletes as fast as the server answers; `acked` is what it was promised."""

    def __init__(self, person: Person) -> None:
        super().__init__(daemon=True)
        self.person = person
        self.acked: list[dict[str, Any]] = []
        self.enough = threading.Event()

    def run(self) -> None:
        with self.person.chat() as chat:
            number = 0
            while not self.enough.is_set():
                number += 1
                message = self._note(chat.post(f"line {number} of {self.person.nickname} ✓"))
                changes: dict[int, dict[str, Any]] = {
                    1: {"type": "edit", "source": f"line {number}, corrected"},
                    2: {"type": "react", "emoji": "🎉", "on": True},
                    3: {"type": "delete"},
                }
                if change := changes.get(number % 5):
                    chat.send({**change, "key": f"change {number}", "message": message})
                    self._note(chat.answer(f"change {number}"))

    def _note(self, answer: dict[str, Any]) -> int:
        assert answer["type"] == "ack", answer
        self.acked.append(answer)
        return int(answer["message"])


@pytest.fixture
def busy(database: Settings) -> Iterator[RunningServer]:
    """A server over each database."""
    running = RunningServer(database.instance, {"DATABASE_URL": database.database_url}).start()
    yield running
    running.kill()


def test_a_backup_under_load_is_the_beginning_of_the_log(
    busy: RunningServer,
    database: Settings,
    file: Path,
    elsewhere: Callable[[str], Settings],
    opened: Callable[[Settings], Place],
) -> None:
    writers = [Writer(busy.register(name)) for name in ("ann", "bob", "cyd")]
    for writer in writers:
        writer.start()
    until(lambda: all(len(writer.acked) > 20 for writer in writers), PATIENCE)
    promised = [ack for writer in writers for ack in list(writer.acked)]
    command = [sys.executable, "manage.py", "backup", str(file)]
    environment = {**os.environ, **busy.environment}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert "Everything fits together" in succeeds(database, "verify")  # it, too, works meanwhile
    counts = [len(writer.acked) for writer in writers]
    until(lambda: all(len(writer.acked) > count for writer, count in zip(writers, counts, strict=True)), PATIENCE)
    for writer in writers:
        writer.enough.set()
    for writer in writers:
        writer.join(PATIENCE)

    other = elsewhere("sqlite" if database.embedded else "postgres")
    succeeds(other, "restore", file)
    assert "Everything fits together" in succeeds(other, "verify")
    copy = opened(other)
    head = copy.head()
    assert head >= max(ack["seq"] for ack in promised)
    restored = {message.id: message for message in copy.log()}
    for ack in promised:
        assert restored[ack["message"]].changed_seq >= ack["seq"]
    busy.stop()
    live = {message.id: message for message in opened(database).log()}
    assert max(message.changed_seq for message in live.values()) > head
    assert {number for number, message in live.items() if message.seq <= head} == set(restored)
    for number, message in live.items():
        if message.changed_seq <= head:
            assert restored[number] == message


def test_clients_of_a_restored_database_start_afresh(server: RunningServer, file: Path) -> None:
    settings = Settings(instance=server.instance)
    ann = server.register("ann")
    with ann.chat() as chat:
        kept = chat.post("kept")
        succeeds(settings, "backup", file)
        lost = chat.post("lost")
        epoch = chat.welcome["epoch"]
    assert "Another Parley server" in refused(settings, "restore", file, "--drop-first", "--yes")
    assert ann.get(f"/api/messages/{lost['message']}").status_code == 200
    assert server.stop() == 0
    succeeds(settings, "restore", file, "--drop-first", "--yes")
    server.start()

    assert ann.get("/api/messages").status_code == 401  # no session comes back
    with server.sign_in("ann", ann.id).chat(cursors={1: lost["seq"]}, epoch=epoch) as chat:
        assert chat.welcome["epoch"] != epoch
        log = chat.next("log")
        assert (log["reset"], log["to"]) == (True, kept["seq"])
        assert [message["source"] for message in log["messages"]] == ["ann joined", "kept"]
        assert chat.post("goes on")["seq"] == lost["seq"]
    with server.sign_in("ann", ann.id).chat(cursors={1: kept["seq"]}, epoch=chat.welcome["epoch"]) as chat:
        assert not chat.next("log")["reset"]


def test_a_server_on_postgresql_keeps_a_restore_away(
    on_postgres: Settings, file: Path, elsewhere: Callable[[str], Settings]
) -> None:
    server = RunningServer(on_postgres.instance, {"DATABASE_URL": on_postgres.database_url}).start()
    try:
        ann = server.register("ann")
        succeeds(on_postgres, "backup", file)
        before = content(on_postgres)
        said = refused(on_postgres, "restore", file, "--drop-first", "--yes")
        assert "Stop every server first" in said
        assert content(on_postgres) == before
        assert ann.get("/api/messages").status_code == 200
    finally:
        server.stop()
    succeeds(on_postgres, "restore", file, "--drop-first", "--yes")
