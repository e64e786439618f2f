"""The key that signs cookies: one, and nobody else's to read."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from parley.secret_key import secret_key
from parley.settings import Settings, SetupError
from tests.racing import race


def test_the_first_run_makes_it_for_its_owner_only(settings: Settings) -> None:
    key = secret_key(settings)
    file = settings.instance / "secret_key"
    assert len(key) == 64
    assert file.read_text() == key + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in settings.instance.iterdir()] == ["secret_key"]
    assert secret_key(settings) == key
    assert secret_key(Settings(instance=settings.instance / "another")) != key


def test_a_setting_overrides_it_and_makes_no_file(instance: Path) -> None:
    assert secret_key(Settings(instance=instance, secret_key="mine")) == "mine"
    assert not instance.exists()


def test_processes_that_start_together_get_one_key(instance: Path) -> None:
    work = "from parley.secret_key import secret_key\nprint(secret_key(settings))"
    keys = set(race(work, {"INSTANCE": str(instance)}, 4))
    assert keys == {secret_key(Settings(instance=instance))}


@pytest.mark.parametrize("content", [b"", b"\n", b"short\n"])
def test_a_key_that_could_be_guessed_is_refused(settings: Settings, content: bytes) -> None:
    settings.instance.mkdir()
    (settings.instance / "secret_key").write_bytes(content)
    with pytest.raises(SetupError, match="too short"):
        secret_key(settings)


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / "secret_key").mkdir(parents=True)
    for instance in (tmp_path / "file", tmp_path / "folder", Path("/proc/parley")):
        with pytest.raises(SetupError, match="cannot be used"):
            secret_key(Settings(instance=instance))


def test_servers_over_one_postgresql_share_the_key_that_the_first_one_made(on_postgres: Settings) -> None:
    elsewhere = replace(on_postgres, instance=on_postgres.instance / "elsewhere")
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(secret_key, [on_postgres, elsewhere] * 4))
    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert list(on_postgres.instance.iterdir()) == [], "nothing lies in a folder that only one of them has"


def test_servers_with_different_keys_are_told(on_postgres: Settings) -> None:
    mine = replace(on_postgres, secret_key="mine")
    with capture_logs() as logged:
        made = secret_key(on_postgres)
        assert (secret_key(mine), secret_key(mine), secret_key(on_postgres)) == ("mine", "mine", made)
    warnings = [entry["event"] for entry in logged]
    assert warnings == ["sign_in_key_changed"] * 2, "at each change, and not when all is as before"
    assert made not in str(logged)


def test_without_its_database_there_is_no_key() -> None:
    with pytest.raises(SetupError, match="DATABASE_URL cannot be reached"):
        secret_key(Settings(database_url="postgresql://parley@127.0.0.1:1/parley"))
