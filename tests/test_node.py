"""The parts, wired together: what follows when something is stored."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parley.bus.interface import Heard, Ring
from parley.core.accounts import Ban, Register
from parley.core.messages import Edit, Post, React
from parley.core.previews import GIVEN_UP_AFTER, LOST_AFTER
from parley.errors import Unavailable
from parley.jobs.queue import PreviewJob, PreviewResult, Settle
from parley.node import Node
from parley.settings import Settings, SetupError
from parley.signals import Signal
from parley.store import messages
from parley.wire import Message, Preview

LINK, OTHER = "https://a.example/", "https://b.example/"


class NotedJobs:
    """A queue that notes what is asked of it and does nothing by itself."""

    def __init__(self) -> None:
        self.asked: list[PreviewJob] = []
        self.settle: Settle

    def start(self, settle: Settle) -> None:
        self.settle = settle

    def enqueue(self, job: PreviewJob, *, lost: bool = False) -> None:
        self.asked.append(job)

    def stop(self, timeout: float) -> None:
        pass

    def depth(self) -> int:
        return 0


@pytest.fixture
def started() -> Iterator[Callable[[Settings], tuple[Node, NotedJobs, list[Heard]]]]:
    """Starts nodes, with jobs that are noted and a bus that is listened to."""
    nodes: list[Node] = []

    def start(settings: Settings) -> tuple[Node, NotedJobs, list[Heard]]:
        node, jobs, heard = Node(settings), NotedJobs(), []  # type: tuple[Node, NotedJobs, list[Heard]]
        node.jobs = jobs
        nodes.append(node)
        node.start(heard.append)
        node.bus.subscribe(node.store.general)
        return node, jobs, heard

    yield start
    for node in nodes:
        node.stop()


Started = Callable[[Settings], tuple[Node, NotedJobs, list[Heard]]]


def register(node: Node, name: str = "ann") -> int:
    number: int = node.store.run(Register(name, "no hash", node.store.general)).id
    return number


def test_what_is_stored_rings_with_the_message_as_it_is_stored(on_sqlite: Settings, started: Started) -> None:
    node, _, heard = started(on_sqlite)
    ann = register(node)
    posted = node.store.run(Post(ann, node.store.general, "**hi**"))
    node.store.run(React(ann, posted.message.id, "👍", True))
    node.store.run(Ban(ann, True))
    node.store.stop()  # waits for what follows the last command
    rings = [each for each in heard if isinstance(each, Ring)]
    assert [(ring.room, ring.from_, ring.to) for ring in rings] == [(1, 0, 1), (1, 1, 2), (1, 2, 3)]
    assert [len(ring.entries) for ring in rings] == [1, 1, 1]
    last = rings[-1].entries[0]
    with Node(on_sqlite).store.reading() as connection:
        stored = messages.one(connection, posted.message.id)
    assert msgspec.json.decode(last.encoded, type=Message) == stored
    assert (last.seq, last.message) == (3, posted.message.id)
    assert heard[-1] == Signal("tokens", ann)
    assert b"parley_changes_total 3.0" in node.metrics.text()


def test_links_are_asked_for_after_commit_and_what_comes_back_is_stored(on_sqlite: Settings, started: Started) -> None:
    node, jobs, _ = started(on_sqlite)
    ann = register(node)
    number = node.store.run(Post(ann, node.store.general, f"{LINK} {OTHER}")).message.id
    node.store.run(Edit(ann, number, OTHER))
    node.store.run(Edit(ann, number, f"more {OTHER}"))  # waits for what follows the command before
    assert jobs.asked[:3] == [PreviewJob(number, 0, LINK), PreviewJob(number, 1, OTHER), PreviewJob(number, 0, OTHER)]
    jobs.settle(PreviewResult(number, 0, OTHER, "ready", "Title"))
    with node.store.reading() as connection:
        message = messages.one(connection, number)
    assert message is not None
    assert message.previews == [Preview(0, OTHER, "ready", "Title")]


def test_a_preview_whose_job_was_lost_is_asked_for_again_and_given_up_in_the_end(
    database: Settings, started: Started
) -> None:
    node, jobs, _ = started(database)
    ann = register(node)
    number = node.store.run(Post(ann, node.store.general, LINK)).message.id
    node.store.run(Post(ann, node.store.general, "no link"))
    jobs.asked.clear()
    now = datetime.now(UTC)
    node.ask_again(now)
    assert jobs.asked == []
    node.ask_again(now + LOST_AFTER + timedelta(seconds=1))
    assert jobs.asked == [PreviewJob(number, 0, LINK)]
    node.ask_again(now + GIVEN_UP_AFTER + timedelta(seconds=1))
    with node.store.reading() as connection:
        message = messages.one(connection, number)
    assert message is not None
    assert message.previews == [Preview(0, LINK, "failed")]
    jobs.asked.clear()
    node.ask_again(now + 2 * GIVEN_UP_AFTER)
    assert jobs.asked == []


def test_a_second_server_on_the_same_file_is_refused(on_sqlite: Settings, started: Started) -> None:
    node, _, _ = started(on_sqlite)
    second = Node(on_sqlite)
    with pytest.raises(SetupError, match="Another Parley server"):
        second.start()
    register(node)  # the first goes on
    node.stop()
    started(on_sqlite)


def test_several_servers_share_postgresql(on_postgres: Settings, started: Started) -> None:
    first, _, _ = started(on_postgres)
    second, _, _ = started(on_postgres)
    ann = register(first)
    second.store.run(Post(ann, second.store.general, "from the other"))


def test_a_node_that_stops_answers_what_waits_and_refuses_the_rest(on_sqlite: Settings, started: Started) -> None:
    node, jobs, _ = started(on_sqlite)
    ann = register(node)
    answers: list[Any] = []
    for number in range(50):
        node.store.submit(Post(ann, node.store.general, str(number)), answers.append)
    node.stop()
    assert [answer.seq for answer in answers] == list(range(2, 52))
    with pytest.raises(Unavailable):
        jobs.settle(PreviewResult(1, 0, LINK, "ready"))


def test_a_folder_without_room_for_the_lock_is_one_sentence(on_sqlite: Settings, tmp_path: Path) -> None:
    (on_sqlite.instance / "server.lock").mkdir()
    with pytest.raises(SetupError, match=r"server\.lock cannot be written"):
        Node(on_sqlite).start()
