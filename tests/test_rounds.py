"""Fan-out: one write per socket and round; what comes meanwhile leaves together; the loop gets its turns."""

import asyncio

import pytest

from parley.faces.gateway.listener import Listener, Sitter
from parley.faces.gateway.rounds import SLICE, Rounds
from tests import virtual


class Sink:
    """A socket that remembers its writes."""

    def __init__(self) -> None:
        self.writable = True
        self.writes: list[bytes] = []

    def push(self, data: bytes) -> None:
        self.writes.append(data)


class Room:
    """The rounds of a room whose log stands at 10, with a crowd that has everything."""

    def __init__(self, crowd: int) -> None:
        self.stragglers: list[Listener] = []
        self.delivered: list[int] = []
        self.rounds = Rounds(10, self.stragglers.append, self.delivered.append)
        self.listeners = {Listener(Sink(), 10, Sitter(0, 0, 0)): None for _ in range(crowd)}

    def start(self) -> None:
        self.rounds.start(self.listeners.keys())

    def add(self, *frames: bytes, to: int | None) -> None:
        self.rounds.add(frames, to)

    def writes(self) -> set[tuple[bytes, ...]]:
        """The different histories of the sockets."""
        return {tuple(sink.writes) for sink in map(sink_of, self.listeners)}


def sink_of(listener: Listener) -> Sink:
    assert isinstance(listener.socket, Sink)
    return listener.socket


async def settle() -> None:
    await asyncio.sleep(1)


def test_frames_that_wait_leave_in_one_write() -> None:
    async def scene() -> None:
        room = Room(3)
        room.add(b"a", b"b", to=12)
        room.add(b"t", to=None)
        room.start()
        await settle()
        assert room.writes() == {(b"abt",)}
        assert {listener.sent for listener in room.listeners} == {12}
        assert sum(room.delivered) == 6, "three sockets got two events; typing is none"

    virtual.run(scene())


def test_without_load_nobody_waits() -> None:
    async def scene() -> None:
        room = Room(SLICE)
        room.add(b"a", to=11)
        room.start()
        assert room.writes() == {(b"a",)}, "written before the loop had its turn"
        room.start()
        assert room.writes() == {(b"a",)}, "nothing is waiting, nothing is written"

    virtual.run(scene())


def test_what_comes_while_a_round_is_written_leaves_together_in_the_next() -> None:
    async def scene() -> None:
        room = Room(4 * SLICE)
        room.add(b"a", to=11)
        room.start()
        for seq, frame in enumerate((b"b", b"c", b"d"), 12):
            room.add(frame, to=seq)
            room.start()
        await settle()
        assert room.writes() == {(b"a", b"bcd")}
        assert not room.stragglers
        assert sum(room.delivered) == 4 * 4 * SLICE

    virtual.run(scene())


def test_the_loop_gets_a_turn_between_slices() -> None:
    async def scene() -> None:
        room, turns = Room(4 * SLICE), list[int]()

        def turn() -> None:
            turns.append(sum(bool(sink_of(listener).writes) for listener in room.listeners))
            if turns[-1] < 4 * SLICE:
                asyncio.get_running_loop().call_soon(turn)

        room.add(b"a", to=11)
        room.start()
        turn()
        await settle()
        assert turns == [SLICE, 2 * SLICE, 3 * SLICE, 4 * SLICE]

    virtual.run(scene())


@pytest.mark.parametrize(
    ("sent", "writable", "loading", "straggles"),
    [
        (9, True, False, True),  # behind
        (None, True, False, True),  # has nothing yet
        (11, True, False, True),  # within the round
        (12, True, False, False),  # has all of it already
        (13, True, False, False),  # knows more than this node
        (10, False, False, True),  # its buffer is full
        (10, True, True, True),  # a page for it is being read
    ],
)
def test_who_does_not_stand_where_the_round_begins_is_served_from_the_log(
    sent: int | None, writable: bool, loading: bool, straggles: bool
) -> None:
    async def scene() -> None:
        room = Room(2)
        odd = Listener(Sink(), sent, Sitter(0, 0, 0))
        odd.socket.writable = writable
        odd.loading = loading
        room.listeners[odd] = None
        room.add(b"a", b"b", to=12)
        room.start()
        await settle()
        assert sink_of(odd).writes == []
        assert odd.sent == sent
        assert room.stragglers == [odd] * straggles
        assert room.writes() == {(), (b"ab",)}

    virtual.run(scene())


def test_who_comes_or_goes_during_a_round_neither_misses_nor_doubles() -> None:
    async def scene() -> None:
        room = Room(3 * SLICE)
        room.add(b"a", to=11)
        room.start()
        gone, newcomer = next(iter(room.listeners)), Listener(Sink(), 11, Sitter(0, 0, 0))
        del room.listeners[gone]
        gone.sent, gone.loading = None, True  # as Channel.leave does
        room.listeners[newcomer] = None
        room.add(b"b", to=12)
        room.start()
        await settle()
        assert sink_of(gone).writes == []
        assert sink_of(newcomer).writes == [b"b"]
        assert room.writes() == {(b"b",), (b"a", b"b")}

    virtual.run(scene())


def test_many_sockets_and_a_thousand_frames_cost_two_writes_each() -> None:
    """Natural batching: all that comes during the first round goes out with the second."""

    async def scene() -> None:
        room = Room(4 * SLICE)
        for seq in range(11, 1011):
            room.add(b"%d." % seq, to=seq)
            room.start()
        await settle()
        (history,) = room.writes()
        assert len(history) == 2
        assert b"".join(history) == b"".join(b"%d." % seq for seq in range(11, 1011))

    virtual.run(scene())
