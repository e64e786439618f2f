"""A room channel: whatever is dropped, doubled or delayed, everybody ends with the log that is theirs, in order.

Theirs is all of it, or what came after they did; and whoever was removed was told of nothing that came later.
"""

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.bus.interface import Ring
from parley.faces.gateway import recent
from tests import virtual
from tests.rooms import MemoryLog, Stage, StrictClient

Step = tuple[Any, ...]

number = st.integers(0, 1000)
step = st.one_of(
    st.tuples(st.just("commit"), st.lists(st.integers(1, 12), min_size=1, max_size=6)),
    st.tuples(st.sampled_from(["deliver", "deliver", "deliver", "double", "doorbell", "drop"]), number),
    st.tuples(st.just("join"), st.sampled_from(["new", "behind", "nearly", "current", "other life"]), number),
    st.tuples(st.sampled_from(["leave", "come back", "drain", "say"]), number),
    st.tuples(st.sampled_from(["hello", "join late", "remove"]), number),
    st.tuples(st.just("fill buffer"), number, st.integers(0, 4)),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("latency"), st.sampled_from([0, 0, 0.01, 0.1, 2])),
    st.tuples(st.just("failures"), st.integers(1, 3)),
    st.tuples(st.just("wait"), st.sampled_from([0, 0, 0.005, 0.05, 0.3, 3])),
    st.tuples(st.just("restart")),
)


async def play(steps: list[Step], *, sweep: bool) -> None:
    """Act a history out, then heal, and compare everybody with the truth."""
    stage, told = Stage(), list[Ring]()
    arriving: list[tuple[StrictClient, int]] = []  # whose seat was looked up some time ago
    numbers = itertools.count(1)

    def client(index: int) -> StrictClient:
        return list(stage.clients)[index % len(stage.clients)]

    def do(name: str, *with_: Any) -> None:
        match name:
            case "commit":
                told.append(stage.log.commit(with_[0]))
            case "join":
                stage.join(newcomer(stage.log, *with_))
            case "join late":  # somebody new, who is not shown what was before
                stage.join(StrictClient(user=next(numbers), since=stage.log.head))
            case "hello" if arriving and with_[0] % 2:
                late, known = arriving.pop(with_[0] % len(arriving))
                if late.user in stage.log.removed:
                    late.until = max(late.until or 0, stage.log.removed[late.user])
                stage.join(late, known)
            case "hello":
                since = stage.log.head // 2 if with_[0] % 3 else 0
                arriving.append((StrictClient(user=next(numbers), since=since), stage.log.head))
            case "remove" if stage.clients or arriving:
                people = [each.user for each in [*stage.clients, *(each for each, _ in arriving)] if each.user]
                if people and (user := people[with_[0] % len(people)]) not in stage.log.removed:
                    told.append(stage.remove(user))
            case "sweep":
                stage.channel.check(stage.log.head)
            case "latency":
                stage.log.latency = with_[0]
            case "failures":
                stage.log.failures += with_[0]
            case "restart":
                stage.restart()
            case "deliver" | "double" | "doorbell" | "drop" if told:
                index = with_[0] % len(told)
                ring = told[index] if name in ("double", "doorbell") else told.pop(index)
                if name != "drop":
                    stage.hear(ring._replace(entries=[]) if name == "doorbell" else ring)
            case "leave" if stage.clients:
                stage.leave(client(with_[0]))
            case "come back" if stage.clients:
                again = client(with_[0])
                stage.leave(again)
                if again.user not in stage.log.removed:
                    stage.join(again)
            case "drain" if stage.clients:
                stage.drain(client(with_[0]))
            case "fill buffer" if stage.clients:
                full = client(with_[0])
                full.room_for = with_[1]
                full.writable = full.writable and full.room_for > 0
            case "say" if stage.clients:
                stage.channel.say(b'\x81\x11{"type":"typing"}')

    for name, *with_ in steps:
        if name == "wait":
            await asyncio.sleep(*with_)
        else:
            do(name, *with_)
    await stage.settle(sweep=sweep)


def newcomer(log: MemoryLog, kind: str, index: int) -> StrictClient:
    """Somebody with nothing, with an older state, with everything, or with the cursor of another life."""
    if kind == "new":
        return StrictClient()
    if kind == "other life":
        stranger = StrictClient(log.head + 1_000_000)
        stranger.may_reset = True
        return stranger
    cursor = {"current": log.head, "nearly": max(log.head - 1, 0), "behind": index % (log.head + 1)}[kind]
    return StrictClient(cursor, log.state(cursor))


@pytest.mark.parametrize("entries", [3, recent.MOST_ENTRIES])
def test_everybody_ends_with_a_fresh_load_of_the_log(entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST_ENTRIES", entries)

    @settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(step, min_size=25, max_size=60), st.booleans())  # the average is in between
    def whatever_happens(steps: list[Step], sweep: bool) -> None:
        virtual.run(play(steps, sweep=sweep))

    whatever_happens()
