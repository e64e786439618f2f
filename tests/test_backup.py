"""Backup and restore, by the real commands, between real databases."""

import errno
import fcntl
import json
import os
import pty
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest

from parley.core.files import Add
from parley.core.messages import Post
from parley.core.pins import Pin
from parley.settings import Settings
from parley.store import schema
from parley.store.backup import backup
from parley.store.files import NewFile
from parley.store.progress import Advance, quiet
from parley.store.schema import state
from parley.store.shapes import LEFT_OUT, shapes_at
from parley.store.tables import metadata
from tests.archives import PRIVATE, content, fill, manage, refused, succeeds, without_epoch
from tests.releases import next_release
from tests.running import ROOT
from tests.stores import PATIENCE, Place

# ── there and back ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_what_was_backed_up_is_what_is_restored(
    place: Place,
    target: str,
    file: Path,
    elsewhere: Callable[[str], Settings],
    opened: Callable[[Settings], Place],
) -> None:
    fill(place)
    place.run(Post(2, place.general, "a reply", reply_to=3))
    place.run(Pin(1, 3, on=True))
    before = content(place.settings)
    assert succeeds(place.settings, "backup", file) == f"{file} is complete (people: 2, messages: 8).\n"
    assert file.stat().st_mode & 0o777 == 0o600

    other = elsewhere(target)
    assert " UTC.\n" in succeeds(other, "restore", file)
    after = content(other)
    assert without_epoch(after) == without_epoch(before)
    assert [name for name, _ in after["epoch"]] == ["epoch", "works_with"]
    assert after["epoch"] != before["epoch"]
    assert succeeds(other, "verify") == "Everything fits together (rooms: 2, messages: 8).\n"

    copy = opened(other)  # life goes on: ids and numbers follow those that are there
    assert copy.rows("tokens") == []
    new = copy.post(copy.register("cyd"))
    assert (new.seq, new.message.id) == (place.head() + 2, 10)
    assert copy.log()[: len(place.log())] == place.log()
    assert copy.room() == 3


def test_it_says_where_the_files_are_that_it_does_not_hold(
    small: Place, file: Path, elsewhere: Callable[[str], Settings]
) -> None:
    ann = small.register()
    small.run(Add(NewFile(ann, "0" * 32, "notes.txt", "text/plain", 5, None, None, None), 5))
    there = elsewhere("sqlite")
    for settings, command in ((small.settings, "backup"), (there, "restore")):
        _, said = succeeds(settings, command, file).splitlines()
        assert "what people sent as files (1)" in said.replace("What", "what")
        assert f"the folder {settings.instance.absolute() / 'files'}" in said


def test_an_empty_chat_can_be_kept_too(database: Settings, file: Path, elsewhere: Callable[[str], Settings]) -> None:
    succeeds(database, "backup", file)
    other = elsewhere("postgres" if database.embedded else "sqlite")
    succeeds(other, "restore", file)
    assert without_epoch(content(other)) == without_epoch(content(database))
    assert succeeds(other, "verify") == "Everything fits together (rooms: 1, messages: 0).\n"


def test_restoring_over_a_database_asks_first(place: Place, file: Path) -> None:
    fill(place)
    before = content(place.settings)
    backup(place.settings, file)
    later = place.post(1, "after the backup").message.id
    place.store.stop()
    assert "--drop-first" in refused(place.settings, "restore", file)
    done = manage(place.settings, "restore", file, "--drop-first", typed="n\n")
    assert done.exit_code == 1
    assert "destroys every message" in done.stdout
    assert any(row[0] == later for row in content(place.settings)["messages"])

    succeeds(place.settings, "restore", file, "--drop-first", "--yes")
    after = content(place.settings)
    assert without_epoch(after) == without_epoch(before)
    assert after["epoch"] != before["epoch"]


def test_a_backup_knows_every_table_and_column() -> None:
    """Who adds a column of another kind (bytes, say) has to teach `shapes.py` first."""
    shapes = {shape.name: shape.columns for shape in shapes_at("head")}
    assert shapes == {
        name: list(table.columns.keys()) for name, table in metadata.tables.items() if name not in LEFT_OUT
    }


MOTTO = """
def upgrade() -> None:
    op.add_column("users", sa.Column("motto", sa.Text(), nullable=False, server_default="none yet"))
    op.execute("UPDATE users SET motto = 'was here before'")
"""


