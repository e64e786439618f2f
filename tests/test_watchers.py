"""Who is told of whom: whatever happens, a socket knows all that it may expect to, and a crowd costs it nothing."""

import json
import time
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from parley.bus.interface import Attendance
from parley.core.presence import Presence
from parley.faces.gateway.connection import Connection
from parley.faces.gateway.sockets import Sockets
from parley.faces.gateway.watchers import Watchers
from parley.metrics import Metrics
from parley.node import Node

FEW = 3
PEOPLE = 8
GRACE = 1.0


class Client:
    """A socket, and what its other end believes. It forgets as docs/protocol.md says."""

    def __init__(self, user: int) -> None:
        self.session = SimpleNamespace(user=user)
        self.greeted = self.writable = True
        self.signed_out = False
        self.believes: dict[int, bool] = {}
        self.watches: set[int] = set()
        self.got: list[tuple[int, bool]] = []

    def write(self, data: bytes) -> None:
        while data:
            length = data[1]
            frame = json.loads(data[2 : 2 + length])
            data = data[2 + length :]
            self.got.append((frame["user"], frame["online"]))
            self.believes[frame["user"]] = frame["online"]

    def online(self) -> set[int]:
        return {user for user, online in self.believes.items() if online}


class Stage:
    """One node, without a network."""

    def __init__(self) -> None:
        self.presence = Presence(GRACE, node="here")
        self.metrics = Metrics()
        self.sockets = Sockets(cast(Node, SimpleNamespace(presence=self.presence, metrics=self.metrics)))
        self.watchers = Watchers(self.presence, self.metrics, self.sockets, FEW)
        self.clients: list[Client] = []
        self.now = time.monotonic()  # which is what a socket that closes goes by

    def come(self, user: int) -> Client:
        client = Client(user)
        if self.presence.total <= FEW:  # what a welcome says
            client.believes = dict.fromkeys(self.presence.known(range(PEOPLE + 1)), True)
        self.sockets.add(cast(Connection, client), user)
        self.clients.append(client)
        return client

    def go(self, client: Client) -> None:
        self.clients.remove(client)
        self.sockets.remove(cast(Connection, client))
        self.watchers.forget(cast(Connection, client))

    def watch(self, client: Client, users: set[int]) -> None:
        client.watches = users
        self.watchers.watch(cast(Connection, client), users)

    def elsewhere(self, here: set[int]) -> None:
        """Another node says whom it has."""
        self.presence.heard(Attendance("there", here=sorted(here), span=(0, PEOPLE)), self.now)

    def tick(self, seconds: float = 0.0) -> None:
        self.now += seconds
        self.watchers.tell(self.presence.changes(self.now))
        if self.presence.total > FEW:
            for client in self.clients:
                client.believes = {user: state for user, state in client.believes.items() if user in client.watches}

    def written(self) -> float:
        return cast(float, self.metrics.registry.get_sample_value("parley_presence_writes_total"))


people = st.sets(st.integers(1, PEOPLE), max_size=5)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.integers(1, PEOPLE)),
        st.tuples(st.just("go"), st.integers(0, 20)),
        st.tuples(st.just("watch"), st.integers(0, 20), people),
        st.tuples(st.just("elsewhere"), people),
        st.tuples(st.just("tick"), st.sampled_from([0.0, 0.5, 2.0])),
    ),
    max_size=40,
)


@given(steps)
def test_a_socket_knows_of_everybody_among_few_and_of_those_it_watches_in_a_crowd(story: list[Any]) -> None:
    stage = Stage()
    for what, *arguments in story:
        match what:
            case "go" | "watch" if not stage.clients:
                continue
            case "go":
                stage.go(stage.clients[arguments[0] % len(stage.clients)])
            case "watch":
                stage.watch(stage.clients[arguments[0] % len(stage.clients)], set(arguments[1]))
            case _:
                getattr(stage, what)(*arguments)
        if what == "tick":
            here = stage.presence.known(range(PEOPLE + 1))
            for client in stage.clients:
                assert client.online() == (here & client.watches if len(here) > FEW else here)


def test_in_a_crowd_who_watches_nobody_is_written_nothing_and_a_tick_is_one_write() -> None:
    stage = Stage()
    crowd = [stage.come(user) for user in range(1, FEW + 2)]
    stage.tick()
    watcher, *others = crowd
    stage.watch(watcher, {6, 7})
    assert watcher.got == [(6, False), (7, False)], "also of those who are not here"
    before = stage.written()
    stage.elsewhere({5, 6, 7})
    stage.tick()
    assert watcher.got[2:] == [(6, True), (7, True)]
    assert stage.written() == before + 1
    stage.elsewhere(set())
    stage.tick()
    assert watcher.got[4:] == [(6, False), (7, False)]
    assert all(client.got == [] for client in others)


def test_who_is_watched_already_is_not_told_again_and_who_is_left_out_no_more() -> None:
    stage = Stage()
    watcher, *_ = [stage.come(user) for user in range(1, FEW + 2)]
    stage.tick()
    stage.watch(watcher, {2, 3})
    stage.watch(watcher, {3, 4})
    assert watcher.got == [(2, True), (3, True), (4, True)]
    stage.watch(watcher, {4})
    stage.elsewhere({6, 7, 8})
    stage.tick()
    for client in stage.clients[1:]:
        stage.go(client)
    stage.tick(2 * GRACE)
    assert watcher.got[3:] == [(4, False)]


def test_nothing_is_kept_of_a_socket_that_is_gone() -> None:
    stage = Stage()
    client = stage.come(1)
    stage.watch(client, {2, 3})
    stage.go(client)
    assert not stage.watchers._watched
    assert not stage.watchers._watchers


def test_who_reads_slowly_is_passed_by() -> None:
    stage = Stage()
    watcher, *_ = [stage.come(user) for user in range(1, FEW + 2)]
    stage.tick()
    stage.watch(watcher, {8})
    watcher.writable = False
    stage.elsewhere({8})
    stage.tick()
    assert watcher.got == [(8, False)]
