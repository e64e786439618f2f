"""A room channel: whatever is dropped, doubled, delayed or reordered, everybody ends with the whole log, in order."""

import asyncio
import tracemalloc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.bus.interface import Ring
from parley.faces.gateway import channel, recent
from parley.faces.gateway.channel import EncodedPage
from tests import virtual
from tests.rooms import PAGE, ROOM, MemoryLog, Stage, StrictClient

Step = tuple[Any, ...]

number = st.integers(0, 1000)
step = st.one_of(
    st.tuples(st.just("commit"), st.lists(st.integers(1, 12), min_size=1, max_size=6)),
    st.tuples(st.sampled_from(["deliver", "deliver", "deliver", "double", "doorbell", "drop"]), number),
    st.tuples(st.just("join"), st.sampled_from(["new", "behind", "nearly", "current", "other life"]), number),
    st.tuples(st.sampled_from(["leave", "come back", "drain", "say"]), number),
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

    def client(index: int) -> StrictClient:
        return list(stage.clients)[index % len(stage.clients)]

    def do(name: str, *with_: Any) -> None:
        match name:
            case "commit":
                told.append(stage.log.commit(with_[0]))
            case "join":
                stage.join(newcomer(stage.log, *with_))
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


def in_a_room(scene: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    """Play a scene in an open room whose log holds ten messages. There is no sweep and no further ring after it."""

    async def whole() -> None:
        stage = Stage()
        stage.log.commit(list(range(1, 11)))
        await asyncio.sleep(1)
        stage.log.reads = 0
        await scene(stage)
        await stage.end()

    virtual.run(whole())


def current(stage: Stage) -> StrictClient:
    """Somebody who has everything."""
    return stage.join(StrictClient(stage.log.head, stage.log.state()))


def test_no_round_overtakes_the_page_that_is_being_read() -> None:
    """A client that knew more than this node: rings come while the database is asked about its cursor."""

    async def scene(stage: Stage) -> None:
        late = [stage.log.commit([1]), stage.log.commit([2])]
        stage.log.latency = 1
        stage.join(StrictClient(11, stage.log.state(11)))
        await asyncio.sleep(0.5)
        for ring in late:
            stage.hear(ring)
            await asyncio.sleep(0.1)

    in_a_room(scene)


def test_who_stands_within_a_round_gets_the_rest_of_it() -> None:
    async def scene(stage: Stage) -> None:
        ring = stage.log.commit([1, 2])
        stage.log.latency = 0.1
        stage.join(StrictClient(11, stage.log.state(11)))
        stage.hear(ring)

    in_a_room(scene)


def test_the_cursor_of_one_tells_a_node_what_all_have_missed() -> None:
    async def scene(stage: Stage) -> None:
        here = current(stage)
        stage.log.commit([1, 2, 3])  # its ring is lost
        stage.join(StrictClient(12, stage.log.state(12)))
        await asyncio.sleep(1)
        assert here.cursor == 13
        assert stage.log.reads <= 3, "the database was asked over and over"

    in_a_room(scene)


def test_a_hole_is_filled_before_anything_later_is_sent() -> None:
    async def scene(stage: Stage) -> None:
        here = current(stage)
        stage.log.commit([11])
        stage.log.latency = 1
        stage.hear(stage.log.commit([12]))
        await asyncio.sleep(0.1)
        assert here.cursor == 10
        await asyncio.sleep(5)
        assert here.cursor == 12
        assert stage.metrics.gaps_filled._value.get() == 1

    in_a_room(scene)


def test_a_nearer_hole_does_not_make_a_further_one_forgotten() -> None:
    async def scene(stage: Stage) -> None:
        current(stage)
        stage.log.commit(list(range(20, 20 + 3 * PAGE)))
        far, near = stage.log.commit([1]), Ring(ROOM, 10, 12, [])
        stage.log.latency = 0.1
        stage.hear(far)
        await asyncio.sleep(0.05)
        stage.hear(near)

    in_a_room(scene)


def test_one_hole_is_filled_once_however_many_rings_tell_of_it() -> None:
    async def scene(stage: Stage) -> None:
        current(stage)
        stage.log.commit([1])
        stage.log.latency = 1
        for message in range(2, 5):
            stage.hear(stage.log.commit([message]))
        await asyncio.sleep(5)
        assert stage.log.reads == 1

    in_a_room(scene)


def test_a_ring_that_comes_while_the_room_opens_is_not_forgotten() -> None:
    async def whole() -> None:
        stage = Stage()
        stage.log.latency = 1
        stage.join(StrictClient())
        await asyncio.sleep(1.5)  # the page has been read and is on its way
        stage.hear(stage.log.commit([1]))
        await stage.end()

    virtual.run(whole())


def test_who_fills_up_while_a_page_is_read_gets_it_when_it_has_drained() -> None:
    async def scene(stage: Stage) -> None:
        slow = stage.join(StrictClient(2, stage.log.state(2)))
        slow.writable = False
        await asyncio.sleep(1)
        assert slow.cursor == 2
        stage.drain(slow)

    in_a_room(scene)


def test_a_ring_that_lies_about_the_future_is_forgotten() -> None:
    async def scene(stage: Stage) -> None:
        current(stage)
        stage.hear(Ring(ROOM, 10, 1000, []))
        await asyncio.sleep(5)
        assert stage.log.reads < 5
        stage.hear(stage.log.commit([1]))

    in_a_room(scene)


def test_the_sweep_leaves_a_doorbell_a_moment() -> None:
    """A ring that is on its way spares the database a read."""

    async def scene(stage: Stage) -> None:
        current(stage)
        ring = stage.log.commit([1])
        stage.channel.check(11)
        await asyncio.sleep(0.1)
        stage.hear(ring)
        await asyncio.sleep(1)
        assert stage.log.reads == 0
        stage.log.commit([2])  # and one that is lost
        stage.channel.check(12)

    in_a_room(scene)


def test_a_database_that_is_away_or_breaks_is_asked_again() -> None:
    async def scene(stage: Stage) -> None:
        stage.log.failures = 3
        stage.join(StrictClient(2, stage.log.state(2)))
        stage.join(StrictClient())
        broken = stage.log.after

        async def after(room: int, cursor: int) -> EncodedPage:
            stage.log.after = broken  # type: ignore[method-assign]
            raise ZeroDivisionError

        stage.log.after = after  # type: ignore[method-assign]

    in_a_room(scene)


def test_nothing_is_pushed_to_a_full_buffer_and_it_is_served_when_it_has_drained() -> None:
    async def scene(stage: Stage) -> None:
        slow, quick = current(stage), current(stage)
        slow.writable = False  # its write fails the test
        for message in range(1, 8):
            stage.hear(stage.log.commit([message]))
        assert (slow.cursor, quick.cursor) == (10, 17)
        stage.drain(slow)
        assert slow.cursor == 17
        assert len(slow.writes) == 1
        assert stage.log.reads == 0

    in_a_room(scene)


@pytest.mark.parametrize("cursor", [None, 2, 10])
def test_a_thousand_who_join_at_once_cost_one_read(cursor: int | None) -> None:
    async def scene(stage: Stage) -> None:
        for seq in range(11, 11 + PAGE):
            stage.hear(stage.log.commit([seq]))
        crowd = [stage.join(StrictClient(cursor, stage.log.state(cursor))) for _ in range(1000)]
        await asyncio.sleep(5)
        assert {each.cursor for each in crowd} == {10 + PAGE}
        assert stage.log.reads == {None: 1, 2: 10 // PAGE, 10: 0}[cursor]  # from 10 on it is in memory

    in_a_room(scene)


def test_a_thousand_who_wait_for_the_room_to_open_cost_one_read() -> None:
    async def whole() -> None:
        stage = Stage()
        stage.log.commit([1, 2, 3])
        crowd = [stage.join(StrictClient()) for _ in range(1000)]
        await asyncio.sleep(1)
        assert {each.cursor for each in crowd} == {3}
        assert stage.log.reads == 1

    virtual.run(whole())


class Void:
    """A socket that remembers nothing."""

    writable = True

    def push(self, data: bytes) -> None:
        assert len(data) < 2 * channel.PAGE_BYTES


def test_who_is_behind_by_much_gets_it_in_pages_and_memory_stays_bounded() -> None:
    async def whole() -> None:
        stage = Stage()
        await asyncio.sleep(1)
        for seq in range(1, 1000):
            stage.log.commit([seq])
            stage.log.entries[-1] = stage.log.entries[-1]._replace(encoded=b'"%b"' % (b"x" * 1000))
            stage.hear(Ring(ROOM, seq - 1, seq, [stage.log.entries[-1]]))
        tracemalloc.start()
        for cursor in range(0, 999, 2):
            stage.channel.join(Void(), cursor)
        assert tracemalloc.get_traced_memory()[0] < 2 * channel.MOST_CATCH_UPS * channel.PAGE_BYTES
        tracemalloc.stop()

    virtual.run(whole())
