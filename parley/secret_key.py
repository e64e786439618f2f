"""The key that signs session cookies: made once, readable by its owner only."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from parley.settings import Settings, SetupError

SHORTEST = 32  # characters; what is made here has 64


def secret_key(settings: Settings) -> str:
    """SECRET_KEY, or the key in the instance folder, which the first run makes with mode 0600.

    Two processes that start together get the same key: each writes a file of its own and links it to the
    final name, and only one link can succeed. Raises SetupError when the folder cannot be used.
    """
    if settings.secret_key:
        return settings.secret_key
    path = settings.instance / "secret_key"
    try:
        if not path.exists():
            settings.instance.mkdir(parents=True, exist_ok=True)
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
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its key is the key
            os.link(draft, path)
    finally:
        draft.unlink()
