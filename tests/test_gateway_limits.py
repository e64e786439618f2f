"""Too much of anything: the one who does it is stopped, and nobody else notices."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from websockets.frames import Close, Frame, Opcode

from tests.raw import RawSocket, raw
from tests.running import Chat, Person, RunningServer, serving

FLOOD = 5_000  # frames


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("limits") / "instance", RATE_LIMITS="on", POST_RATE="100/day") as running:
        yield running


@pytest.fixture
def flooder(parley: RunningServer, request: pytest.FixtureRequest) -> Person:
    return parley.register(f"F{abs(hash(request.node.name)) % 10**9}")


def flood(socket: RawSocket, frames: list[Frame], witness: Chat) -> tuple[list[dict[str, object]], int]:
    """Send all of it at once while somebody else goes on chatting; what the server said, and its close code."""

    def send() -> None:
        with suppress(ConnectionError):  # the server has had enough
            socket.send(*frames)

    sender = threading.Thread(target=send)
    sender.start()
    for number in range(5):
        assert witness.post(f"undisturbed {number}")["type"] == "ack"
    answers = socket.until_closed()
    sender.join(10)
    assert witness.post("afterwards")["type"] == "ack"
    return answers


def test_a_flood_of_commands_is_refused_and_then_cut_off(flooder: Person, witness: Chat) -> None:
    posts = [
        Frame(Opcode.TEXT, b'{"type":"post","key":"%d","room":1,"source":"flood"}' % number) for number in range(FLOOD)
    ]
    with raw(flooder) as socket:
        answers, code = flood(socket, posts, witness)
    assert code == 1008
    errors = [answer for answer in answers if answer["type"] == "error"]
    assert {error["code"] for error in errors} == {"rate_limited"}
    assert all(isinstance(error["retry_after"], float) for error in errors)
    assert {error["key"] for error in errors} <= {str(number) for number in range(FLOOD)}
    acks = [answer for answer in answers if answer["type"] == "ack"]
    assert 1 <= len(acks) <= 100


@pytest.mark.parametrize(
    "frame",
    [
        Frame(Opcode.TEXT, b'{"type":"shout"}'),
        Frame(Opcode.TEXT, b'{"type":"ping"}'),
        Frame(Opcode.TEXT, b'{"type":"typing","room":1}'),
        Frame(Opcode.PING, b"x" * 125),
        Frame(Opcode.PONG, b""),
    ],
    ids=["nonsense", "ping", "typing", "control ping", "control pong"],
)
def test_a_flood_of_anything_is_cut_off(flooder: Person, witness: Chat, frame: Frame) -> None:
    with raw(flooder) as socket:
        assert flood(socket, [frame] * FLOOD, witness)[1] == 1008


def test_a_flood_of_empty_fragments_is_cut_off(flooder: Person, witness: Chat) -> None:
    fragments = [Frame(Opcode.TEXT, b"", fin=False), *[Frame(Opcode.CONT, b"", fin=False)] * FLOOD]
    with raw(flooder) as socket:
        assert flood(socket, fragments, witness)[1] == 1008


def test_who_is_a_little_too_fast_is_told_when_to_try_again(flooder: Person) -> None:
    with raw(flooder) as socket:
        for number in range(101):
            socket.text({"type": "post", "key": str(number), "room": 1, "source": "quick"})
        error = socket.next("error")
        assert (error["code"], error["key"]) == ("rate_limited", "100")
        assert 0 < error["retry_after"] <= 2 * 86_400
        socket.text({"type": "ping"})
        assert not isinstance(socket.receive(), Close), "the socket stays open"


def test_limits_are_of_a_person_and_not_of_a_socket(flooder: Person) -> None:
    with raw(flooder) as first, raw(flooder) as second:
        for number in range(100):
            first.text({"type": "post", "key": str(number), "room": 1, "source": "quick"})
        for _ in range(100):
            first.next("ack")
        second.text({"type": "post", "key": "100", "room": 1, "source": "quick"})
        assert second.next("error")["code"] == "rate_limited"
