"""Replies by the message they are under."""

import sqlalchemy as sa
from alembic import op

from parley.store.migrations.online import create_index

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
works_with = "0002"


def upgrade() -> None:
    there = sa.text("reply_to IS NOT NULL")
    create_index(
        "ix_messages_reply_to_seq", "messages", ["reply_to", "seq"], sqlite_where=there, postgresql_where=there
    )


def downgrade() -> None:
    op.drop_index("ix_messages_reply_to_seq", "messages")
