"""The environment, read once into one frozen object.

Every setting stands in `Settings` with its default and its meaning; the table in the README is compared
with it by a test. A setup that cannot work is refused here or at start with one clear sentence.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from parley.errors import Refused

SHORTEST_KEY = 16  # characters
DEFAULT_PORT = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")  # other letters come as xn--…
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class SetupError(Refused):
    """Parley cannot start like this; the text says what to change."""


def setting(default: Any, about: str) -> Any:
    """A field of `Settings` with its meaning, which the documentation shows."""
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One frozen object that holds all that the environment may say."""

    instance: Path = setting(Path("instance"), "Folder for the database file and the secret key.")
    database_url: str = setting("", "`postgresql://…`; empty: a SQLite file in the instance folder.")
    celery_broker_url: str = setting("", "`redis://…` or `amqp://…`; empty: jobs run inside the server.")
    bus_url: str = setting(
        "", "How nodes over PostgreSQL ring each other; empty: the broker if it is Redis, else PostgreSQL."
    )
    secret_key: str = setting(
        "",
        "Signs the session cookies, 16 characters or more; empty: made once, in the instance folder or in PostgreSQL.",
    )
    admins: tuple[str, ...] = setting((), "Nicknames, separated by commas, who may ban people.")
    public_read: bool = setting(False, "`1`: anyone may read users and messages over HTTP without signing in.")
    secure_cookies: bool = setting(
        False, "`1`: mark cookies Secure even when the proxy does not say that it speaks TLS."
    )
    trusted_proxies: str = setting(
        "127.0.0.1", "Addresses and networks, separated by commas, whose X-Forwarded-… headers are believed."
    )
    public_url: str = setting(
        "", "The address people type, such as `https://chat.example.org`, when a proxy changes it."
    )
    rate_limits: bool = setting(True, "`off` for load tests: no limit on how often people post, type or sign in.")
    post_rate: str = setting("30/10seconds", "Posts, edits, deletions and reactions a person may make.")
    frame_rate: str = setting("200/10seconds", "Frames a socket may send; a socket far above it is closed.")
    sign_in_rate: str = setting("10/minute", "Attempts to sign in for one account.")
    sign_in_address_rate: str = setting("60/minute", "Attempts to sign in from one address.")
    api_rate: str = setting("600/minute", "Requests to the API for one person or address.")
    search_rate: str = setting("60/minute", "Searches, and further pages of them, of one person.")
    upload_rate: str = setting("60/minute", "Files a person may send.")
    download_rate: str = setting("3000/minute", "Files, parts of them and pictures one person or address may fetch.")
    export_rate: str = setting("4/hour", "Times one person may take all of their own data along.")
    sockets_per_user: int = setting(20, "Open sockets one person may have.")
    message_length: int = setting(8000, "Characters in a message.")
    files_url: str = setting(
        "",
        "`s3://bucket/folder?endpoint=https://…&region=…`, or a folder that all servers share; "
        "empty: `files` in the instance folder.",
    )
    file_size: int = setting(26214400, "Bytes in a file.")
    file_quota: int = setting(2147483648, "Bytes in all files of one person.")
    picture_pixels: int = setting(50000000, "Pixels in a picture; one with more is only for downloading.")
    hello_timeout: float = setting(5.0, "Seconds a new socket has to say hello.")
    heartbeat: float = setting(20.0, "Seconds between heartbeats to each socket.")
    sweep: float = setting(3.0, "Seconds between looks into the database for what a lost doorbell hid.")
    socket_buffer: int = setting(262144, "Bytes waiting for a slow socket before it is served from the log.")
    socket_drain: float = setting(30.0, "Seconds a slow socket has to drain before it is closed with 1013.")
    drain_notice: float = setting(
        1.0, "Seconds from SIGTERM, when `/readyz` begins to fail, until a server of several closes sockets."
    )
    drain_seconds: float = setting(5.0, "Seconds over which it then spreads the closing of many sockets.")
    offline_after: float = setting(4.0, "Seconds without a socket before a person is shown as offline.")
    presence_expiry: float = setting(45.0, "Seconds of silence after which the people of another server go offline.")
    offline: bool = setting(
        True, "`off`: browsers keep nothing to read without a network, and remove the service worker that they have."
    )
    previews: bool = setting(True, "`off`: links do not unfold, and the server fetches nothing.")
    preview_allow: tuple[IPv4Network | IPv6Network, ...] = setting(
        (), "Networks, separated by commas, that previews may fetch from although they are private."
    )
    preview_timeout: float = setting(5.0, "Seconds in all to fetch one preview.")
    preview_bytes: int = setting(524288, "Bytes of a page read for a preview, after decompression.")
    job_threads: int = setting(4, "Threads of the embedded job pool.")
    http_threads: int = setting(16, "Threads that answer HTTP requests.")
    log_level: str = setting("info", "`debug`, `info`, `warning` or `error`.")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read every setting from its variable: the field's name in capitals, and INSTANCE for the folder.

        Raises SetupError, naming the variable, when a value cannot be read or cannot work.
        """
        values: dict[str, Any] = {}
        for each in fields(cls):
            raw = environ.get(each.name.upper(), "").strip()
            if raw:
                values[each.name] = _read(each.name, each.default, raw)
        return cls(**values)

    @property
    def database(self) -> str:
        """The address of the database, with the default filled in and psycopg named as the driver."""
        if not self.database_url:
            return f"sqlite:///{self.database_file}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def database_file(self) -> Path:
        """Where the SQLite file is, if that is the database."""
        return self.instance.absolute() / "parley.db"

    @property
    def embedded(self) -> bool:
        """Whether the database is the SQLite file, so that this is the only node."""
        return not self.database_url


def _read(name: str, default: Any, raw: str) -> Any:
    try:
        if isinstance(default, bool):
            return _switch(raw)
        if isinstance(default, int | float):
            number = type(default)(raw)
            least = 1 if isinstance(default, int) else 0  # of threads, sockets and bytes, none is too few
            if not isfinite(number) or number < least:
                raise ValueError("out of bounds")
            return number
        if name == "preview_allow":
            return tuple(ip_network(part.strip()) for part in raw.split(",") if part.strip())
        if isinstance(default, tuple):
            return tuple(part.strip() for part in raw.split(",") if part.strip())
        return _CHECKS.get(name, str)(raw) if isinstance(default, str) else type(default)(raw)
    except ValueError:
        raise SetupError(f"{name.upper()}={raw!r} cannot be read; see the settings table in the README.") from None


def _switch(raw: str) -> bool:
    known = {"1": True, "on": True, "true": True, "yes": True, "0": False, "off": False, "false": False, "no": False}
    if raw.lower() not in known:
        raise ValueError(raw)
    return known[raw.lower()]


def _key(raw: str) -> str:
    if len(raw) < SHORTEST_KEY:
        raise SetupError(f"SECRET_KEY is too short to be safe: give at least {SHORTEST_KEY} random characters.")
    return raw


def _origin(raw: str) -> str:
    """The address as browsers write it into an Origin header (RFC 6454): lower case, without a default port."""
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        raise _no_origin(raw) from None
    host = (parts.hostname or "").lower()
    rest = f"{parts.path.rstrip('/')}{parts.query}{parts.fragment}"
    if parts.scheme not in DEFAULT_PORT or rest or "@" in parts.netloc or not HOST.fullmatch(host) or port == 0:
        raise _no_origin(raw)
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}" + ("" if port in (None, DEFAULT_PORT[parts.scheme]) else f":{port}")


def _no_origin(raw: str) -> SetupError:
    said = "what you gave, which holds a password," if "@" in raw else repr(raw)
    return SetupError(f"PUBLIC_URL is an address like https://chat.example.org, without a path: {said} is none.")


def _proxies(raw: str) -> str:
    """What the server can compare with an address; it would pass over anything else without a word."""
    parts = [part.strip() for part in raw.split(",") if part.strip()]
    for part in parts if parts != ["*"] else []:
        try:
            ip_network(part)
        except ValueError:
            raise SetupError(
                "TRUSTED_PROXIES holds addresses and networks like 10.0.0.0/8, separated by commas, or * alone: "
                f"{part!r} is none of these."
            ) from None
    return ",".join(parts)


def _broker(raw: str) -> str:
    return _with_scheme("CELERY_BROKER_URL", "redis://host:6379/0 or amqp://host", raw)


def _bus(raw: str) -> str:
    return _with_scheme("BUS_URL", "redis://host:6379/0 or postgresql://host/name", raw)


def _files(raw: str) -> str:
    if SCHEME.match(raw) and not raw.startswith("s3://"):
        raise SetupError("FILES_URL is a folder, or s3://bucket/folder: what you gave is neither.")
    return raw


def _with_scheme(name: str, like: str, raw: str) -> str:
    if not SCHEME.match(raw):
        raise SetupError(f"{name} is an address like {like}: what you gave does not begin with a scheme and ://.")
    return raw


_CHECKS: dict[str, Callable[[str], str]] = {
    "secret_key": _key,
    "public_url": _origin,
    "trusted_proxies": _proxies,
    "celery_broker_url": _broker,
    "bus_url": _bus,
    "files_url": _files,
}
