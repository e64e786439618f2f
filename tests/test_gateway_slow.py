"""A socket that does not read: it costs the server little, the others nothing, and loses no message."""

import time
import uuid
from collections.abc import Iterator

import pytest
from websockets.frames import Frame, Opcode

from parley.faces.gateway.connection import CLOSE_SECONDS
from parley.faces.gateway.upkeep import TICK
from tests.mirror import Mirror
from tests.raw import raw
from tests.running import Chat, Person, RunningServer, serving

BUFFER = 64 * 1024
DRAIN = 1.0
MANY = 200  # messages of 8 KB, and as much HTML
FAR_TOO_MANY = 500  # for all the buffers between two sockets


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("slow") / "instance", SOCKET_BUFFER=str(BUFFER)) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(
        tmp_path_factory.mktemp("hasty") / "instance", SOCKET_BUFFER=str(BUFFER), SOCKET_DRAIN=str(DRAIN)
    ) as running:
        yield running


def figure(person: Person, name: str) -> float:
    """A figure from /metrics."""
    for line in person.get("/metrics").text.splitlines():
        if line.startswith(f"{name} ") or line.startswith(f"{name}_total "):
            return float(line.split()[1])
    raise KeyError(name)


def resident(server: RunningServer) -> int:
    """Bytes of memory that the server has."""
    with open(f"/proc/{server.process.pid}/statm") as file:
        return int(file.read().split()[1]) * 4096


def post_much(chat: Chat, many: int = MANY) -> int:
    """Post long messages; returns the head."""
    for number in range(many):
        chat.send({"type": "post", "key": uuid.uuid4().hex, "room": 1, "source": f"{number} ".ljust(8000, "x")})
    acks = [chat.next("ack") for _ in range(many)]
    chat.frames.clear()
    return int(acks[-1]["seq"])


def test_who_stops_reading_has_everything_when_reading_again(parley: RunningServer) -> None:
    writer, sleeper = parley.register("Writer"), parley.register("Sleeper")
    with writer.chat() as chat:
        cursor = chat.post("before")["seq"]
        asleep = [raw(sleeper, receive_buffer=4096) for _ in range(5)]
        head = post_much(chat, FAR_TOO_MANY)
        assert figure(writer, "parley_slow_readers") >= 5
        for socket in asleep:
            mirror, kinds = Mirror(cursor), set()
            while mirror.cursor != head:
                frame = socket.receive()
                assert isinstance(frame, dict), frame
                mirror.take(frame)
                kinds.add(frame["type"])
            assert [text.split()[0] for text in mirror.texts()] == [str(number) for number in range(FAR_TOO_MANY)]
            assert "log" in kinds, "what waited for it was not kept, but read again"
        socket.text({"type": "post", "key": "awake", "room": 1, "source": "awake"})
        assert socket.next("ack")["seq"] == head + 1
        for socket in asleep:
            socket.socket.close()


def test_who_never_reads_is_closed_and_the_place_is_free_again(hasty: RunningServer) -> None:
    writer, sleeper = hasty.register("Writer"), hasty.register("Sleeper")
    with writer.chat() as chat, raw(sleeper, receive_buffer=4096):
        post_much(chat)
        assert figure(writer, "parley_slow_readers") >= 1
        deadline = time.monotonic() + 20
        while figure(writer, "parley_sockets") > 1:
            assert time.monotonic() < deadline, "the socket is kept for ever"
            time.sleep(0.05)


def test_who_reads_too_late_is_told_so(hasty: RunningServer) -> None:
    """Closed with 1013: it reads what had been written to it, and then the reason why there is no more."""
    writer, sleeper = hasty.register("Author"), hasty.register("Dreamer")
    with writer.chat() as chat, raw(sleeper, receive_buffer=4096) as socket:
        slow_before = figure(writer, "parley_slow_readers")
        while figure(writer, "parley_slow_readers") == slow_before:
            post_much(chat, 20)
        time.sleep(DRAIN + TICK + CLOSE_SECONDS / 4)  # it must be late, and not too late to hear it
        assert socket.until_closed()[1] == 1013


def test_who_asks_without_reading_is_not_read_from(parley: RunningServer) -> None:
    """The answers would pile up in the server's memory: it stops reading until they are taken."""
    asker = parley.register("Asker")
    before = resident(parley)
    pings = Frame(Opcode.PING, b"x" * 125).serialize(mask=True) * 1_000_000
    with raw(asker, receive_buffer=4096) as socket:
        socket.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            socket.socket.sendall(pings)
        assert resident(parley) - before < 20_000_000
