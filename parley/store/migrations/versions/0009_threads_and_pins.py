"""Threads, who follows them, and pinned messages. Nodes of the release before show replies among all other messages."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
works_with = "0002"

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("messages", sa.Column("replies", sa.Text()))
    op.add_column("messages", sa.Column("pinned", sa.Text()))
    op.create_table(
        "followers",
        sa.Column("root_id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("room_id", number, nullable=False),
        sa.Column("read_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["root_id"], ["messages.id"], name="fk_followers_root_id"),
        sa.ForeignKeyConstraint(
            ["room_id", "user_id"],
            ["members.room_id", "members.user_id"],
            name="fk_followers_room_id_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("root_id", "user_id", name="pk_followers"),
    )
    op.create_index("ix_followers_user_id_room_id", "followers", ["user_id", "room_id"])


def downgrade() -> None:
    op.drop_table("followers")
    op.drop_column("messages", "pinned")
    op.drop_column("messages", "replies")
