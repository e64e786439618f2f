"""The tables. Migrations in `migrations/versions` make them; a test compares the two."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from parley.message import Pinned, Replies
from parley.store.kinds import Instant, Number, Shape

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _partial_index(name: str, *columns: Column[Any], where: ColumnElement[bool]) -> None:
    """Of the rows for which this holds; both databases have it, under two names."""
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


facts = Table(
    "facts",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("banned_at", Instant),
    Column("seen_at", Instant),
    Column("folded", Text),  # the name as search compares it; NULL until it is written by this release
    Column("display_name", String(64)),
    Column("picture", String(16)),
    Column("status_emoji", String(32)),
    Column("status_text", String(80)),
    Column("status_until", Instant),
    Column("timezone", String(64)),
    Column("theme", String(8)),
    Column("hides_typing", Boolean),
    Column("removed_at", Instant),
    Column("quiet_from", String(5)),
    Column("quiet_to", String(5)),
    Column("quiet_timezone", String(64)),
    sqlite_autoincrement=True,
)

# As they are shown, so that showing one costs a read by its key and nothing else.
pictures = Table(
    "pictures",
    metadata,
    Column("user_id", Number, ForeignKey("users.id"), nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("user_id", "size"),
)

# Accounts whose traces have to go or have gone: what a node still has to do after a restart.
removals = Table(
    "removals",
    metadata,
    Column("user_id", Number, ForeignKey("users.id"), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("erases", Boolean, nullable=False),
    Column("total", Integer, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("done_at", Instant),
    PrimaryKeyConstraint("user_id"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("user_id", Number, ForeignKey("users.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("label", String(64)),
    Column("device", String(64)),
    Column("used_at", Instant),
    sqlite_autoincrement=True,
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", String(64), nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("topic", Text, nullable=False, server_default=text("''")),
    Column("history", String(16), nullable=False, server_default="all"),
    Column("archived_at", Instant),
    sqlite_autoincrement=True,
)

members = Table(
    "members",
    metadata,
    Column("room_id", Number, ForeignKey("rooms.id"), nullable=False),
    Column("user_id", Number, ForeignKey("users.id"), nullable=False, index=True),
    Column("read_seq", BigInteger, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("role", String(16), nullable=False, server_default="member"),
    Column("since", BigInteger, nullable=False, server_default="0"),
    Column("read_generation", Integer, nullable=False, server_default="0"),
    Column("notify", String(16)),
    Column("muted", Boolean),
    PrimaryKeyConstraint("room_id", "user_id"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("room_id", Number, ForeignKey("rooms.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("changed_seq", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("author_id", Number, ForeignKey("users.id")),
    Column("key", String(64)),
    Column("source", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("deleted_at", Instant),
    Column("reply_to", Number, ForeignKey("messages.id")),
    Column("mentions", Integer),  # how many; NULL for none
    Column("replies", Shape(Replies)),
    Column("pinned", Shape(Pinned)),
    Column("files", Integer),  # how many; NULL for none
    UniqueConstraint("room_id", "seq"),
    UniqueConstraint("room_id", "changed_seq"),
    UniqueConstraint("author_id", "key"),
    Index(None, "room_id", "changed_at"),
    sqlite_autoincrement=True,
)

_partial_index("ix_messages_reply_to_seq", messages.c.reply_to, messages.c.seq, where=messages.c.reply_to.is_not(None))
_partial_index("ix_messages_pinned", messages.c.room_id, where=messages.c.pinned.is_not(None))

# Who follows the thread under a message, and has read it how far. Whoever loses their seat loses these with it.
followers = Table(
    "followers",
    metadata,
    Column("root_id", Number, ForeignKey("messages.id"), nullable=False),
    Column("user_id", Number, nullable=False),
    Column("room_id", Number, nullable=False),
    Column("read_seq", BigInteger, nullable=False),
    PrimaryKeyConstraint("root_id", "user_id"),
    ForeignKeyConstraint(["room_id", "user_id"], ["members.room_id", "members.user_id"], ondelete="CASCADE"),
    Index(None, "user_id", "room_id"),
)

previews = Table(
    "previews",
    metadata,
    Column("message_id", Number, nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
    PrimaryKeyConstraint("message_id", "position"),
    ForeignKeyConstraint(["message_id"], ["messages.id"]),
)
_partial_index("ix_previews_pending", previews.c.updated_at, where=previews.c.state == "pending")

reactions = Table(
    "reactions",
    metadata,
    Column("message_id", Number, ForeignKey("messages.id"), nullable=False),
    Column("emoji", String(32), nullable=False),
    Column("user_id", Number, ForeignKey("users.id"), nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("message_id", "emoji", "user_id"),
)

# Whom messages mention, since which seq; `user_id` 0 is the whole room (parley/mentions.py).
mentions = Table(
    "mentions",
    metadata,
    Column("message_id", Number, ForeignKey("messages.id"), nullable=False),
    Column("user_id", Number, nullable=False),
    Column("room_id", Number, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("message_id", "user_id"),
    Index(None, "room_id", "user_id", "seq"),
)

# `blob` is the name in the storage; `thumbnail` are the bytes of the small copy that a picture has beside it.
# Files in no message wait to be posted, or to go (`parley/filing.py`).
files = Table(
    "files",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("owner_id", Number, ForeignKey("users.id"), nullable=False, index=True),
    Column("message_id", Number, ForeignKey("messages.id"), index=True),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("blob", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("type", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("thumbnail", Integer),
    Column("created_at", Instant, nullable=False),
    Column("discarded_at", Instant),
    sqlite_autoincrement=True,
)
_partial_index("ix_files_loose", files.c.created_at, where=files.c.message_id.is_(None))

# What search looks into (docs/decisions/0024): a row for each message with a text, made from it and in no backup.
# On SQLite the grams are in the FTS5 table `search_grams`, by the same number, and this column stays empty.
search = Table(
    "search",
    metadata,
    Column("message_id", Number, primary_key=True, autoincrement=False),
    Column("room_id", Number, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("author_id", Number, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("has_link", Boolean, nullable=False),
    Column("has_file", Boolean),  # NULL: it was written before there were files
    Column("folded", Text, nullable=False),
    Column("grams", TSVECTOR().with_variant(Text(), "sqlite")),
)
Index("ix_search_grams", search.c.grams, postgresql_using="gin").ddl_if(dialect="postgresql")


@event.listens_for(search, "after_drop")
def _drop_grams(_table: Table, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TABLE IF EXISTS search_grams"))


# How far search has followed the log of each room; what was written through this release is in the index at once.
search_cursors = Table(
    "search_cursors",
    metadata,
    Column("room_id", Number, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
)
