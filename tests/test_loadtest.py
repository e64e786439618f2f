"""`manage.py loadtest`, as a person types it, against a real server."""

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.running import ROOT, RunningServer, serving
from tests.tampering import tampering

DEADLINE = 100.0  # seconds; a run here takes a few


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that many runs use, one after the other: what is said there before is not theirs."""
    with serving(tmp_path_factory.mktemp("shared")) as server:
        yield server


def command(url: str, *options: str) -> list[str]:
    return [sys.executable, "manage.py", "loadtest", url, *options]


def loadtest(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(url, *options), cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE)


def refusal(url: str, *options: str) -> str:
    done = loadtest(url, *options)
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def test_people_talk_and_everything_arrives(shared: RunningServer, tmp_path: Path) -> None:
    person = shared.register("witness")
    before = person.get("/stats").json()
    figures, page = tmp_path / "figures.json", tmp_path / "report.html"
    done = loadtest(
        shared.url,
        *("--users", "4", "--devices", "2", "--writers", "3", "--rate", "20", "--ramp", "0.2", "--duration", "2"),
        *("--processes", "2", "--json", str(figures), "--report", str(page)),
    )
    assert done.returncode == 0, done
    assert done.stdout.endswith("Every acknowledged post arrived once, in order, at every socket.\n")
    assert "Registered 4 of 4 people." in done.stderr
    assert re.search(
        r"^ +2 s  sockets 8  posts/s \d+  deliveries/s \d+  ack .+ delivery .+ errors 0$", done.stderr, re.M
    )
    found: dict[str, Any] = json.loads(figures.read_text())
    total = found["total"]
    assert total["posts"] == total["acks"] == total["ack"]["count"] == 40
    assert total["delivery"]["count"] == 40 * 8
    assert total["most_sockets"] == 8
    assert (total["errors"], total["reconnects"], total["unanswered"], found["fault_count"]) == ({}, 0, 0, 0)
    assert 0 < total["ack"]["p50"] <= total["ack"]["p99"] <= total["ack"]["max"]
    assert len(found["cost"]["average"]) == 2
    assert sum(second["acks"] for second in found["seconds"]) == 40
    assert "Every acknowledged post arrived once" in page.read_text()
    after = person.get("/stats").json()
    assert after["users"] - before["users"] == 4
    assert after["messages"] - before["messages"] == 40 + 4, "and four who joined"


def test_people_who_think_post_after_their_answer(shared: RunningServer, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    options = ("--users", "2", "--writers", "1", "--think", "0", "--ramp", "1", "--duration", "1")
    assert loadtest(shared.url, *options, "--json", str(figures)).returncode == 0
    total = json.loads(figures.read_text())["total"]
    assert total["posts"] == total["acks"] > 3
    assert total["delivery"]["count"] == 2 * total["acks"]


def test_ctrl_c_ends_early_with_a_result(shared: RunningServer, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    options = ("--users", "2", "--rate", "20", "--ramp", "0", "--duration", "600", "--json", str(figures))
    running = subprocess.Popen(
        command(shared.url, *options), cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    while not (line := running.stderr.readline()).startswith("   1 s"):
        assert line, "it has ended by itself"
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=DEADLINE)
    assert running.returncode == 0
    assert "Every acknowledged post arrived once" in said
    found = json.loads(figures.read_text())
    assert found["ended_early"]
    assert found["total"]["acks"] == found["total"]["posts"] > 0


def test_people_come_back_after_a_restart_and_miss_nothing(server: RunningServer, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    options = ("--users", "3", "--rate", "10", "--ramp", "1", "--duration", "5", "--json", str(figures))
    running = subprocess.Popen(
        command(server.url, *options), cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stderr is not None
    while not (line := running.stderr.readline()).startswith("   2 s"):
        assert line, "it has ended by itself"
    server.stop()
    server.start()
    said, _ = running.communicate(timeout=DEADLINE)
    assert running.returncode == 0, said
    total = json.loads(figures.read_text())["total"]
    assert total["posts"] == total["acks"] == 50, "what was due while the server was away was sent when it was back"
    assert total["delivery"]["count"] == 150
    assert total["reconnects"] == 3
    assert total["errors"]["closed with 1012"] == 3
    assert total["ack"]["max"] > 100, "milliseconds from when the post was due: nobody was there to take it"


# ── servers that lie ────────────────────────────────────────────────────────────────────────────────


class Once:
    """Does something to the fifth frame with a message, and passes all others."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._count = 0
        self._kept: list[bytes] = []
        self._lock = threading.Lock()

    def __call__(self, frame: bytes) -> list[bytes]:
        with self._lock:
            self._count += 1
            if self._count == 5:
                if self._what == "late":
                    self._kept.append(frame)
                return [frame, frame] if self._what == "twice" else []
            kept, self._kept = self._kept, []
            return [frame, *kept]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("never", [": a gap", "never came", "2 broken promises."]),
        ("twice", [": doubled", "1 broken promise."]),
        ("late", [": a gap", ": out of order", "2 broken promises."]),
    ],
)
def test_a_broken_promise_is_listed_and_the_exit_code_is_1(shared: RunningServer, what: str, said: list[str]) -> None:
    options = ("--users", "1", "--rate", "20", "--ramp", "0", "--duration", "1")
    with tampering(shared.port, Once(what)) as url:
        done = loadtest(url, *options)
    assert done.returncode == 1, done
    for each in said:
        assert each in done.stdout
    assert "Every acknowledged post" not in done.stdout


# ── what cannot be done ─────────────────────────────────────────────────────────────────────────────


def test_nobody_there() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert refusal(url) == f"Error: No Parley answers at {url}: start it, or give its address."


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Said before people are registered, not after an hour."""
    said = refusal("http://127.0.0.1:9", "--report", str(tmp_path / "nowhere" / "report.html"))
    assert said.startswith("Error: There is no folder for ")


def test_a_stranger() -> None:
    assert "--yes-this-is-my-server" in refusal("http://chat.example.org")


def test_more_rooms_than_there_are(shared: RunningServer) -> None:
    said = refusal(shared.url, "--users", "2", "--rooms", "3", "--ramp", "0")
    assert said == ("Error: This server lets a new person into 1 room, and --rooms 3 asks for more: give --rooms 1.")


@pytest.mark.parametrize(
    ("environment", "options", "advice"),
    [
        ({"RATE_LIMITS": "on", "SIGN_IN_ADDRESS_RATE": "3/minute"}, ("--users", "5"), "start it with RATE_LIMITS=off"),
        ({"SOCKETS_PER_USER": "2"}, ("--users", "1", "--devices", "3", "--ramp", "0"), "SOCKETS_PER_USER"),
    ],
)
def test_a_server_that_has_limits(
    instance: Path, environment: dict[str, str], options: tuple[str, ...], advice: str
) -> None:
    with serving(instance, **environment) as server:
        assert advice in refusal(server.url, *options)


def test_posts_that_are_too_fast_are_said_and_sent_again(instance: Path, tmp_path: Path) -> None:
    with serving(instance, RATE_LIMITS="on", POST_RATE="3/second") as server:
        done = loadtest(server.url, "--users", "1", "--rate", "8", "--ramp", "0", "--duration", "1")
    assert done.returncode == 0, done
    assert "Warning: The server limits how fast people post: start it with RATE_LIMITS=off." in done.stdout
    assert "8 posts, 8 acknowledged" in done.stdout
