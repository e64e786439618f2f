"""When somebody was last here: stored when they leave, with all who leave at about the same time, and never else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from parley import node as nodes
from parley.core import people
from parley.core.accounts import Register
from parley.node import Node
from parley.settings import Settings
from parley.store import users
from parley.wire import User
from tests.nodes import until


@contextmanager
def started(settings: Settings) -> Iterator[Node]:
    """A node whose people are offline at once."""
    node = Node(replace(settings, offline_after=0.0))
    node.start()
    yield node
    node.stop()


def register(node: Node, *names: str) -> list[int]:
    return [node.store.run(Register(name, "no hash", node.store.general)).id for name in names]


def shown(node: Node, *numbers: int) -> list[User]:
    """These people, as others see them by now."""
    node.presence.changes(time.monotonic())
    with node.store.reading() as connection:
        return [people.shown(row, node.presence) for row in users.by_ids(connection, numbers)]


def all_seen(node: Node, *numbers: int) -> bool:
    return all(user.seen_at is not None for user in shown(node, *numbers))


def transactions(node: Node) -> float:
    return node.metrics.registry.get_sample_value("parley_batch_commands_count") or 0.0


def leave(node: Node, *numbers: int) -> None:
    for number in numbers:
        node.presence.closed(number, time.monotonic())


def test_who_leaves_was_last_seen_then_and_who_is_here_is_not_last_seen(database: Settings) -> None:
    with started(database) as node:
        ann, bob, eve = register(node, "ann", "bob", "eve")
        for number in (ann, bob):
            node.presence.opened(number)
        node.tell_presence()
        leave(node, ann)
        node.tell_presence()
        until(lambda: all_seen(node, ann))
        first, second, third = shown(node, ann, bob, eve)
        assert first.seen_at is not None
        assert timedelta(0) <= datetime.now(UTC) - first.seen_at < timedelta(minutes=1)
        assert (second.online, second.seen_at) == (True, None)
        assert (third.online, third.seen_at) == (False, None), "never here"
        node.presence.opened(ann)
        assert [(user.online, user.seen_at) for user in shown(node, ann)] == [(True, None)]


def test_being_here_writes_nothing_and_a_crowd_that_leaves_is_written_together(on_sqlite: Settings) -> None:
    with started(on_sqlite) as node, patch.object(nodes, "MOST_GONE", 4):
        crowd = register(node, *(f"p{number}" for number in range(10)))
        for number in crowd:
            node.presence.opened(number)
        before = transactions(node)
        for _ in range(20):
            node.tell_presence()
        assert transactions(node) == before
        leave(node, *crowd)
        node.tell_presence()
        until(lambda: all_seen(node, *crowd))
        assert transactions(node) - before <= 3


def test_who_comes_back_within_the_grace_has_not_left(on_sqlite: Settings) -> None:
    with started(on_sqlite) as node:
        ann, bob = register(node, "ann", "bob")
        for number in (ann, bob):
            node.presence.opened(number)
        node.tell_presence()
        leave(node, ann, bob)
        node.presence.opened(ann)
        node.tell_presence()
        until(lambda: all_seen(node, bob))
        leave(node, ann)
        assert [user.seen_at for user in shown(node, ann)] == [None]


def test_it_is_no_change_of_an_account(on_sqlite: Settings) -> None:
    with started(on_sqlite) as node:
        (ann,) = register(node, "ann")
        with node.store.reading() as connection:
            before = users.by_id(connection, ann)
        node.store.run(people.Gone([ann], datetime.now(UTC)))
        with node.store.reading() as connection:
            after = users.by_id(connection, ann)
        assert before is not None
        assert after is not None
        assert after.seen_at is not None
        assert after._replace(seen_at=None) == before


def test_a_node_that_stops_remembers_who_was_here(on_sqlite: Settings) -> None:
    with started(on_sqlite) as node:
        ann, bob = register(node, "ann", "bob")
        node.presence.opened(ann)
        node.presence.opened(bob)
        node.tell_presence()
        leave(node, bob)
    with started(on_sqlite) as again:
        assert all_seen(again, ann, bob)


def test_a_database_that_is_away_is_no_reason_to_fail(on_sqlite: Settings) -> None:
    with started(on_sqlite) as node:
        (ann,) = register(node, "ann")
        node.presence.opened(ann)
        node.tell_presence()
        leave(node, ann)
        node.store.stop()
        node.tell_presence()
