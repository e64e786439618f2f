"""Redis or Valkey as the carrier: publish and subscribe."""

from typing import Any

import redis

from parley.bus.remote import Receiver, Sender

TIMEOUT = 2.0  # seconds for any answer


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
        return redis.Redis.from_url(
            self._url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, socket_keepalive=True
        )


class _Sender:
    def __init__(self, client: Any) -> None:
        self._client = client
        client.ping()

    def send(self, channel: str, payload: bytes) -> None:
        self._client.publish(channel, payload)

    def close(self) -> None:
        self._client.close()


class _Receiver:
    def __init__(self, client: Any) -> None:
        self._client = client
        self._pubsub = client.pubsub(ignore_subscribe_messages=True)
        self._following: set[str] = set()
        self._ponged = True

    def follow(self, channels: set[str]) -> None:
        if new := channels - self._following:
            self._pubsub.subscribe(*new)
        if old := self._following - channels:
            self._pubsub.unsubscribe(*old)
        self._following = set(channels)

    def receive(self, timeout: float) -> list[bytes]:
        found = []
        while (message := self._pubsub.get_message(timeout=timeout)) is not None:
            if message["type"] == "message":
                found.append(message["data"])
            elif message["type"] == "pong":
                self._ponged = True
            timeout = 0.0
        return found

    def check(self) -> None:
        if not self._ponged:
            raise TimeoutError("no pong came")
        self._ponged = False
        self._pubsub.ping()

    def close(self) -> None:
        self._pubsub.close()
        self._client.close()
