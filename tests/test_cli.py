"""The commands, as a person types them: real processes, real files, real ports."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from parley import __version__
from parley.faces import cli
from parley.settings import Settings
from parley.store.schema import create
from tests.running import RunningServer

ROOT = Path(__file__).resolve().parent.parent
DEADLINE = 30  # seconds; a start takes about one


def environment(instance: Path, **more: str) -> dict[str, str]:
    """What a process sees: this machine's basics, the instance folder, and nothing a developer has set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "INSTANCE": str(instance), **more}


def manage(*args: str, env: dict[str, str], typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python manage.py …` to its end."""
    command = [sys.executable, "manage.py", *args]
    return subprocess.run(command, cwd=ROOT, env=env, input=typed, capture_output=True, text=True, timeout=DEADLINE)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that could not work."""
    assert done.returncode == 1, done
    assert done.stdout == ""
    said = [line for line in done.stderr.splitlines() if not line.startswith("time=")]
    assert len(said) == 1, done.stderr
    assert said[0].startswith("Error: ")
    assert said[0].endswith(".")
    assert "Traceback" not in done.stderr
    return said[0]


def epoch(instance: Path) -> str:
    """What tells one life of a database from the next."""
    connection = sqlite3.connect(instance / "parley.db")
    try:
        (value,) = connection.execute("SELECT value FROM facts WHERE name = 'epoch'").fetchone()
    finally:
        connection.close()
    return str(value)


def set_revision(instance: Path, revision: str) -> None:
    connection = sqlite3.connect(instance / "parley.db")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
        connection.execute("DELETE FROM facts WHERE name = 'works_with'")  # it says that no older code may work on it
    connection.close()


# ── the door ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", [[], *([name] for name in cli.main.commands)])
def test_every_command_has_help(instance: Path, command: list[str]) -> None:
    done = manage(*command, "--help", env=environment(instance))
    assert done.returncode == 0, done.stderr
    assert f"Usage: {' '.join(['manage.py', *command])}" in done.stdout
    assert not instance.exists()


def test_version(instance: Path) -> None:
    assert manage("--version", env=environment(instance)).stdout == f"Parley {__version__}\n"


def test_without_its_libraries_it_says_how_to_get_them(instance: Path) -> None:
    command = [sys.executable, "-S", "manage.py"]  # -S: without site-packages, as before pip install
    done = subprocess.run(command, cwd=ROOT, env=environment(instance), capture_output=True, text=True)
    assert done.returncode == 1
    assert "`pip install -r requirements.txt`" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_setting_that_cannot_be_read_is_named(instance: Path) -> None:
    assert "SWEEP='soon'" in refusal(manage("createdb", env=environment(instance, SWEEP="soon")))


def test_an_unknown_log_level_is_refused(instance: Path) -> None:
    assert "LOG_LEVEL='loud'" in refusal(manage("createdb", env=environment(instance, LOG_LEVEL="loud")))


# ── createdb ────────────────────────────────────────────────────────────────────────────────────────


def test_createdb_makes_the_database_once(instance: Path) -> None:
    done = manage("createdb", env=environment(instance))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"The database sqlite:///{instance}/parley.db is made.\n"
    before = epoch(instance)
    assert "is up to date already" in manage("createdb", env=environment(instance)).stdout
    assert epoch(instance) == before


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_drop_first_asks_and_heeds_a_no(instance: Path, typed: str) -> None:
    create(Settings(instance=instance))
    before = epoch(instance)
    done = manage("createdb", "--drop-first", env=environment(instance), typed=typed)
    assert done.returncode == 1
    assert "destroys every message" in done.stdout
    assert epoch(instance) == before


@pytest.mark.parametrize(("options", "typed"), [(["--drop-first"], "y\n"), (["--drop-first", "--yes"], "")])
def test_drop_first_destroys_after_a_yes(instance: Path, options: list[str], typed: str) -> None:
    create(Settings(instance=instance))
    before = epoch(instance)
    done = manage("createdb", *options, env=environment(instance), typed=typed)
    assert done.returncode == 0, done.stderr
    assert ("destroys every message" in done.stdout) == bool(typed)
    assert "is made anew" in done.stdout
    assert epoch(instance) != before


def test_drop_first_does_not_ask_when_there_is_nothing_to_destroy(instance: Path) -> None:
    done = manage("createdb", "--drop-first", env=environment(instance))
    assert (done.returncode, "destroys" in done.stdout) == (0, False)


@pytest.mark.parametrize("command", ["createdb", "runserver"])
def test_a_database_of_a_newer_parley_is_left_alone(instance: Path, command: str) -> None:
    create(Settings(instance=instance))
    set_revision(instance, "9999")
    assert "of a newer Parley" in refusal(manage(command, env=environment(instance)))


@pytest.mark.parametrize("command", ["createdb", "runserver"])
def test_a_folder_that_cannot_be_written(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("")  # no folder can be below a file, not even for root
    said = refusal(manage(command, env=environment(tmp_path / "file" / "instance")))
    assert str(tmp_path / "file" / "instance") in said


@pytest.mark.parametrize("command", ["createdb", "runserver"])
@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("postgresql://parley:S3CRET@127.0.0.1:1/parley", "cannot be reached"),
        ("mysterydb://u:S3CRET@h/db", "DATABASE_URL"),
    ],
)
def test_a_database_that_does_not_answer(instance: Path, command: str, url: str, part: str) -> None:
    said = refusal(manage(command, env=environment(instance, DATABASE_URL=url)))
    assert part in said
    assert "S3CRET" not in said


# ── runserver ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_runserver_makes_the_default_database_and_serves_until_it_is_stopped(
    instance: Path, end: signal.Signals
) -> None:
    server = RunningServer(instance, {"LOG_LEVEL": "debug"}).start()
    try:
        assert f"Parley is at {server.url} – press Ctrl-C to stop." in server.log
        assert httpx.get(f"{server.url}/healthz?token=S3CRET").status_code == 200
        server.process.send_signal(end)
        assert server.process.wait(DEADLINE) == 0
    finally:
        server.kill()
    assert all(line.startswith(("time=", "Parley is at ")) for line in server.log), server.log
    assert "S3CRET" not in "".join(server.log)
    assert epoch(instance)


def test_a_second_server_on_the_same_file_is_refused(server: RunningServer) -> None:
    assert "Another Parley server" in refusal(manage("runserver", "--port", "0", env=environment(server.instance)))


def test_an_empty_database_elsewhere_is_made_by_createdb_only(instance: Path, postgres: str) -> None:
    env = environment(instance, DATABASE_URL=postgres)
    assert "`python manage.py createdb`" in refusal(manage("runserver", env=env))
    assert "is made." in manage("createdb", env=env).stdout
    assert "is up to date already." in manage("createdb", env=env).stdout


def test_an_outdated_database_names_the_command(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # There is only one migration so far, so no real database can be outdated.
    monkeypatch.setattr(cli, "state", lambda _: "outdated")
    done = CliRunner().invoke(cli.main, ["runserver"], env=environment(instance))
    assert done.exit_code == 1
    assert "`python manage.py createdb`" in done.stderr


def test_a_port_in_use(instance: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert str(port) in refusal(manage("runserver", "--port", str(port), env=environment(instance)))


def test_an_address_that_is_not_this_machines(instance: Path) -> None:
    assert "192.0.2.1" in refusal(manage("runserver", "--host", "192.0.2.1", "--port", "0", env=environment(instance)))


@pytest.mark.parametrize("command", ["runserver", "celery"])
def test_a_broker_that_does_not_answer(instance: Path, command: str) -> None:
    env = environment(instance, CELERY_BROKER_URL="redis://:S3CRET@127.0.0.1:1/0")
    said = refusal(manage(command, env=env))
    assert "CELERY_BROKER_URL" in said
    assert "S3CRET" not in said


def test_a_server_over_sqlite_does_not_load_what_others_need(instance: Path) -> None:
    code = (
        "import sys; from parley.faces import cli; from parley.node import Node; from parley.settings import Settings; "
        "node = Node(Settings.from_environment()); cli.create_app(node); "
        "print(*{'picows', 'celery', 'kombu', 'redis', 'boto3'} & set(sys.modules))"
    )
    env = environment(instance)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=DEADLINE)
    assert (done.returncode, done.stdout) == (0, "\n"), done


# ── celery ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_follows_celery_goes_to_the_worker(instance: Path, valkey: str) -> None:
    done = manage("celery", "--no-such-option=1", env=environment(instance, CELERY_BROKER_URL=valkey))
    assert done.returncode != 0
    assert "No such option" in done.stderr
    assert "--no-such-option" in done.stderr
    assert "Traceback" not in done.stderr
