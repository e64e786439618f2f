"""What else is in deploy/: units, the image, the compose file. What reads them is asked where it is installed."""

import os
import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from dataclasses import fields
from pathlib import Path

import httpx
import pytest
import yaml  # type: ignore[import-untyped]

from parley.faces.gateway.server import GRACE
from parley.settings import Settings
from tests.balancers import DEPLOY
from tests.ports import free_port
from tests.running import ROOT, RunningServer

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SETTINGS = {each.name.upper() for each in fields(Settings)}
STOP = Settings().drain_notice + Settings().drain_seconds + GRACE  # seconds a node takes at most, and a little


def unit(path: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=False, delimiters="=", comment_prefixes="#")
    parser.optionxform = str  # type: ignore[method-assign, assignment]
    parser.read(path)
    return parser


def ready(url: str, seconds: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, DEPLOY / "ready.py", url, str(seconds)], capture_output=True, text=True)


# ── systemd ─────────────────────────────────────────────────────────────────────────────────────────


def test_systemd_finds_nothing_wrong_with_the_units_and_much_that_they_may_not_do(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed: apt-get install systemd")
    (tmp_path / "current").symlink_to(ROOT)
    for path in [*UNITS, *(DEPLOY / "systemd").glob("*.timer")]:
        written = path.read_text().replace("/opt/parley/current/.venv/bin/python", sys.executable)
        (tmp_path / path.name).write_text(written.replace("/opt/parley/current", str(tmp_path / "current")))
    names = sorted(str(path) for path in tmp_path.glob("parley*"))
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    judge = ["systemd-analyze", "security", "--offline=true", "--threshold=20"]  # of 100; 96 without our lines
    for name in names:
        if name.endswith(".service"):
            subprocess.run([*judge, name], check=True, capture_output=True)


def test_all_units_are_held_to_the_same() -> None:
    assert [path.name for path in UNITS] == [
        *("parley-backup.service", "parley-createdb.service", "parley-worker.service", "parley@.service")
    ]
    held = [
        path.read_text().partition("# The machine is not its to change")[2].partition("\n\n")[0].strip()
        for path in UNITS
    ]
    assert len(set(held)) == 1
    assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="} <= set(held[0].splitlines())
    for path in UNITS:
        service = unit(path)["Service"]
        assert service["User"] == service["Group"] == service["StateDirectory"] == "parley"
        assert service["EnvironmentFile"] == "/etc/parley/environment"


def test_a_node_has_time_to_drain_and_comes_back_whatever_ended_it() -> None:
    node = unit(DEPLOY / "systemd" / "parley@.service")["Service"]
    assert float(node["TimeoutStopSec"]) > 2 * STOP
    assert (node["KillSignal"], node["Restart"]) == ("SIGTERM", "always")
    assert int(node["LimitNOFILE"]) >= 65536
    assert unit(DEPLOY / "systemd" / "parley@.service")["Unit"]["StartLimitIntervalSec"] == "0"


def test_the_environment_file_holds_settings_and_none_that_is_unknown() -> None:
    lines = (DEPLOY / "systemd" / "environment").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert values.keys() <= SETTINGS
    read = Settings.from_environment(values)
    assert not read.embedded
    assert read.celery_broker_url.startswith("redis://")


# ── containers ──────────────────────────────────────────────────────────────────────────────────────


def test_the_compose_file_is_one_and_keeps_no_password() -> None:
    compose = (DEPLOY / "compose.yaml").read_text()
    services = yaml.safe_load(compose)["services"]
    assert {"postgres", "valkey", "createdb", "node1", "node2", "node3", "worker", "caddy"} == services.keys()
    for name in ("node1", "node2", "node3", "worker", "createdb"):
        service = services[name]
        assert service["environment"].keys() <= SETTINGS
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    assert float(services["node1"]["stop_grace_period"].rstrip("s")) > 2 * STOP
    said = [line for line in compose.splitlines() if "PASSWORD" in line]
    assert said
    assert all("${POSTGRES_PASSWORD:?" in line for line in said)
    assert services["caddy"]["environment"]["NODES"].split() == [f"node{number}:5000" for number in (1, 2, 3)]
    names = {line.partition("=")[0] for line in (DEPLOY / "compose.env").read_text().splitlines() if "=" in line}
    assert names <= set(re.findall(r"\$\{(\w+)", compose))
    program = shutil.which("docker-compose")
    if program is not None:  # of which not every machine has one that works without a daemon
        say = [program, "-f", str(DEPLOY / "compose.yaml"), "config", "--quiet"]
        without = {name: value for name, value in os.environ.items() if name != "POSTGRES_PASSWORD"}
        assert subprocess.run(say, env=without | {"POSTGRES_PASSWORD": "x"}, capture_output=True).returncode == 0
        refused = subprocess.run(say, env=without, capture_output=True, text=True)
        assert refused.returncode != 0
        assert "say it in .env" in refused.stderr


def test_what_the_image_copies_is_all_that_a_node_needs(tmp_path: Path) -> None:
    written = (DEPLOY / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(\S+) (\S+)$", written, re.MULTILINE)
    assert ("parley", "parley") in copied
    allowed = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert allowed == {source for source, _ in copied}
    for source, target in copied:
        to = tmp_path / "image" / (source if target == "." else target)
        to.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, to, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, to)
    environment = {"PATH": os.environ["PATH"], "INSTANCE": str(tmp_path / "instance"), "PYTHONDONTWRITEBYTECODE": "1"}
    port = free_port()
    command = [sys.executable, "manage.py", "runserver", "--host", "0.0.0.0", "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        node = subprocess.Popen(command, cwd=tmp_path / "image", env=environment, stdout=log, stderr=log)
    try:
        asked = ready(f"http://127.0.0.1:{port}", 30)
        assert asked.returncode == 0, asked.stderr + (tmp_path / "log").read_text()
        assert "Parley" in httpx.get(f"http://127.0.0.1:{port}/").text
    finally:
        node.terminate()
        node.wait(20)
    assert re.findall(r"^USER (\S+)$", written, re.MULTILINE) == ["parley"]
    assert "PASSWORD" not in written.upper()


# ── ready.py ────────────────────────────────────────────────────────────────────────────────────────


def test_ready_waits_for_a_node_and_says_when_it_does_not_come(server: RunningServer) -> None:
    assert ready(server.url, 0).returncode == 0
    nobody = f"http://127.0.0.1:{free_port()}"
    said = ready(nobody, 0)
    assert said.returncode == 1
    assert said.stderr.startswith(f"{nobody} is not ready: ")
    assert ready(f"{server.url}/nothing", 0).returncode == 1
