"""What many tests share: a folder for a server's data, its settings, and the browser."""

import os
import shutil
from pathlib import Path

import pytest

from parley.settings import Settings

pytest_plugins = [
    "tests.running",
    "tests.witness",
    "tests.services",
    "tests.fetching",
    "tests.postgres",
    "tests.rabbitmq",
    "tests.stores",
    "tests.searching",
    "tests.archives",
    "tests.nodes",
    "tests.api",
    "tests.buckets",
    "tests.senders",
    "tests.browsing",
    "tests.brokers",
    "tests.buses",
]


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance folder of this test alone; it does not exist yet, as on a first start."""
    return tmp_path / "instance"


@pytest.fixture
def settings(instance: Path) -> Settings:
    """The embedded default, in its own folder."""
    return Settings(instance=instance)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program. A machine without one fails the test and is told what to type."""
    names = [os.environ.get("CHROMIUM") or "chromium", "chromium-browser", "google-chrome"]
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail(
            "No Chromium here: `make test` installs it as root; else type `apt-get install chromium`, "
            "or set CHROMIUM to its path."
        )
    return Path(found)
