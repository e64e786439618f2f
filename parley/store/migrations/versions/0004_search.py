"""What search looks into. Nodes fill it from the messages that are there while they work (`parley/indexer.py`)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
works_with = "0002"

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search",
        sa.Column("message_id", number, autoincrement=False, nullable=False),
        sa.Column("room_id", number, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("author_id", number, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger()),
        sa.Column("has_link", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("grams", TSVECTOR().with_variant(sa.Text(), "sqlite")),
        sa.PrimaryKeyConstraint("message_id", name="pk_search"),
    )
    op.create_table(
        "search_cursors",
        sa.Column("room_id", number, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name="pk_search_cursors"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_search_grams", "search", ["grams"], postgresql_using="gin")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search_grams USING fts5"
            "(grams, content='', columnsize=0, detail=none, tokenize=\"ascii tokenchars '_'\")"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_grams")
    op.drop_table("search_cursors")
    op.drop_table("search")
