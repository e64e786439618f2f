"""Pinned messages by their room."""

import sqlalchemy as sa
from alembic import op

from parley.store.migrations.online import create_index

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
works_with = "0002"


def upgrade() -> None:
    there = sa.text("pinned IS NOT NULL")
    create_index("ix_messages_pinned", "messages", ["room_id"], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    op.drop_index("ix_messages_pinned", "messages")
