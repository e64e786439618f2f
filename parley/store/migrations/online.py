"""What a migration does beside nodes that work."""

from collections.abc import Sequence
from typing import Any

from alembic import op

LOCK_SECONDS = 1  # a change of a table that waits for its lock holds up everybody behind it for that long at most


def create_index(name: str, table: str, columns: Sequence[str], **options: Any) -> None:
    """Make an index while others read and write, on PostgreSQL; takes what `op.create_index` takes.

    It waits for the transactions of the moment to end, however long they are, and nobody waits for it. The migration
    has to do nothing else: a second attempt begins it anew.
    """
    context = op.get_context()
    if context.dialect.name != "postgresql" or context.config is None or not context.config.attributes["online"]:
        op.create_index(name, table, columns, **options)
        return
    with context.autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)  # half made by an attempt before
        op.create_index(name, table, columns, postgresql_concurrently=True, **options)
        op.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
