"""A server of several that is told to stop: it steps aside while it still works, and hands its people over in waves."""

import asyncio
import itertools
import signal
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from parley.faces.gateway.drain import PACE, WAVE, send_away, waves
from tests.mirror import load
from tests.nodes import Pair, closed_with, two_servers, until
from tests.raw import RawSocket
from tests.running import Person, RunningServer, serving

LONG = "60"  # seconds that no test waits for
PROMPT = 20.0  # seconds
SOCKETS = 38  # with those who write, four waves


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres_server: str, made_postgres: str) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("drain")
    with two_servers(folder, postgres_server, None, DRAIN_NOTICE="0", OFFLINE_AFTER="4") as pair:
        yield pair


@pytest.fixture
def patient(pair: Pair) -> Iterator[RunningServer]:
    """The second server, with a long notice before it closes a socket. It may be stopped."""
    pair.two.stop()
    pair.two.environment["DRAIN_NOTICE"] = LONG
    yield pair.two.start()
    if pair.two.process.poll() is None:
        pair.two.kill()
    pair.two.environment["DRAIN_NOTICE"] = "0"
    pair.two.start()


def not_ready(server: RunningServer) -> bool:
    return httpx.get(f"{server.url}/readyz").status_code == 503


def test_whoever_is_here_is_served_and_nobody_is_let_in(pair: Pair, patient: RunningServer) -> None:
    ann = pair.at_two(pair.register("Ann"))
    with ann.chat() as chat:
        assert httpx.get(f"{patient.url}/readyz").status_code == 200
        patient.process.send_signal(signal.SIGTERM)
        until(lambda: not_ready(patient))
        assert httpx.get(f"{patient.url}/healthz").status_code == 200
        assert chat.post("over the socket")["type"] == "ack"
        answer = ann.request("POST", "/api/messages", json={"source": "over HTTP"})
        assert answer.status_code == 201
        assert answer.headers["Connection"] == "close", "a proxy would send its next request into a closing connection"
        with RawSocket(patient, ("Authorization", f"Bearer {ann.token}")) as late:
            assert late.status == 503
            assert late.headers["retry-after"] == "1"
            assert b"another" in late.body
        # Who is told twice waits for nobody.
        patient.process.send_signal(signal.SIGTERM)
        assert closed_with(chat, PROMPT) == 1012
        assert patient.process.wait(PROMPT) == 0


def test_with_nobody_there_it_ends_promptly(patient: RunningServer) -> None:
    assert patient.stop(PROMPT) == 0


def test_who_sits_at_the_terminal_does_not_wait(pair: Pair, patient: RunningServer) -> None:
    with pair.at_two(pair.register("Ann")).chat() as chat:
        assert chat.post("hi")["type"] == "ack"
        assert patient.stop(PROMPT, signal.SIGINT) == 0
        assert closed_with(chat, PROMPT) == 1012


def test_a_server_alone_does_not_drain(instance: Path) -> None:
    """Nobody else could take its people: they are served best by a quick restart."""
    with serving(instance, DRAIN_NOTICE=LONG) as server, server.register("Ann").chat() as chat:
        assert server.stop(PROMPT) == 0
        assert closed_with(chat, PROMPT) == 1012


class Writer(threading.Thread):
    """Somebody who posts at one server and goes on at the other, as a real client does: with the same key."""

    def __init__(self, here: Person, there: Person) -> None:
        super().__init__(daemon=True)
        self.keys: list[str] = []
        self.answers: list[str] = []
        self.code: int | None = None  # with which it was sent away
        self.moved = threading.Event()
        self._chat = here.chat()
        self._there = there
        self._enough = threading.Event()

    def run(self) -> None:
        while not self._enough.is_set():
            self.keys.append(uuid.uuid4().hex)
            self.answers.append(self._post(self.keys[-1]))

    def _post(self, key: str) -> str:
        while True:
            try:
                return str(self._chat.post("hi", key=key)["type"])
            except ConnectionClosed as closed:
                self.code = closed.rcvd.code if closed.rcvd else None
                self._chat = self._there.chat()
                self.moved.set()

    def finish(self) -> None:
        self._enough.set()
        self.join(PROMPT)
        self._chat.close()


def test_sockets_are_closed_in_waves_and_nothing_is_lost_or_doubled(pair: Pair) -> None:
    crowd = [pair.at_two(pair.register("Reader")) for _ in range(2)]
    movers = [Writer(pair.at_two(writer), writer) for writer in (pair.register("Writer"), pair.register("Writer"))]
    steady = pair.register("Steady")  # at the server that stays, so that there is always news
    writers = [*movers, Writer(steady, steady)]
    with ExitStack() as stack, ThreadPoolExecutor(SOCKETS) as pool:
        chats = [stack.enter_context(crowd[number % 2].chat()) for number in range(SOCKETS)]
        for writer in writers:
            writer.start()
        for chat in chats:
            chat.next("message")
        assert pair.two.stop(PROMPT) == 0
        for writer in movers:
            assert writer.moved.wait(PROMPT)
        for writer in writers:
            writer.finish()
        codes = set(pool.map(lambda chat: closed_with(chat, PROMPT), chats))
    pair.two.start()
    assert codes == {writer.code for writer in movers} == {1012}
    assert any("event=drained" in line and "waves=4" in line for line in pair.two.log)
    assert all(set(writer.answers) == {"ack"} for writer in writers)
    stored = Counter(message["key"] for message in load(steady).values())
    keys = [key for writer in writers for key in writer.keys]
    assert [stored[key] for key in keys] == [1] * len(keys)


def test_between_two_waves_there_is_time() -> None:
    moments: list[float] = []

    class Somebody:
        def leave(self, code: int, reason: str) -> None:
            assert code == 1012
            moments.append(asyncio.get_running_loop().time())

    assert asyncio.run(send_away([Somebody() for _ in range(SOCKETS)], 5)) == 4
    assert len(moments) == SOCKETS
    apart = [later - before for before, later in itertools.pairwise(moments)]
    assert sum(gap > WAVE / 4 for gap in apart) == 3


@pytest.mark.parametrize(("sockets", "seconds", "count"), [(0, 5, 1), (1, 5, 1), (10, 5, 1), (5000, 5, 50), (7, 0, 1)])
def test_waves_hold_everybody_once_and_take_no_longer_than_they_must(sockets: int, seconds: float, count: int) -> None:
    found = waves(range(sockets), seconds)
    assert len(found) == count
    assert sorted(each for wave in found for each in wave) == list(range(sockets))
    assert max(map(len, found)) - min(map(len, found)) <= 1
    if count > 1:
        assert found != waves(range(sockets), seconds), "who comes when is left to chance"
        assert len(found) * WAVE <= seconds
    assert all(len(wave) <= PACE * WAVE for wave in waves(range(100), 5))
