"""The ancestor's way: a server and a `manage.py celery` beside it, over a real Valkey, on either database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.settings import Settings
from parley.store.schema import create
from tests.running import ROOT, RunningServer
from tests.services import PageServer


@pytest.fixture(params=["sqlite", "postgres"])
def environment(request: pytest.FixtureRequest, instance: Path, valkey: str) -> dict[str, str]:
    settings = {"CELERY_BROKER_URL": valkey, "PREVIEW_ALLOW": "127.0.0.0/8"}
    if request.param == "postgres":
        settings["DATABASE_URL"] = request.getfixturevalue("postgres")
        create(Settings(instance=instance, database_url=settings["DATABASE_URL"]))
    return settings


@pytest.fixture
def server(instance: Path, environment: dict[str, str]) -> Iterator[RunningServer]:
    running = RunningServer(instance, environment).start()
    yield running
    running.stop()


@pytest.fixture
def worker(environment: dict[str, str], tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker that knows the broker and neither database nor secret key."""
    known = {name: value for name, value in environment.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "celery", "--loglevel=info", "--concurrency=1"],
        cwd=ROOT,
        env={**os.environ, **known, "INSTANCE": str(tmp_path / "nowhere")},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    assert not (tmp_path / "nowhere").exists(), "a worker never touches the database"


def test_a_worker_unfolds_the_links(
    server: RunningServer, worker: "subprocess.Popen[bytes]", pages: PageServer
) -> None:
    good = pages.page("/good", "<title>Made by a worker</title>")
    bad = pages.url("/missing")
    with server.register("Ana").chat() as ana:
        number = ana.post(f"{good} {bad} http://10.0.0.1/")["message"]

        def settled(frame: dict[str, object]) -> bool:
            message = frame["message"]
            assert isinstance(message, dict)
            return message["id"] == number and all(each["state"] != "pending" for each in message["previews"])

        ana.next("message", settled, timeout=40)
        stored = ana.person.get(f"/api/messages/{number}").json()["previews"]
    assert [(each["state"], each["title"]) for each in stored] == [
        ("ready", "Made by a worker"),
        ("failed", ""),
        ("refused", ""),
    ]
    assert worker.poll() is None
    assert pages.paths.count("/good") == 1
