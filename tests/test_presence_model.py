"""Presence of several nodes, held against the plain definition of who is online, whatever happens."""

import string
from collections import Counter
from collections.abc import Iterable
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from parley.bus.interface import Attendance
from parley.core import presence
from parley.core.presence import API_SECONDS, Presence

GRACE, EXPIRY = 4.0, 45.0


class Naive:
    """A node that remembers all that ever happened and computes who is there from the definition."""

    def __init__(self) -> None:
        self.happened: list[tuple[float, str, int]] = []

    def here(self, now: float) -> set[int]:
        sockets: Counter[int] = Counter()
        until: dict[int, float] = {}
        for at, what, user in self.happened:
            if what == "opened":
                sockets[user] += 1
            elif what == "closed":
                sockets[user] -= 1
                if not sockets[user]:
                    until[user] = max(until.get(user, 0), at + GRACE)
            elif what == "used_api":
                until[user] = max(until.get(user, 0), at + API_SECONDS)
            else:
                until.pop(user, None)
        return {user for user in sockets if sockets[user]} | {user for user in until if until[user] > now}

    def open_to(self, user: int) -> bool:
        opened = sum(1 for _, what, who in self.happened if who == user and what == "opened")
        return opened > sum(1 for _, what, who in self.happened if who == user and what == "closed")


class Cluster:
    """Nodes and their naive twins. `lossy`: nothing that is said arrives."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lossy = False
        self.nodes: dict[str, tuple[Presence, Naive]] = {}
        self.shown: dict[str, set[int]] = {}  # what the sockets of a node have been told

    def start(self) -> None:
        name = string.ascii_letters[len(self.shown)]
        self.nodes[name] = Presence(GRACE, EXPIRY, name), Naive()
        self.nodes[name][0].recovered()
        self.shown[name] = set()

    def happen(self, which: int, what: str, user: int) -> None:
        if not self.nodes:
            return
        real, naive = self.nodes[sorted(self.nodes)[which % len(self.nodes)]]
        if what == "closed" and not naive.open_to(user):
            return
        naive.happened.append((self.now, what, user))
        getattr(real, what)(*([user] if what in ("opened", "signed_out") else [user, self.now]))

    def end(self, which: int, graceful: bool) -> None:
        if not self.nodes:
            return
        name = sorted(self.nodes)[which % len(self.nodes)]
        real, _ = self.nodes.pop(name)
        if graceful:
            self.deliver([real.farewell()])

    def deliver(self, said: Iterable[Attendance]) -> None:
        for each in said:
            if not self.lossy:
                for real, _ in self.nodes.values():
                    real.heard(each, self.now)

    def tick(self, seconds: float) -> None:
        self.now += seconds
        for _ in range(2):  # the second time, what was asked for is answered
            self.deliver([said for real, _ in self.nodes.values() for said in real.statements(self.now)])
        for name, (real, _) in self.nodes.items():
            for seen in real.changes(self.now):
                assert (seen.user in self.shown[name]) is not seen.online, "told twice"
                self.shown[name] ^= {seen.user}
            assert real.online() == sorted(self.shown[name])
            assert all(real.is_online(user) is (user in self.shown[name]) for user in range(1, 7))

    def here(self) -> set[int]:
        return set().union(*(naive.here(self.now) for _, naive in self.nodes.values()))


Step = tuple[str, int, int, float]
steps = st.lists(
    st.tuples(
        st.sampled_from(["opened", "opened", "closed", "closed", "used_api", "signed_out", "start", "kill", "stop"]),
        st.integers(0, 3),
        st.integers(1, 6),
        st.sampled_from([0.0, 0.5, 3.0, 5.0, 20.0]),
    ),
    max_size=40,
)


def play(cluster: Cluster, what: str, which: int, user: int) -> None:
    match what:
        case "start" if len(cluster.nodes) < 4:
            cluster.start()
        case "start":
            pass
        case "kill" | "stop":
            cluster.end(which, what == "stop")
        case _:
            cluster.happen(which, what, user)


@given(steps)
def test_every_node_sees_exactly_who_is_at_one_of_them(story: list[Step]) -> None:
    with patch.object(presence, "MOST_PEOPLE", 2):
        cluster = Cluster()
        cluster.start()
        cluster.start()
        for what, which, user, seconds in story:
            if what not in ("kill", "stop"):  # of those who end, the last word holds for a while
                play(cluster, what, which, user)
                cluster.tick(seconds)
                assert all(shown == cluster.here() for shown in cluster.shown.values())


@given(steps, st.sets(st.integers(0, 40)))
def test_whatever_was_lost_and_whoever_died_all_agree_in_the_end(story: list[Step], lost: set[int]) -> None:
    with patch.object(presence, "MOST_PEOPLE", 2):
        cluster = Cluster()
        cluster.start()
        for number, (what, which, user, seconds) in enumerate(story):
            cluster.lossy = number in lost
            play(cluster, what, which, user)
            cluster.tick(seconds)
        cluster.lossy = False
        for _ in range(4):
            cluster.tick(EXPIRY / 3)
        assert all(cluster.shown[name] == cluster.here() for name in cluster.nodes)


@given(steps)
def test_nobody_who_is_there_is_missed_while_nothing_is_lost(story: list[Step]) -> None:
    cluster = Cluster()
    cluster.start()
    for what, which, user, seconds in story:
        play(cluster, what, which, user)
        cluster.tick(seconds)
        assert all(cluster.shown[name] >= cluster.here() for name in cluster.nodes)
