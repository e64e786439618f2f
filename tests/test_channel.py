"""A room channel and its log: holes are filled before anything later is sent, and the database is asked once."""

import asyncio

from parley.bus.interface import Ring
from parley.faces.gateway.page import EncodedPage
from tests import virtual
from tests.rooms import PAGE, ROOM, Stage, StrictClient, current, in_a_room


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
