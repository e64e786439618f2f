"""A room channel and its sockets: who comes, fills up or is behind gets everything, and costs little."""

import asyncio
import tracemalloc

import pytest

from parley.bus.interface import Ring
from parley.faces.gateway.kept import MOST_KEPT
from parley.faces.gateway.listener import Sitter
from parley.faces.gateway.page import PAGE_BYTES
from tests import virtual
from tests.rooms import PAGE, ROOM, Stage, StrictClient, current, in_a_room


def test_who_stands_within_a_round_gets_the_rest_of_it() -> None:
    async def scene(stage: Stage) -> None:
        ring = stage.log.commit([1, 2])
        stage.log.latency = 0.1
        stage.join(StrictClient(11, stage.log.state(11)))
        stage.hear(ring)

    in_a_room(scene)


def test_who_fills_up_while_a_page_is_read_gets_it_when_it_has_drained() -> None:
    async def scene(stage: Stage) -> None:
        slow = stage.join(StrictClient(2, stage.log.state(2)))
        slow.writable = False
        await asyncio.sleep(1)
        assert slow.cursor == 2
        stage.drain(slow)

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
        assert len(data) < 2 * PAGE_BYTES


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
            stage.channel.join(Void(), cursor, Sitter(0, 0, 999))
        assert tracemalloc.get_traced_memory()[0] < 2 * MOST_KEPT * PAGE_BYTES
        tracemalloc.stop()

    virtual.run(whole())
