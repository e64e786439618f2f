"""What two nodes over one PostgreSQL say to each other about who is there."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from parley.bus.interface import Recovered
from parley.core.accounts import Register
from parley.core.sessions import Issue, SignOut, find
from parley.node import Node
from parley.settings import Settings
from tests.nodes import until

ANN, BOB = 1, 2


@pytest.fixture
def nodes(on_postgres: Settings) -> Iterator[tuple[Node, Node]]:
    """Two nodes whose clocks are as slow as a test wants: nobody but the test makes them speak."""
    pair = Node(on_postgres), Node(replace(on_postgres, instance=on_postgres.instance / "two"))
    recovered: list[Recovered] = []
    for node in pair:
        node.start(lambda what: recovered.append(what) if isinstance(what, Recovered) else None)
    until(lambda: len(recovered) == 2)
    yield pair
    for node in pair:
        node.stop()


def sees(node: Node, *people: int) -> Callable[[], bool]:
    """Whether a node believes exactly these to be online by now."""

    def check() -> bool:
        node.presence.changes(time.monotonic())
        return node.presence.online() == list(people)

    return check


def test_a_node_hears_of_people_at_the_other_and_of_its_farewell(nodes: tuple[Node, Node]) -> None:
    one, two = nodes
    one.presence.opened(ANN)
    one.tell_presence()
    until(sees(two, ANN))
    one.presence.opened(BOB)
    one.tell_presence()
    until(sees(two, ANN, BOB))
    one.stop()
    until(sees(two), two.settings.offline_after + 10)  # long before PRESENCE_EXPIRY


def test_a_node_that_comes_later_asks_who_is_there(nodes: tuple[Node, Node], on_postgres: Settings) -> None:
    one, two = nodes
    one.presence.opened(ANN)
    two.presence.opened(BOB)
    one.tell_presence()
    two.tell_presence()
    late = Node(on_postgres)
    late.start()
    try:

        def all_speak() -> bool:
            for node in (one, two, late):
                node.tell_presence()
            return sees(late, ANN, BOB)()

        until(all_speak, 10)  # the next whole statements would come after 15 s
    finally:
        late.stop()


def test_who_used_the_api_here_and_signs_out_there_is_offline_here(nodes: tuple[Node, Node]) -> None:
    one, two = nodes
    ann = one.store.run(Register("ann", "no hash", one.store.general)).id
    token = one.store.run(Issue(ann, "api"))
    two.presence.used_api(ann, time.monotonic())
    two.tell_presence()
    until(sees(one, ann))
    one.store.run(SignOut(find(one.store, token.secret)))
    until(sees(two))
    two.tell_presence()
    until(sees(one))


def test_the_gauge_counts_the_people_of_one_node(nodes: tuple[Node, Node]) -> None:
    one, two = nodes
    one.presence.opened(ANN)
    one.presence.used_api(BOB, time.monotonic())
    one.tell_presence()
    until(sees(two, ANN, BOB))
    assert (one.presence.here(), two.presence.here()) == (2, 0)
