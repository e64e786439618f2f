"""What a load test is to do, checked before anything happens."""

import ipaddress
from urllib.parse import urlsplit

from msgspec import Struct

from parley.settings import SetupError

SENTENCE = "Hello **everybody**, how are you today? It is a fine day for `chat`."


class Plan(Struct, frozen=True, kw_only=True):
    """Who comes and what they do. Times are seconds.

    `users` people with `devices` sockets each; the first `writers` of them post, each into one of `rooms` rooms. With
    `rate`, posts are due at an even pace, whether or not the server keeps up. With `think` instead, a writer posts,
    waits for the ack, thinks for so long on average, and posts again.
    """

    url: str
    users: int = 50
    devices: int = 1
    writers: int = 50
    rooms: int = 1
    rate: float | None = None
    think: float | None = None
    duration: float = 30.0
    ramp: float = 5.0
    processes: int = 1
    source: str = SENTENCE
    run: str = ""  # a word that tells this run's people and keys from those of all others

    @property
    def sockets(self) -> int:
        """How many will be open."""
        return self.users * self.devices

    @property
    def socket_url(self) -> str:
        """Where sockets are opened."""
        return "ws" + self.url.removeprefix("http") + "/ws"


def check(plan: Plan, *, own_server: bool) -> None:
    """Refuse what cannot work, and a server that may be somebody else's. Raises SetupError."""
    if plan.rate is not None and plan.think is not None:
        raise SetupError("--rate and --think are two ways to say when people post: give one of them.")
    if not 1 <= plan.writers <= plan.users:
        raise SetupError(f"--writers is at least 1, and at most the {plan.users} people of --users.")
    if plan.processes > plan.users:
        raise SetupError(f"--processes {plan.processes} would leave some of them without people: give more --users.")
    parts = urlsplit(plan.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SetupError("The URL is that of a Parley, like http://127.0.0.1:5000, without a path.")
    if not own_server and not _loopback(parts.hostname):
        raise SetupError(
            f"{parts.hostname} is not this machine. One must not flood strangers: if that server is yours, "
            "say --yes-this-is-my-server."
        )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
