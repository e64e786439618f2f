"""The first tables, the room "general" and the epoch of this database."""

import time
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"),
    )
    op.create_table(
        "rooms",
        sa.Column("id", number, primary_key=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
        sa.UniqueConstraint("name_key", name="uq_rooms_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "users",
        sa.Column("id", number, primary_key=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("banned_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name_key", name="uq_users_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "members",
        sa.Column("room_id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("read_seq", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_members_room_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_members_user_id"),
        sa.PrimaryKeyConstraint("room_id", "user_id", name="pk_members"),
    )
    op.create_index("ix_members_user_id", "members", ["user_id"])

    op.create_table(
        "messages",
        sa.Column("id", number, primary_key=True),
        sa.Column("room_id", number, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("changed_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("author_id", number),
        sa.Column("key", sa.String(length=64)),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger()),
        sa.Column("deleted_at", sa.BigInteger()),
        sa.Column("reply_to", number),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_messages_author_id"),
        sa.ForeignKeyConstraint(["reply_to"], ["messages.id"], name="fk_messages_reply_to"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_messages_room_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("author_id", "key", name="uq_messages_author_id_key"),
        sa.UniqueConstraint("room_id", "changed_seq", name="uq_messages_room_id_changed_seq"),
        sa.UniqueConstraint("room_id", "seq", name="uq_messages_room_id_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_room_id_changed_at", "messages", ["room_id", "changed_at"])

    op.create_table(
        "tokens",
        sa.Column("id", number, primary_key=True),
        sa.Column("user_id", number, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tokens_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("hash", name="uq_tokens_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tokens_user_id", "tokens", ["user_id"])

    op.create_table(
        "previews",
        sa.Column("message_id", number, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_previews_message_id"),
        sa.PrimaryKeyConstraint("message_id", "position", name="pk_previews"),
    )
    op.create_index(
        "ix_previews_pending",
        "previews",
        ["updated_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )

    op.create_table(
        "reactions",
        sa.Column("message_id", number, nullable=False),
        sa.Column("emoji", sa.String(length=32), nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_reactions_message_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_reactions_user_id"),
        sa.PrimaryKeyConstraint("message_id", "emoji", "user_id", name="pk_reactions"),
    )
    now = round(time.time() * 1_000_000)
    facts = sa.table("facts", sa.column("name"), sa.column("value"))
    op.bulk_insert(facts, [{"name": "epoch", "value": uuid.uuid4().hex}])
    rooms = sa.table("rooms", *(sa.column(name) for name in ("name", "name_key", "kind", "head", "created_at")))
    general = {"name": "general", "name_key": "general", "kind": "public", "head": 0, "created_at": now}
    op.bulk_insert(rooms, [general])


def downgrade() -> None:
    for table in ("reactions", "previews", "tokens", "messages", "members", "users", "rooms", "facts"):
        op.drop_table(table)
