"""What a person says of themselves, where they are signed in, and what is left of those who are gone."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
works_with = "0002"

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
USERS = (
    ("display_name", sa.String(length=64)),
    ("picture", sa.String(length=16)),
    ("status_emoji", sa.String(length=32)),
    ("status_text", sa.String(length=80)),
    ("status_until", sa.BigInteger()),
    ("timezone", sa.String(length=64)),
    ("theme", sa.String(length=8)),
    ("hides_typing", sa.Boolean()),
    ("removed_at", sa.BigInteger()),
)
TOKENS = (("label", sa.String(length=64)), ("device", sa.String(length=64)), ("used_at", sa.BigInteger()))


def upgrade() -> None:
    for table, columns in (("users", USERS), ("tokens", TOKENS)):
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind))
    op.create_table(
        "pictures",
        sa.Column("user_id", number, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_pictures_user_id"),
        sa.PrimaryKeyConstraint("user_id", "size", name="pk_pictures"),
    )
    op.create_table(
        "removals",
        sa.Column("user_id", number, nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("erases", sa.Boolean(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_removals_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_removals"),
        sa.UniqueConstraint("key_hash", name="uq_removals_key_hash"),
    )


def downgrade() -> None:
    op.drop_table("removals")
    op.drop_table("pictures")
    for table, columns in (("tokens", TOKENS), ("users", USERS)):
        for name, _ in columns:
            op.drop_column(table, name)
