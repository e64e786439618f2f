"""Alembic's entry: the connection is handed in by `parley.store.schema`, which also holds the lock."""

from alembic import context

from parley.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
