"""The browser's conversation under random histories, frame by frame, over a network that does whatever it likes.

A model of the server holds the log; Node runs the very modules that browsers load. Frames are dropped,
doubled and reordered, connections break, the page reloads, a backup is restored; and after each step what the
page shows has no hole and no double, and in the end it equals a fresh load.
"""

import subprocess
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.page_world import NODE, ROOT, Client
from tests.reading_world import ReadingWorld as World


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


WEIGHTS = {
    World.somebody_posts: 4,
    World.somebody_answers: 1,
    World.somebody_edits: 4,
    World.somebody_deletes: 2,
    World.backup_is_restored: 1,
    World.server_answers: 6,
    World.network_comes: 5,
    World.network_breaks: 2,
    World.network_flickers: 2,
    World.frames_arrive: 16,
    World.frame_is_dropped: 2,
    World.frame_is_doubled: 3,
    World.frame_overtakes: 3,
    World.heads_are_told: 1,
    World.reader_posts: 4,
    World.reader_edits: 2,
    World.reader_deletes: 1,
    World.outbox_sends: 8,
    World.reader_decides: 1,
    World.page_reloads: 1,
    World.page_is_kept: 3,
    World.page_resumes: 2,
    World.old_messages_are_forgotten: 1,
    World.reader_scrolls_up: 3,
    World.history_arrives: 3,
    World.reader_reads: 2,
    World.reader_marks: 2,
    World.position_is_told: 4,
    World.position_arrives: 4,
    World.other_device_reads: 2,
    World.other_device_marks: 3,
    World.count_is_asked: 4,
    World.count_arrives: 4,
}
ACTIONS = [action for action, weight in WEIGHTS.items() for _ in range(weight)]


@settings(max_examples=150, deadline=None)
@given(history=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 9)), min_size=80, max_size=250))
def test_whatever_happens_the_page_equals_a_fresh_load(
    client: Client, history: list[tuple[Callable[[World, int], None], int]]
) -> None:
    world = World(client)
    for action, n in history:
        action(world, n)
        world.check()
    world.settle()


def test_the_modules_one_by_one() -> None:
    """The cases that are told apart by name, in JavaScript beside the modules' own language."""
    run = subprocess.run([NODE, "--test", "tests/js/*.test.js"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
