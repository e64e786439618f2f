"""nginx and Caddy with the very files of deploy/, in front of nodes.

Only what an operator writes is written here: where the nodes are, and where people find them.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import pytest

from tests.nodes import until
from tests.ports import free_port
from tests.running import ROOT, RunningServer

DEPLOY = ROOT / "deploy"
CERTIFICATES = "/etc/letsencrypt/live/chat.example.org"
NGINX = "/usr/sbin/nginx"  # which is not on everybody's PATH
NODE = "server 127.0.0.1:{} max_fails=0;\n"  # as in parley/nodes.conf


class Balancer(RunningServer):
    """Stands before servers and may be talked to like one of them."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.ports = ports

    def start(self) -> "Balancer":
        """Start, and return once it listens."""
        command, environment = self.prepare()
        with (self.instance / "log").open("w") as log:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        until(lambda: self.process.poll() is not None or self._listens())
        assert self.process.poll() is None, (self.instance / "log").read_text()
        return self

    def prepare(self) -> tuple[list[str], dict[str, str]]:
        """Write the configuration; returns the command and the environment to start it with."""
        raise NotImplementedError

    def stop(self, seconds: float = 12.0, *_: object) -> int:
        """End it at once, with the sockets that are open."""
        self.process.terminate()
        code = self.process.wait(seconds)
        print((self.instance / "log").read_text())
        return code

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Nginx(Balancer):
    """`nginx -p FOLDER -c nginx.conf` on a copy of deploy/nginx."""

    def __init__(
        self,
        folder: Path,
        ports: Sequence[int],
        tls: tuple[Path, Path] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder, ports)
        self.redirect_port = free_port()
        self._tls = tls
        self._settings = settings or {}

    def prepare(self) -> tuple[list[str], dict[str, str]]:
        """Write the files that are the operator's, and the other values that a test gave."""
        shutil.copytree(DEPLOY / "nginx", self.instance)
        own = self.instance / "parley"
        (own / "nodes.conf").write_text("".join(map(NODE.format, self.ports)))
        if self._tls is None:
            (own / "address.conf").write_text(f"listen 127.0.0.1:{self.port};\n")
        else:
            certificate, key = map(str, self._tls)
            example = self.instance / "tls"
            listen = {"[::]:443": f"[::1]:{self.port}", "443": f"127.0.0.1:{self.port}"}
            files = {f"{CERTIFICATES}/fullchain.pem": certificate, f"{CERTIFICATES}/privkey.pem": key}
            (own / "address.conf").write_text(_replace(example / "address.conf", listen | files))
            listen = {"[::]:80": f"[::1]:{self.redirect_port}", "listen 80": f"listen 127.0.0.1:{self.redirect_port}"}
            (self.instance / "redirect.conf").write_text(_replace(example / "redirect.conf", listen))
        path = self.instance / "parley.conf"
        path.write_text(_replace(path, self._settings))
        return [NGINX, "-p", str(self.instance), "-c", "nginx.conf", "-g", "daemon off;"], {}


def _replace(path: Path, values: Mapping[str, str]) -> str:
    """What a file says, with these pieces of it replaced; each must be there."""
    written = path.read_text()
    for old, new in values.items():
        assert old in written, f"{path.name} has no {old}"
        written = written.replace(old, new)
    return written


class Caddy(Balancer):
    """`caddy run` with deploy/Caddyfile."""

    def prepare(self) -> tuple[list[str], dict[str, str]]:
        """Put what the operator says into the environment; Caddy's own data stay in the folder."""
        self.instance.mkdir()
        nodes = " ".join(f"127.0.0.1:{port}" for port in self.ports)
        environment = {
            "SITE": f"http://127.0.0.1:{self.port}",
            "NODES": nodes,
            "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
            "HOME": str(self.instance),
        }
        return ["caddy", "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"], environment

    def start(self) -> "Balancer":
        """Start, and return once it has found that the nodes are ready."""
        super().start()
        until(lambda: httpx.get(f"{self.url}/").is_success)
        return self


def need_nginx() -> None:
    """Skip where there is no nginx, and say what to type."""
    if not Path(NGINX).exists():
        pytest.skip("nginx is not installed: apt-get install nginx-light")


def need_caddy() -> None:
    """Skip where there is no Caddy, and say what to type."""
    if shutil.which("caddy") is None:
        pytest.skip("Caddy is not installed: apt-get install caddy")
