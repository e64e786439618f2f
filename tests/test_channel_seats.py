"""A room channel and the seats of those who listen: removals take effect where they stand in the log."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from parley.bus.interface import Ring
from parley.faces.gateway.listener import Sitter
from tests import virtual
from tests.rooms import ROOM, Stage, StrictClient

ANN, BOB = 1, 2


def _play(scene: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    """Act it out; at the end everybody who still has a seat has everything that is theirs."""

    async def whole() -> None:
        stage = Stage()
        await scene(stage)
        await stage.settle()

    virtual.run(whole())


async def _two(stage: Stage, since: int = 0) -> tuple[StrictClient, StrictClient]:
    for message in range(1, 6):
        stage.hear(stage.log.commit([message]))
    clients = StrictClient(user=ANN), StrictClient(user=BOB, since=since)
    for client in clients:
        stage.join(client)
    await asyncio.sleep(1)
    return clients


def test_who_is_removed_gets_nothing_later_of_the_same_ring() -> None:
    async def scene(stage: Stage) -> None:
        ann, bob = await _two(stage)
        removal, later = stage.remove(BOB), stage.log.commit([7])
        stage.hear(Ring(ROOM, removal.from_, later.to, [*removal.entries, *later.entries]))
        await asyncio.sleep(1)
        assert (ann.cursor, bob.cursor) == (7, 5)
        assert bob not in stage.clients

    _play(scene)


def test_nor_when_the_ring_is_lost_and_the_hole_is_filled() -> None:
    async def scene(stage: Stage) -> None:
        ann, bob = await _two(stage)
        stage.remove(BOB)
        stage.log.latency = 1
        stage.hear(stage.log.commit([7]))
        await asyncio.sleep(5)
        assert (ann.cursor, bob.cursor) == (7, 5)

    _play(scene)


def test_nor_from_a_page_that_knows_more_than_this_node() -> None:
    async def scene(stage: Stage) -> None:
        _, bob = await _two(stage)
        bob.writable = False
        stage.hear(stage.log.commit([6]))
        stage.leave(bob)
        stage.remove(BOB)
        stage.log.commit([8])
        again = StrictClient(user=BOB)
        again.until = 7
        stage.join(again, known=6)  # its welcome was read before the removal, of which nothing rang
        stage.log.latency = 1
        await asyncio.sleep(5)
        assert again.cursor in (None, 6)
        assert again not in stage.clients

    _play(scene)


def test_a_seat_that_was_looked_up_before_the_removal_is_looked_up_again() -> None:
    async def scene(stage: Stage) -> None:
        await _two(stage)
        stage.hear(stage.remove(BOB))
        again = StrictClient(user=BOB)
        again.until = 6
        stage.join(again, known=5)
        await asyncio.sleep(1)
        assert again.cursor is None
        assert again not in stage.clients

    _play(scene)


def test_a_seat_that_was_looked_up_before_the_room_was_opened_here_is_looked_up_again() -> None:
    async def scene(stage: Stage) -> None:
        stage.log.commit([1, 2])
        here = stage.join(StrictClient(user=ANN), known=1)
        await asyncio.sleep(1)
        assert here.cursor == 2

    _play(scene)


def test_an_earlier_removal_is_not_held_against_somebody_who_is_back() -> None:
    async def scene(stage: Stage) -> None:
        _, bob = await _two(stage)
        stage.leave(bob)
        removal = stage.log.remove(BOB)
        del stage.log.removed[BOB]  # and invited again
        invitation = stage.log.commit([7])
        again = stage.join(StrictClient(user=BOB))
        stage.hear(removal, invitation)
        await asyncio.sleep(1)
        assert again in stage.clients
        assert again.cursor == 7

    _play(scene)


def test_who_came_late_is_told_that_something_older_changed_and_not_what() -> None:
    async def scene(stage: Stage) -> None:
        ann, bob = await _two(stage, since=4)
        assert bob.state == {5: 5}
        stage.hear(stage.log.commit([2]), stage.log.commit([5]), stage.log.commit([3, 6]))
        await asyncio.sleep(1)
        assert (ann.cursor, bob.cursor) == (9, 9)
        assert bob.state == {5: 7, 6: 9}
        stage.hear(stage.log.commit([7]))
        await asyncio.sleep(1)
        assert bob.state == {5: 7, 6: 9, 7: 10}

    _play(scene)


def test_nor_when_they_could_not_be_written_to_at_that_moment() -> None:
    async def scene(stage: Stage) -> None:
        _, bob = await _two(stage, since=4)
        bob.writable = False
        stage.channel.hear(stage.log.commit([2]))  # its round waits for company
        stage.drain(bob)
        stage.channel.flush()
        await asyncio.sleep(1)
        assert (bob.cursor, bob.state) == (6, {5: 5})

    _play(scene)


def test_a_doubt_that_is_none_changes_nothing() -> None:
    async def scene(stage: Stage) -> None:
        ann, _ = await _two(stage)
        stage.channel.confirm(stage.clients[ann], Sitter(ANN, 3, 0))
        assert stage.clients[ann].sitter == Sitter(ANN, 0, 5)

    _play(scene)
