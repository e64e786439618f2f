"""What was read for one who is behind serves the others who are, until it may no longer be true."""

import asyncio

from tests.rooms import PAGE, Stage, StrictClient, in_a_room

BEFORE = b'"id": 7, "seq": 7, "changed_seq": 7'


def behind(stage: Stage, cursor: int) -> StrictClient:
    """Somebody whose cursor is older than anything this node remembers."""
    return stage.join(StrictClient(cursor, stage.log.state(cursor)))


def test_those_who_come_one_after_another_cost_one_read_of_each_page() -> None:
    async def scene(stage: Stage) -> None:
        stage.hear(stage.log.commit(list(range(20, 20 + 2 * PAGE))))
        stage.channel = stage.open()  # a node that has just started
        await asyncio.sleep(1)
        stage.log.reads = 0
        for _ in range(30):
            behind(stage, stage.log.head - 2 * PAGE)
            await asyncio.sleep(1)
        assert stage.log.reads == 2
        assert {client.cursor for client in stage.clients} == {stage.log.head}

    in_a_room(scene)


def test_after_a_change_nobody_gets_what_was_there_before_it() -> None:
    async def scene(stage: Stage) -> None:
        behind(stage, 6)
        await asyncio.sleep(1)
        stage.hear(stage.log.commit([7]))  # it was deleted, for example
        late = behind(stage, 6)
        await asyncio.sleep(1)
        assert late.cursor == stage.log.head
        assert not [write for write in late.writes if BEFORE in write]

    in_a_room(scene)


def test_a_page_during_whose_reading_something_changed_is_not_kept() -> None:
    async def scene(stage: Stage) -> None:
        stage.log.latency = 1
        behind(stage, 6)
        await asyncio.sleep(1.5)  # it is read, and on its way
        stage.channel.hear(stage.log.commit([7]))  # its round waits for company
        await asyncio.sleep(1)
        late = behind(stage, 6)
        stage.channel.flush()
        await asyncio.sleep(5)
        assert late.cursor == stage.log.head
        assert not [write for write in late.writes if BEFORE in write]

    in_a_room(scene)


def test_nothing_is_kept_beyond_a_sweep() -> None:
    async def scene(stage: Stage) -> None:
        behind(stage, 9)
        await asyncio.sleep(1)
        stage.log.reads = 0
        stage.channel.check(stage.log.head)
        behind(stage, 9)
        await asyncio.sleep(1)
        assert stage.log.reads == 1

    in_a_room(scene)
