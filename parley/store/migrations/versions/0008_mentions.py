"""Whom messages mention. What was said before mentions nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
works_with = "0002"

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("messages", sa.Column("mentions", sa.Integer()))
    op.create_table(
        "mentions",
        sa.Column("message_id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("room_id", number, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "user_id", name="pk_mentions"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_mentions_message_id_messages"),
    )
    op.create_index("ix_mentions_room_id_user_id_seq", "mentions", ["room_id", "user_id", "seq"])


def downgrade() -> None:
    op.drop_table("mentions")
    op.drop_column("messages", "mentions")
