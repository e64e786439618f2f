"""The key that signs cookies: one, and nobody else's to read."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from parley.secret_key import secret_key
from parley.settings import Settings, SetupError
from tests.running import ROOT


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
    program = (
        "import sys; from parley.settings import Settings; from parley.secret_key import secret_key\n"
        "settings = Settings.from_environment(); print('ready', flush=True); sys.stdin.readline()\n"
        "print(secret_key(settings))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"INSTANCE": str(instance)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0].strip() for process in processes}
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
