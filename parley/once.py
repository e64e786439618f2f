"""A small file that is made once, whoever else is about to make it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def made_once(path: Path, content: str) -> str:
    """The line in a file, which is made with this content unless it is there. Only its owner may read it.

    Each process writes a file of its own and links it to the final name, and only one link can succeed. Raises OSError.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path, content)
    return path.read_bytes().decode("ascii", "replace").strip()


def _create(path: Path, content: str) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(f"{content}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its content counts
            os.link(draft, path)
    finally:
        draft.unlink()
