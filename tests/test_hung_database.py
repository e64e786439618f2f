"""A database that takes connections and answers nothing: sockets stay, and go on from where they were."""

import itertools
from pathlib import Path

import psycopg

from tests.running import Chat, serving

_numbers = itertools.count(1)


def hears(chat: Chat, beats: int) -> None:
    for _ in range(beats):
        chat.next("heads", timeout=4.0)


def test_heartbeats_go_on_while_every_query_waits(tmp_path: Path, postgres_server: str, made_postgres: str) -> None:
    name = f"hung_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {made_postgres}")
    url = postgres_server.replace("/postgres?", f"/{name}?")
    environment = {"DATABASE_URL": url, "HEARTBEAT": "0.5", "SWEEP": "0.5"}
    with serving(tmp_path, **environment) as server, server.register("Ann").chat() as chat:
        hears(chat, 1)
        with psycopg.connect(url) as jam, jam.transaction():
            jam.execute("LOCK TABLE rooms")
            hears(chat, 5)
        assert chat.post("as ever")["type"] == "ack"
