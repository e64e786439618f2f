"""Reading and writing people's pictures."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from parley.store.tables import pictures, users


def put(connection: Connection, user: int, sizes: Mapping[int, bytes]) -> None:
    """Store a picture, in sizes of so many pixels, instead of the one before; no sizes: there is none any more."""
    connection.execute(delete(pictures).where(pictures.c.user_id == user))
    if sizes:
        rows: list[dict[str, Any]] = [
            {"user_id": user, "size": size, "content": content} for size, content in sizes.items()
        ]
        connection.execute(insert(pictures), rows)


def one(connection: Connection, user: int, name: str, size: int) -> bytes | None:
    """The picture of this person that has this name, if it is still theirs."""
    query = (
        select(pictures.c.content)
        .join(users, users.c.id == pictures.c.user_id)
        .where(pictures.c.user_id == user, pictures.c.size == size, users.c.picture == name)
    )
    found: bytes | None = connection.scalar(query)
    return found


def largest(connection: Connection, user: int) -> bytes | None:
    """The picture of this person, as large as there is."""
    query = select(pictures.c.content).where(pictures.c.user_id == user).order_by(pictures.c.size.desc()).limit(1)
    found: bytes | None = connection.scalar(query)
    return found