@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_a_backup_of_an_older_parley_is_upgraded(
    kept: Path,
    target: str,
    elsewhere: Callable[[str], Settings],
    tmp_path: Path,
) -> None:
    with next_release(tmp_path, [MOTTO]) as revisions:
        other = elsewhere(target)
        succeeds(other, "restore", kept)
        assert state(other) == "current"
        again = kept.with_name("again")
        backup(other, again)  # of the tables as they are now, which no metadata of today describes
    with zipfile.ZipFile(again) as archive:
        users = [json.loads(line) for line in archive.read("users.ndjson").splitlines()]
        assert json.loads(archive.read("manifest.json"))["revision"] == revisions[-1]
    assert [user[-1] for user in users] == ["was here before"] * 2


# ── what a backup refuses ───────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_there_is_replaced_by_force_only(small: Place, file: Path) -> None:
    file.write_text("precious")
    file.chmod(0o644)
    assert "--force" in refused(small.settings, "backup", file)
    assert file.read_text() == "precious"
    succeeds(small.settings, "backup", file, "--force")
    assert zipfile.is_zipfile(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(file.parent.iterdir()) == [file, small.settings.instance]


def test_a_backup_that_does_not_end_leaves_nothing(kept: Path, source: Settings) -> None:
    before = kept.read_bytes()

    def stop(label: str, length: int) -> AbstractContextManager[Advance]:
        if label == "messages":
            raise KeyboardInterrupt
        return quiet(label, length)

    with pytest.raises(KeyboardInterrupt):
        backup(source, kept, overwrite=True, progress=stop)
    assert kept.read_bytes() == before
    assert sorted(kept.parent.iterdir()) == [kept, source.instance]


def test_a_backup_tidies_up_after_one_that_was_killed_and_leaves_one_alone_that_is_being_written(
    small: Place, file: Path
) -> None:
    killed, other = file.with_name(".chat.parley.x1.part"), file.with_name(".chat.parley.x2.part")
    killed.write_bytes(b"the beginning")
    with other.open("wb") as written:
        fcntl.flock(written, fcntl.LOCK_EX)
        backup(small.settings, file)
        assert not killed.exists()
        assert other.exists()
    backup(small.settings, file, overwrite=True)
    assert sorted(file.parent.iterdir()) == [file, small.settings.instance]


def test_a_full_disk_leaves_nothing(small: Place, file: Path) -> None:
    for _ in range(12):
        small.post(small.register(), os.urandom(3500).hex())
    limit = 40_000  # bytes a file of this process may have, as on a disk that is full
    done = subprocess.run(
        [sys.executable, "manage.py", "backup", str(file)],
        cwd=ROOT,
        env={**os.environ, "INSTANCE": str(small.settings.instance)},
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 1
    assert f"Error: {file} cannot be written ({os.strerror(errno.EFBIG)})." in done.stderr
    assert list(file.parent.iterdir()) == [small.settings.instance]


@pytest.mark.parametrize("folder", ["missing", "a-file"])
def test_a_place_that_cannot_be_written(small: Place, tmp_path: Path, folder: str) -> None:
    (tmp_path / "a-file").write_text("")
    assert "cannot be written" in refused(small.settings, "backup", tmp_path / folder / "chat")


def test_there_has_to_be_something_to_back_up(settings: Settings, file: Path) -> None:
    assert "nothing to back up" in refused(settings, "backup", file)
    assert not file.exists()


def test_a_newer_database_is_not_backed_up(small: Place, file: Path) -> None:
    with schema.migrating(small.settings) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer Parley" in refused(small.settings, "backup", file)
    assert not file.exists()


# ── what is seen of it ──────────────────────────────────────────────────────────────────────────────


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere(kept: Path, source: Settings) -> None:
    lines = manage(source, "backup", kept, "--force").stderr
    tables = ["facts", "rooms", "users", "members", "messages", "pictures", "removals", "files"]
    tables += ["followers", "mentions", "previews", "reactions"]
    assert lines.split() == tables

    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(kept), "--force"],
        cwd=ROOT,
        env={**os.environ, "INSTANCE": str(source.instance), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # how Linux says that the other end was closed
        while read := os.read(ours, 4096):
            shown += read
    os.close(ours)
    assert done.wait(PATIENCE) == 0
    assert done.stdout is not None
    done.stdout.close()
    for label in (b"facts", b"messages"):
        assert any(label in line and b"100%" in line for line in shown.replace(b"\r", b"\n").split(b"\n")), shown


def test_nothing_that_people_wrote_is_said(kept: Path, source: Settings) -> None:
    for command in (["backup", kept, "--force"], ["restore", kept, "--drop-first", "--yes"], ["verify"]):
        assert PRIVATE not in manage(source, *command).output
