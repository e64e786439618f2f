"""Files of messages; `messages.files` says how many a message has."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
works_with = "0002"

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("messages", sa.Column("files", sa.Integer()))
    op.create_table(
        "files",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("owner_id", number, nullable=False),
        sa.Column("message_id", number),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("blob", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("thumbnail", sa.Integer()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("discarded_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_files_owner_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_files_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("blob", name="uq_files_blob"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_files_owner_id", "files", ["owner_id"])
    op.create_index("ix_files_message_id", "files", ["message_id"])
    loose = sa.text("message_id IS NULL")
    op.create_index("ix_files_loose", "files", ["created_at"], sqlite_where=loose, postgresql_where=loose)


def downgrade() -> None:
    op.drop_table("files")
    op.drop_column("messages", "files")
