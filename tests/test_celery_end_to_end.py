"""The ancestor's way: a server and a `manage.py celery` beside it, over a real broker, on either database."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parley.settings import Settings
from parley.store.schema import create
from tests.running import RunningServer
from tests.services import PageServer
from tests.workers import Worker


@pytest.fixture(params=["sqlite-valkey", "postgres-valkey", "sqlite-rabbit"])
def environment(request: pytest.FixtureRequest, instance: Path) -> dict[str, str]:
    database, broker = request.param.split("-")
    settings = {"CELERY_BROKER_URL": request.getfixturevalue(broker), "PREVIEW_ALLOW": "127.0.0.0/8"}
    if database == "postgres":
        settings["DATABASE_URL"] = request.getfixturevalue("postgres")
        create(Settings(instance=instance, database_url=settings["DATABASE_URL"]))
    return settings


@pytest.fixture
def server(instance: Path, environment: dict[str, str]) -> Iterator[RunningServer]:
    running = RunningServer(instance, environment).start()
    yield running
    running.stop()


@pytest.fixture
def worker(environment: dict[str, str], tmp_path: Path) -> Iterator[Worker]:
    with closing(Worker(environment["CELERY_BROKER_URL"], tmp_path)) as started:
        yield started
        assert started.end() == 0
    assert not (tmp_path / "nowhere").exists(), "a worker never touches the database"


def test_a_worker_unfolds_the_links(server: RunningServer, worker: Worker, pages: PageServer) -> None:
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
    assert pages.paths.count("/good") == 1
