"""The environment, read into one object."""

from dataclasses import FrozenInstanceError, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from parley.settings import SHORTEST_KEY, Settings, SetupError

# Each setting, written as in an environment, and what it means.
READ: dict[str, tuple[str, Any]] = {
    "instance": ("/srv/parley", Path("/srv/parley")),
    "database_url": ("postgresql://ann@host/name", "postgresql://ann@host/name"),
    "celery_broker_url": ("redis://host", "redis://host"),
    "bus_url": ("redis://host/1", "redis://host/1"),
    "secret_key": ("k" * 40, "k" * 40),
    "admins": (" ann, bob,,", ("ann", "bob")),
    "public_read": ("1", True),
    "secure_cookies": ("YES", True),
    "trusted_proxies": ("10.0.0.1", "10.0.0.1"),
    "public_url": ("https://chat.example.org", "https://chat.example.org"),
    "rate_limits": ("off", False),
    "post_rate": ("1/minute", "1/minute"),
    "frame_rate": ("2/minute", "2/minute"),
    "sign_in_rate": ("3/minute", "3/minute"),
    "sign_in_address_rate": ("4/minute", "4/minute"),
    "api_rate": ("5/minute", "5/minute"),
    "search_rate": ("5/minute", "5/minute"),
    "upload_rate": ("6/minute", "6/minute"),
    "download_rate": ("7/minute", "7/minute"),
    "export_rate": ("7/hour", "7/hour"),
    "sockets_per_user": ("3", 3),
    "message_length": (" 100 ", 100),
    "files_url": ("s3://bucket/folder", "s3://bucket/folder"),
    "file_size": ("1000", 1000),
    "file_quota": ("5000", 5000),
    "picture_pixels": ("300", 300),
    "hello_timeout": ("1.5", 1.5),
    "heartbeat": ("7", 7.0),
    "sweep": ("0.5", 0.5),
    "socket_buffer": ("1", 1),
    "socket_drain": ("9", 9.0),
    "drain_notice": ("2", 2.0),
    "drain_seconds": ("10", 10.0),
    "offline_after": ("0", 0.0),
    "presence_expiry": ("30", 30.0),
    "offline": ("off", False),
    "previews": ("false", False),
    "preview_allow": ("127.0.0.0/8, ::1", (ip_network("127.0.0.0/8"), ip_network("::1"))),
    "preview_timeout": ("2", 2.0),
    "preview_bytes": ("1024", 1024),
    "job_threads": ("1", 1),
    "http_threads": ("2", 2),
    "log_level": ("debug", "debug"),
}


def test_every_setting_is_tried_here() -> None:
    assert [each.name for each in fields(Settings)] == list(READ)


@pytest.mark.parametrize("name", READ)
def test_a_setting_is_read_from_its_variable(name: str) -> None:
    raw, value = READ[name]
    read = Settings.from_environment({name.upper(): raw})
    assert getattr(read, name) == value
    assert type(getattr(read, name)) is type(value)
    others = [each.name for each in fields(Settings) if each.name != name]
    assert [getattr(read, other) for other in others] == [getattr(Settings(), other) for other in others]


def test_an_empty_variable_means_the_default() -> None:
    assert Settings.from_environment({name.upper(): "  " for name in READ}) == Settings()
    assert Settings.from_environment({"UNKNOWN": "1"}) == Settings()


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("public_read", "perhaps"),
        ("rate_limits", "2"),
        ("sockets_per_user", "many"),
        ("sockets_per_user", "0"),
        ("http_threads", "0"),
        ("job_threads", "-1"),
        ("message_length", "1.5"),
        ("heartbeat", "-1"),
        ("heartbeat", "nan"),
        ("sweep", "inf"),
        ("preview_allow", "everything"),
        ("preview_allow", "10.0.0.1/8"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_by_name(name: str, raw: str) -> None:
    with pytest.raises(SetupError, match=rf"^{name.upper()}='{raw}'"):
        Settings.from_environment({name.upper(): raw})


def test_settings_do_not_change() -> None:
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        settings.message_length = 1  # type: ignore[misc]


def test_the_default_database_is_a_file_in_the_instance_folder(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path)
    assert settings.embedded
    assert settings.database == f"sqlite:///{tmp_path}/parley.db"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_spoken_through_psycopg(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://ann@host/name")
    assert not settings.embedded
    assert settings.database == "postgresql+psycopg://ann@host/name"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("secret_key", "S3CRET"),
        ("secret_key", "k" * (SHORTEST_KEY - 1)),
        *(("public_url", raw) for raw in ("chat.example.org", "ftp://chat.example.org", "https://", "https:chat")),
        *(
            ("public_url", f"https://{rest}")
            for rest in ("chat/rooms", "chat?a", "chat#a", "chat:x", "chat:0", "chat:65536")
        ),
        *(
            ("public_url", f"https://{rest}")
            for rest in ("a b", "*.example.org", "ann:S3CRET@chat", "bücher.example", "[::1")
        ),
        *(("trusted_proxies", raw) for raw in ("proxy", "10.0.0.1/8", "10.0.0.1, *", "10.0.0.300", "/run/proxy.sock")),
        *(
            (name, raw)
            for name in ("celery_broker_url", "bus_url")
            for raw in ("localhost:6379", "ann:S3CRET@host", "redis:/host")
        ),
    ],
)
def test_a_value_that_cannot_work_is_refused_in_one_sentence_that_keeps_secrets(name: str, raw: str) -> None:
    with pytest.raises(SetupError) as refusal:
        Settings.from_environment({name.upper(): raw})
    said = refusal.value.detail
    assert said.startswith(f"{name.upper()} ")
    assert said.endswith(".")
    assert "S3CRET" not in said


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("secret_key", "k" * SHORTEST_KEY, "k" * SHORTEST_KEY),
        ("public_url", "https://Chat.Example.org:443/", "https://chat.example.org"),
        ("public_url", "http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("public_url", "http://[::1]:80", "http://[::1]"),
        ("public_url", "https://xn--bcher-kva.example:8443", "https://xn--bcher-kva.example:8443"),
        ("trusted_proxies", "*", "*"),
        ("trusted_proxies", "10.0.0.1, fd00::/8,::1, 192.168.0.0/16,", "10.0.0.1,fd00::/8,::1,192.168.0.0/16"),
        ("celery_broker_url", "amqp://ann:secret@host//", "amqp://ann:secret@host//"),
        ("celery_broker_url", "redis+socket:///run/valkey.sock", "redis+socket:///run/valkey.sock"),
        ("bus_url", "valkey://host/1", "valkey://host/1"),
    ],
)
def test_a_value_that_works_is_kept_as_it_is_compared(name: str, raw: str, value: str) -> None:
    assert getattr(Settings.from_environment({name.upper(): raw}), name) == value
