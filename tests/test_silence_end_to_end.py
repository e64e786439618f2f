"""A server whose PostgreSQL hangs: people are told soon, it lives on, and all goes on by itself."""

import time
from pathlib import Path

from parley.settings import Settings
from parley.store.connection import ANSWER_SECONDS, CONNECT_SECONDS
from parley.store.schema import create
from tests.postgres import OwnServer
from tests.running import RunningServer
from tests.stores import PATIENCE

SOON = ANSWER_SECONDS + CONNECT_SECONDS + 5.0  # and something for a machine that has much else to do


def test_a_server_whose_database_hangs(instance: Path, postgres_that_may_hang: OwnServer) -> None:
    create(Settings(database_url=postgres_that_may_hang.url))
    server = RunningServer(instance, {"DATABASE_URL": postgres_that_may_hang.url}).start()
    try:
        ann = server.register("Ann")
        with ann.chat() as chat:
            before = chat.post("before")["seq"]
            postgres_that_may_hang.hang()
            chat.send({"type": "post", "key": "k", "room": 1, "source": "once"})
            told = chat.answer("k", timeout=SOON)
            assert (told["type"], told["code"]) == ("error", "unavailable")
            began = time.monotonic()
            assert ann.request("POST", "/api/messages", json={"source": "over HTTP", "key": "h"}).status_code == 503
            assert ann.get("/api/messages").status_code == 503
            assert ann.get("/readyz").status_code == 503
            assert ann.get("/healthz").status_code == 200
            assert time.monotonic() - began < ANSWER_SECONDS, "nobody waits in vain any more"

            postgres_that_may_hang.go_on()
            while True:  # the same socket, the same key
                chat.send({"type": "post", "key": "k", "room": 1, "source": "once"})
                if (told := chat.answer("k"))["type"] == "ack":
                    break
                assert time.monotonic() - began < PATIENCE
                time.sleep(0.05)
            assert told["seq"] == before + 1
    finally:
        server.stop()
    events = [word for line in server.log for word in line.split() if word.startswith("event=database")]
    assert events == ["event=database_is_silent", "event=database_answers_again"]
    assert not any("Traceback" in line for line in server.log)
