"""Alembic's entry: the connection is handed in by `parley.store.revisions`; `parley.store.schema` holds the lock."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.migration import MigrationContext, MigrationInfo
from alembic.script import Script

from parley.store.revisions import remember
from parley.store.tables import metadata


def note(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:
    if ctx.connection is not None and step.is_upgrade and isinstance(step.up_revision, Script):
        remember(ctx.connection, step.up_revision)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=True,
    on_version_apply=note,
)
with context.begin_transaction():
    context.run_migrations()
