"""`verify` finds each kind of damage, and none in a chat that is whole."""

import re
import sqlite3
from collections.abc import Callable

import psycopg
import pytest

from parley.settings import Settings
from parley.store import schema
from parley.store.rules import RULES
from parley.store.verify import SHOWN, verify
from tests.archives import PRIVATE, fill, manage, refused, succeeds
from tests.stores import Place


def sql(settings: Settings, *statements: str) -> None:
    """Change the database behind Parley's back."""
    if settings.embedded:
        connection = sqlite3.connect(settings.instance / "parley.db", isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()
        return
    with psycopg.connect(settings.database_url, autocommit=True) as server:
        for statement in statements:
            server.execute(statement.encode())


TABLES = (
    *("facts", "users", "tokens", "rooms", "members", "messages", "previews", "reactions", "pictures", "removals"),
    *("mentions", "followers", "files"),
)


def loosen(settings: Settings) -> None:
    """Take away every key and reference, as if an index were broken or a hand had slipped."""
    if settings.embedded:
        for table in TABLES:
            copy = f"CREATE TABLE copy AS SELECT * FROM {table}"
            sql(settings, copy, f"DROP TABLE {table}", f"ALTER TABLE copy RENAME TO {table}")
        return
    with psycopg.connect(settings.database_url, autocommit=True) as server:
        found = (
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "WHERE contype IN ('p', 'u', 'f') AND conrelid::regclass::text = ANY(%s)"
        )
        for table, name in server.execute(found, [list(TABLES)]).fetchall():
            server.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE".encode())


def faults(settings: Settings) -> list[str]:
    """What the command says is wrong; all of it is about ids."""
    done = manage(settings, "verify")
    assert done.exit_code == 1, done.output
    assert PRIVATE not in done.output
    assert "Traceback" not in done.output
    *found, last = done.stdout.splitlines()
    assert last.startswith("Something is wrong (rooms: "), done.output
    return found


# Of the chat in `archives.fill`. Room 1: messages 1 and 2 joined, 3 has a reaction (number 7), 4 was edited (6), 5 has
# previews 0 and 1 (10), 6 was posted as number 8 and deleted (9). Room 2: message 7.
COPY = "INSERT INTO {0} SELECT * FROM {0} WHERE {1}"
TWIN = (
    "INSERT INTO messages (id, room_id, seq, changed_seq, kind, author_id, key, source, html, created_at, changed_at) "
    "SELECT {0}, room_id, {1}, {2}, kind, author_id, {3}, source, html, created_at, changed_at FROM messages "
    "WHERE id = 3"
)

FILE = (
    "INSERT INTO files (id, owner_id, message_id, position, blob, name, type, size, created_at) "
    "VALUES (5, {0}, {1}, 0, 'b', 'secret.txt', 'text/plain', 1, 1)"
)

FOLLOWED = "INSERT INTO search_cursors SELECT id, head FROM rooms"

DAMAGE: list[tuple[str, str]] = [
    ("UPDATE messages SET seq = 0 WHERE id = 7", "Message 7 of room 2: place 0 and latest change 1 cannot be."),
    ("UPDATE messages SET changed_seq = 2 WHERE id = 3", "Message 3 of room 1: place 3 and latest change 2 cannot be."),
    ("UPDATE messages SET seq = 1 WHERE id = 2", "Messages 1 and 2 of room 1 have the same place 1."),
    (TWIN.format(99, 3, 7, "NULL"), "Messages 3 and 99 of room 1 have the same latest change 7."),
    (
        "UPDATE messages SET changed_seq = 8 WHERE id = 3",
        "Number 8 of room 1 is the place of message 6 and a change of message 3.",
    ),
    ("DELETE FROM messages WHERE id = 1", "Numbers 1 to 1 of room 1 belong to no message."),
    ("DELETE FROM messages WHERE id IN (1, 2)", "Numbers 1 to 2 of room 1 belong to no message."),
    ("DELETE FROM messages WHERE id = 7", "Room 2 has head 1, but its newest change is 0."),
    ("UPDATE rooms SET head = 12 WHERE id = 1", "Room 1 has head 12, but its newest change is 10."),
    ("UPDATE rooms SET head = 9 WHERE id = 1", "Room 1 has head 9, but its newest change is 10."),
    ("UPDATE messages SET edited_at = 1 WHERE id = 7", "Message 7 was changed, but took no number for that."),
    ("UPDATE messages SET deleted_at = 1 WHERE id = 7", "Message 7 was changed, but took no number for that."),
    ("UPDATE reactions SET message_id = 7", "Message 7 was changed, but took no number for that."),
    ("UPDATE previews SET message_id = 7", "Message 7 was changed, but took no number for that."),
    (
        "UPDATE members SET read_seq = 11 WHERE user_id = 1 AND room_id = 1",
        "The read position 11 of user 1 in room 1 is not in its log.",
    ),
    (
        "UPDATE members SET read_seq = -1 WHERE user_id = 2 AND room_id = 2",
        "The read position -1 of user 2 in room 2 is not in its log.",
    ),
    (
        "UPDATE members SET since = 11 WHERE user_id = 1 AND room_id = 1",
        "User 1 sees room 1 from 11 on, which is not in its log.",
    ),
    ("UPDATE messages SET kind = 'left' WHERE id = 3", "Message 3 was written by its room, but changed later."),
    ("UPDATE messages SET key = 'k1' WHERE id = 4", "Messages 3 and 4 have the same author 1 and the same key."),
    (COPY.format("users", "id = 2"), "Users 2 and 2 have the same nickname."),
    ("UPDATE users SET name_key = 'ann'", "Users 1 and 2 have the same nickname."),
    ("UPDATE rooms SET name_key = 'general'", "Rooms 1 and 2 have the same name."),
    (COPY.format("members", "user_id = 2 AND room_id = 1"), "User 2 sits in room 1 2 times."),
    (COPY.format("reactions", "1 = 1"), "User 2 has the same reaction 2 times under message 3."),
    ("DELETE FROM previews WHERE position = 0", "The previews of message 5 are not numbered 0, 1, 2 and so on."),
    ("UPDATE previews SET position = 0", "The previews of message 5 are not numbered 0, 1, 2 and so on."),
    (
        "UPDATE previews SET position = 2 WHERE position = 1",
        "The previews of message 5 are not numbered 0, 1, 2 and so on.",
    ),
    ("DELETE FROM facts", "The database has 0 epochs instead of one."),
    (COPY.format("facts", "1 = 1"), "The database has 2 epochs instead of one."),
    ("UPDATE rooms SET name_key = 'lobby' WHERE id = 1", "There are 0 rooms called general instead of one."),
    ("DELETE FROM rooms WHERE id = 2", "Message 7 belongs to room 2, which does not exist."),
    ("DELETE FROM rooms WHERE id = 2", "A seat of user 1 belongs to room 2, which does not exist."),
    ("DELETE FROM users WHERE id = 2", "Message 5 belongs to user 2, which does not exist."),
    ("DELETE FROM users WHERE id = 2", "A reaction under message 3 belongs to user 2, which does not exist."),
    ("DELETE FROM users WHERE id = 2", "A seat in room 1 belongs to user 2, which does not exist."),
    ("INSERT INTO pictures VALUES (7, 64, 'x')", "A picture belongs to user 7, which does not exist."),
    (
        "INSERT INTO removals (user_id, key_hash, erases, total, asked_at) VALUES (7, 'x', true, 0, 0)",
        "A removal belongs to user 7, which does not exist.",
    ),
    ("DELETE FROM users WHERE id = 1", "Token 1 belongs to user 1, which does not exist."),
    ("DELETE FROM messages WHERE id = 5", "A preview belongs to message 5, which does not exist."),
    ("DELETE FROM messages WHERE id = 3", "A reaction belongs to message 3, which does not exist."),
    ("DELETE FROM messages WHERE id = 7", "A mention belongs to message 7, which does not exist."),
    ("DELETE FROM users WHERE id = 1", "Message 7 mentions user 1, who does not exist."),
    ("DELETE FROM mentions WHERE user_id = 1", "Message 7 mentions 1, and says 2."),
    ("UPDATE messages SET mentions = NULL WHERE id = 7", "Message 7 mentions 2, and says 0."),
    ("UPDATE mentions SET seq = 2 WHERE user_id = 1", "Message 7 mentions user 1 since 2, which is no number of it."),
    ("UPDATE mentions SET room_id = 1", "Message 7 mentions user 0 since 1, which is no number of it."),
    ("UPDATE messages SET reply_to = 77 WHERE id = 4", "Message 4 answers message 77, which is not in its room."),
    ("UPDATE messages SET reply_to = 3 WHERE id = 7", "Message 7 answers message 3, which is not in its room."),
    ("UPDATE messages SET author_id = NULL WHERE id = 4", "Message 4 has no author."),
    ("UPDATE messages SET source = 'still here' WHERE id = 6", "Message 6 is deleted, but its text is still there."),
    ("UPDATE messages SET html = '<p>here' WHERE id = 6", "Message 6 is deleted, but its text is still there."),
    ("UPDATE previews SET message_id = 6", "Message 6 is deleted, but its previews are still there."),
    ("UPDATE reactions SET message_id = 6", "Message 6 is deleted, but its reactions are still there."),
    ("UPDATE messages SET pinned = '{}' WHERE id = 6", "Message 6 is deleted, but still pinned."),
    ("UPDATE messages SET pinned = '{}' WHERE id = 7", "Message 7 was changed, but took no number for that."),
    ("UPDATE messages SET reply_to = 3 WHERE id = 4", "Message 3 has replies, but says it has none."),
    ("UPDATE messages SET replies = '{}' WHERE id = 3", "Message 3 says it has replies, but has none."),
    (
        "UPDATE messages SET reply_to = 3 WHERE id = 4; UPDATE messages SET reply_to = 4 WHERE id = 5",
        "Message 5 is a reply, and yet has replies or answers one.",
    ),
    (
        "INSERT INTO followers VALUES (3, 9, 1, 0)",
        "User 9 follows the thread under message 3, but is not in its room.",
    ),
    ("UPDATE messages SET source = '' WHERE id = 3", "Message 3 is not deleted, but has neither a text nor files."),
    ("UPDATE messages SET files = 2 WHERE id = 3", "Message 3 has 2 files, but 0 belong to it."),
    (FILE.format(1, 6), "Message 6 is deleted, but its files are still there."),
    (FILE.format(99, "NULL"), "File 5 belongs to user 99, which does not exist."),
    (FILE.format(1, 99), "File 5 belongs to message 99, which does not exist."),
    (
        "UPDATE rooms SET head = 9 WHERE id = 1",
        "Room 1 replayed from its log has 5 messages, and differs from its 6.",
    ),
    (f"{FOLLOWED}; UPDATE search SET message_id = 6 WHERE message_id = 3", "Message 6 can be found, but not be read."),
    ("UPDATE search SET message_id = 66 WHERE message_id = 3", "Message 66 can be found, but not be read."),
    (f"{FOLLOWED}; DELETE FROM search WHERE message_id = 3", "Message 3 can be read, but not be found."),
    ("UPDATE messages SET created_at = 4000000000000000000 WHERE id = 3", "Room 1 has a message that cannot be read."),
]


@pytest.fixture(params=["sqlite", "postgres"])
def damaged(request: pytest.FixtureRequest, opened: Callable[[Settings], Place]) -> Settings:
    """A full chat without a constraint, closed."""
    settings: Settings = request.getfixturevalue(f"on_{request.param}")
    place = opened(settings)
    fill(place)
    place.store.stop()
    loosen(settings)
    return settings


def test_a_whole_chat_has_no_fault_while_a_server_has_it_open(place: Place) -> None:
    fill(place)
    assert succeeds(place.settings, "verify") == "Everything fits together (rooms: 2, messages: 7).\n"


def test_without_its_constraints_it_is_whole_all_the_same(damaged: Settings) -> None:
    assert succeeds(damaged, "verify") == "Everything fits together (rooms: 2, messages: 7).\n"


@pytest.mark.parametrize(("statement", "sentence"), DAMAGE)
def test_each_kind_of_damage_is_named(damaged: Settings, statement: str, sentence: str) -> None:
    sql(damaged, *statement.split("; "))
    assert sentence in faults(damaged)


def test_every_rule_is_tried_here() -> None:
    sentences = [sentence for _, sentence in DAMAGE]
    for rule in RULES:
        pattern = re.sub(r"\\{\w+\\}", "-?[0-9]+", re.escape(rule.says))
        assert any(re.fullmatch(pattern, sentence) for sentence in sentences), rule.says


def test_what_the_tables_cannot_prove(damaged: Settings) -> None:
    """Number 5 could have been a change of message 4 between its post and its edit. docs/operating.md says so."""
    lost = [
        f"DELETE FROM {table} = 5"
        for table in ("previews WHERE message_id", "search WHERE message_id", "messages WHERE id")
    ]
    sql(damaged, *lost, "UPDATE rooms SET head = 9 WHERE id = 1")
    assert "Everything fits together" in succeeds(damaged, "verify")


def test_many_faults_of_a_kind_are_counted(small: Place) -> None:
    ann = small.register("ann")
    for number in range(SHOWN + 5):
        small.post(ann, f"{number}")
    small.store.stop()
    sql(small.settings, "UPDATE messages SET source = '' WHERE kind = 'text'")
    found = faults(small.settings)
    assert len(found) == SHOWN + 1
    assert found[-1] == "… and 5 more of that kind."


def test_a_log_longer_than_a_page_is_replayed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.store.replay.PAGE", 3)
    fill(place)
    assert verify(place.settings).faults == []


def test_a_file_with_a_broken_page_is_reported(small: Place) -> None:
    fill(small)
    for number in range(50):
        small.post(1, f"{PRIVATE} {number}")
    small.store.stop()
    file = small.settings.instance / "parley.db"
    whole = file.read_bytes()
    connection = sqlite3.connect(file)
    index = "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_messages_1'"
    (page,) = connection.execute(index).fetchone()
    connection.close()
    start = (page - 1) * 4096
    file.write_bytes(whole[:start] + whole[start : start + 4096].replace(b"\x01", b"\x02") + whole[start + 4096 :])
    done = manage(small.settings, "verify")
    assert done.exit_code == 1
    assert "The file is damaged: " in done.stdout
    assert PRIVATE not in done.output
    file.write_bytes(b"no database at all" * 1000)
    assert "file is not a database" in refused(small.settings, "verify")


def test_a_database_that_is_not_of_this_parley(settings: Settings, on_postgres: Settings) -> None:
    assert "`python manage.py createdb`" in refused(settings, "verify")
    with schema.migrating(on_postgres) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.exec_driver_sql("DELETE FROM facts WHERE name = 'works_with'")
    assert "newer Parley" in refused(on_postgres, "verify")
