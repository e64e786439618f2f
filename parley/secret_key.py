"""The key that signs session cookies: made once, known to whoever serves this database and to nobody else."""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

import structlog

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
    """Each process writes a file of its own and links it to the final name, and only one link can succeed."""
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path)
        key = path.read_bytes().decode("ascii", "replace").strip()
    except OSError as error:
        raise SetupError(
            f"The secret key {path.absolute()} cannot be used ({error.strerror}). Make it readable or set SECRET_KEY."
        ) from None
    if len(key) < SHORTEST:
        raise SetupError(f"The secret key {path.absolute()} is too short. Remove the file and start again.")
    return key


def _create(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(_new() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its key is the key
            os.link(draft, path)
    finally:
        draft.unlink()


def _new() -> str:
    return secrets.token_urlsafe(48)
