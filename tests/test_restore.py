"""What a restore refuses, and that the database is then what it was."""

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from parley.settings import Settings
from tests.archives import content, manage, refused, succeeds, without_epoch
from tests.stores import Place


def rewrite(file: Path, table: str, change: Callable[[list[Any]], list[Any]]) -> None:
    """Forge the rows of a table, with a manifest that fits them."""
    found = members(file)
    rows = change([json.loads(line) for line in found[f"{table}.ndjson"].splitlines()])
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    manifest = json.loads(found["manifest.json"])
    for part in manifest["parts"]:
        if part["table"] == table:
            part.update(rows=len(rows), sha256=sha256(data).hexdigest())
    repack(file, {**found, f"{table}.ndjson": data, "manifest.json": json.dumps(manifest).encode()})


def edit_manifest(file: Path, **changes: object) -> None:
    found = members(file)
    repack(file, {**found, "manifest.json": json.dumps({**json.loads(found["manifest.json"]), **changes}).encode()})


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repack(file: Path, contents: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)


def replaced(row: list[Any], position: int, value: object) -> list[Any]:
    return [*row[:position], value, *row[position + 1 :]]


FORGERIES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a newer format": (lambda file: edit_manifest(file, format=2, parts="of another shape"), "newer Parley"),
    "a newer schema": (lambda file: edit_manifest(file, revision="9999"), "newer Parley"),
    "a table too few": (lambda file: edit_manifest(file, parts=[]), "damaged"),
    "a manifest of another shape": (lambda file: edit_manifest(file, epoch=1), "damaged"),
    "some other zip": (lambda file: repack(file, {"holiday.txt": b"sun"}), "no backup"),
    "a table missing": (lambda file: repack(file, {"manifest.json": members(file)["manifest.json"]}), "damaged"),
    "a row exchanged": (
        lambda file: repack(file, {**members(file), "facts.ndjson": b'["epoch","another"]\n'}),
        "facts.ndjson is not what was written",
    ),
    "a row too few": (
        lambda file: repack(file, {**members(file), "reactions.ndjson": b""}),
        "reactions.ndjson is not what was written",
    ),
    "no zip at all": (lambda file: file.write_text("INSERT INTO"), "no backup"),
    "nothing": (lambda file: file.write_bytes(b""), "no backup"),
    "no such file": (lambda file: file.unlink(), "cannot be read"),
    "a folder": (lambda file: file.rename(file.with_name("moved")).with_name(file.name).mkdir(), "cannot be read"),
    "a NUL": (lambda file: rewrite(file, "users", lambda rows: [replaced(row, 1, "a\0b") for row in rows]), "damaged"),
    "half a surrogate pair": (
        lambda file: rewrite(file, "users", lambda rows: [replaced(row, 1, "\ud800") for row in rows]),
        "line 1 of users.ndjson",
    ),
    "a number too large": (
        lambda file: rewrite(file, "users", lambda rows: [replaced(row, 0, 2**63) for row in rows]),
        "line 1 of users.ndjson",
    ),
    "nothing where something must be": (
        lambda file: rewrite(file, "messages", lambda rows: [replaced(row, 7, None) for row in rows]),
        "line 1 of messages.ndjson",
    ),
    "a row too long": (lambda file: rewrite(file, "rooms", lambda rows: [[*row, 1] for row in rows]), "damaged"),
    "an orphan": (lambda file: rewrite(file, "users", lambda rows: rows[:-1]), "contradict each other"),
    "a twin": (lambda file: rewrite(file, "users", lambda rows: [*rows, rows[0]]), "contradict each other"),
    "no epoch": (lambda file: rewrite(file, "facts", lambda rows: []), "no epoch"),
}  # fmt: skip


REACH_THE_DATABASE = ["an orphan", "a twin", "no epoch"]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_file_that_will_not_do_changes_nothing(forgery: str, kept: Path, small: Place) -> None:
    _changes_nothing(forgery, kept, small)


@pytest.mark.parametrize("forgery", REACH_THE_DATABASE)
def test_what_the_database_refuses_changes_nothing_on_postgresql(
    forgery: str, kept: Path, on_postgres: Settings, opened: Callable[[Settings], Place]
) -> None:
    _changes_nothing(forgery, kept, opened(on_postgres))


def _changes_nothing(forgery: str, kept: Path, place: Place) -> None:
    place.register("somebody else")
    place.store.stop()
    before = content(place.settings)
    forge, why = FORGERIES[forgery]
    forge(kept)
    assert why in refused(place.settings, "restore", kept, "--drop-first", "--yes")
    assert content(place.settings) == before


def test_the_forger_of_these_tests_can_make_a_good_file(kept: Path, elsewhere: Callable[[str], Settings]) -> None:
    rewrite(kept, "users", lambda rows: rows)
    succeeds(elsewhere("sqlite"), "restore", kept)


def test_a_damaged_byte_or_a_missing_end_is_noticed(kept: Path, source: Settings) -> None:
    whole = kept.read_bytes()
    before = content(source)
    for length in range(0, len(whole), len(whole) // 15):
        kept.write_bytes(whole[:length])
        refused(source, "restore", kept, "--drop-first", "--yes")
    assert content(source) == before
    for position in range(0, len(whole), len(whole) // 60):
        kept.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        done = manage(source, "restore", kept, "--drop-first", "--yes")
        assert done.exit_code in (0, 1)  # 0: a byte that means nothing, such as the time in a header
        assert isinstance(done.exception, SystemExit | None), done.exception
        assert without_epoch(content(source)) == without_epoch(before), position


def test_a_postgresql_that_is_away(kept: Path, tmp_path: Path) -> None:
    away = Settings(instance=tmp_path / "away", database_url="postgresql://parley:S3CRET@127.0.0.1:1/parley")
    for command in (["restore", kept], ["backup", tmp_path / "new"], ["verify"]):
        said = refused(away, *command)
        assert "cannot be reached" in said
        assert "S3CRET" not in said
