"""`--only welcome`: how much somebody is told who comes in, where many people and rooms are."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from websockets.sync.client import connect

from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.server import Server
from bench.sides import US
from bench.town import settle

REGISTERED, ROOMS, ONLINE = 10_000, 200, 150
KILOBYTES = 30  # at most


def measure(options: Options) -> Samples:
    """Once: the size does not depend on chance."""
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        tokens = settle(Path(folder), people=REGISTERED, rooms=ROOMS)
        with Server(Path(folder)) as server, ExitStack() as online:
            for token in [*tokens[1:ONLINE], tokens[0]]:  # the last one is in all rooms
                socket = online.enter_context(
                    connect(
                        f"ws://127.0.0.1:{server.port}/ws",
                        additional_headers={"Authorization": f"Bearer {token}"},
                        ping_interval=None,
                        max_queue=None,
                    )
                )
                socket.send('{"type":"hello"}')
                welcome = socket.recv(decode=False)
    if not welcome.startswith(b'{"type":"welcome"'):
        raise RuntimeError("the first frame was no welcome")
    options.progress(f"{len(welcome):,} bytes")
    return Samples([Sample(US, ROOMS, {"size": len(welcome), "online": ONLINE})])


def _size(samples: Samples) -> tuple[str, bool]:
    size = samples.median(US, ROOMS, "size") / 1024
    return f"{size:.1f} KB", size <= KILOBYTES


def show(samples: Samples) -> str:
    """The size, and in what town."""
    rows = [[f"{REGISTERED:,}", f"{ONLINE}", f"{ROOMS}", f"{samples.median(US, ROOMS, 'size'):,.0f} bytes"]]
    return table(["registered", "online", "rooms one is in", "`welcome`"], rows)


WELCOME = Scenario(
    "welcome",
    f"Coming in among {REGISTERED:,} people",
    measure,
    [Target(f"`welcome` with {REGISTERED:,} registered users and {ROOMS} rooms", f"≤ {KILOBYTES} KB", _size)],
    show,
)
