"""Redis or Valkey as the carrier: publish and subscribe."""

import time
from collections.abc import Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from parley.bus.remote import Receiver, Sender

TIMEOUT = 2.0  # seconds for any answer
AT_ONCE = 64  # payloads


class RedisCarrier:
    """A Redis at an address. Payloads carry the entries."""

    name = "redis"
    roomy = True

    def __init__(self, url: str) -> None:
        self._url = url

    def sender(self) -> Sender:
        """Connect, to publish."""
        return _Sender(self._connect())

    def receiver(self) -> Receiver:
        """Connect, to listen."""
        return _Receiver(self._connect())

    def _connect(self) -> Any:
        # No attempts of its own: our threads connect again, with their own pauses, and say what may be missed.
        return redis.Redis.from_url(
            self._url,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 0),
        )


class _Sender:
    def __init__(self, client: Any) -> None:
        self._client = client
        client.ping()

    def send(self, said: Sequence[tuple[str, bytes]]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for channel, payload in said:
            pipeline.publish(channel, payload)
        pipeline.execute()

    def close(self) -> None:
        self._client.close()


class _Receiver:
    def __init__(self, client: Any) -> None:
        self._client = client
        self._pubsub = client.pubsub(ignore_subscribe_messages=True)
        self._following: set[str] = set()
        self._early: list[bytes] = []  # what came while something else was awaited
        self._ponged = False

    def follow(self, channels: set[str]) -> None:
        if new := channels - self._following:
            self._pubsub.subscribe(*new)
        if old := self._following - channels:
            self._pubsub.unsubscribe(*old)
        self._following = set(channels)
        self.check()

    def receive(self, timeout: float) -> list[bytes]:
        early, self._early = self._early, []
        return early + self._read(0.0 if early else timeout)

    def check(self) -> None:
        """Redis answers in order: with the pong, every subscription before it is in force."""
        self._ponged = False
        self._pubsub.ping()
        end = time.monotonic() + TIMEOUT
        while not self._ponged:
            if time.monotonic() > end:
                raise TimeoutError("no pong came")
            self._early += self._read(0.1)

    def _read(self, timeout: float) -> list[bytes]:
        found = []
        for _ in range(AT_ONCE):
            message = self._pubsub.get_message(timeout=timeout)
            if message is None:
                break
            if message["type"] == "message":
                found.append(message["data"])
            elif message["type"] == "pong":
                self._ponged = True
            timeout = 0.0
        return found

    def close(self) -> None:
        self._pubsub.close()
        self._client.close()
