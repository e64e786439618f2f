"""The lock beside the SQLite file: one server works on it, and nothing else writes meanwhile."""

import fcntl
from typing import IO

from parley.settings import Settings, SetupError


def lock(settings: Settings, *, alone: bool) -> IO[str] | None:
    """Hold the database until the returned file is closed or the process ends; None for PostgreSQL, which many share.

    A server holds it `alone`. Commands that make the database hold it together, since they wait for each other
    inside it. Raises SetupError when somebody else holds it.
    """
    if not settings.embedded:
        return None
    path = settings.instance / "server.lock"
    try:
        file = path.open("w")
    except OSError as error:
        raise SetupError(f"{path.absolute()} cannot be written ({error.strerror}). Make the folder writable.") from None
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise SetupError(
            f"Another Parley server already works on the database in {settings.instance.absolute()}. "
            "Stop it first, or set DATABASE_URL to PostgreSQL to run several."
        ) from None
    return file
