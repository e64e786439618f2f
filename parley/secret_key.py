"""The key that signs session cookies: made once, known to whoever serves this database and to nobody else."""

import hashlib
import secrets
from pathlib import Path

import structlog

from parley.once import made_once
from parley.settings import Settings, SetupError
from parley.store import facts

SHORTEST = 32  # characters; what is made here has 64

log = structlog.get_logger(__name__)


def secret_key(settings: Settings) -> str:
    """SECRET_KEY, or a key made on the first run.

    A server over SQLite keeps it in the instance folder, with mode 0600; servers over PostgreSQL in the database, so
    that all have the same (docs/decisions/0008). Two processes that start together get the same key. Raises
    SetupError when the folder or the database cannot be used.
    """
    if settings.embedded:
        return settings.secret_key or _of_folder(settings.instance / "secret_key")
    key = settings.secret_key or facts.agree(settings, "secret_key", _new())
    trace = hashlib.sha256(b"parley.trace " + key.encode()).hexdigest()[:16]
    if facts.replaced(settings, "secret_key_trace", trace) != trace:
        log.warning(
            "sign_in_key_changed",
            meaning="cookies made before, or by servers with another SECRET_KEY, are not valid here; give all the same",
        )
    return key


def _of_folder(path: Path) -> str:
    try:
        key = made_once(path, _new())
    except OSError as error:
        raise SetupError(
            f"The secret key {path.absolute()} cannot be used ({error.strerror}). Make it readable or set SECRET_KEY."
        ) from None
    if len(key) < SHORTEST:
        raise SetupError(f"The secret key {path.absolute()} is too short. Remove the file and start again.")
    return key


def _new() -> str:
    return secrets.token_urlsafe(48)
