"""Rooms that people make: a topic, an end, roles, and from where in the log each person sees it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
works_with = "0002"  # older code would show those who joined later what was before, and let anybody write in an archive


def upgrade() -> None:
    op.add_column("rooms", sa.Column("topic", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("rooms", sa.Column("history", sa.String(length=16), nullable=False, server_default="all"))
    op.add_column("rooms", sa.Column("archived_at", sa.BigInteger()))
    op.add_column("members", sa.Column("role", sa.String(length=16), nullable=False, server_default="member"))
    op.add_column("members", sa.Column("since", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    for table, column in (
        ("members", "since"),
        ("members", "role"),
        ("rooms", "archived_at"),
        ("rooms", "history"),
        ("rooms", "topic"),
    ):
        op.drop_column(table, column)
