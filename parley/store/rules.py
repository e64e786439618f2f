"""What is true of every healthy database, as queries that find what breaks it.

A room's log compacts: a message keeps its place and its latest change, and what lay between leaves no trace. So a
number of the log is proven by a message whose place or latest change it is, and is possible when it lies between the
two of some message. A number that is neither belongs to nobody: something was lost. See also `replay`.
"""

from typing import NamedTuple


class Rule(NamedTuple):
    """A sentence about each row that `finds` returns; the columns fill in its blanks. Never a text people wrote."""

    says: str
    finds: str


NUMBERS = (
    Rule(
        "Message {id} of room {room_id}: place {seq} and latest change {changed_seq} cannot be.",
        "SELECT id, room_id, seq, changed_seq FROM messages WHERE seq < 1 OR changed_seq < seq",
    ),
    Rule(
        "Messages {first} and {last} of room {room_id} have the same place {seq}.",
        "SELECT room_id, seq, min(id) AS first, max(id) AS last FROM messages "
        "GROUP BY room_id, seq HAVING count(*) > 1",
    ),
    Rule(
        "Messages {first} and {last} of room {room_id} have the same latest change {changed_seq}.",
        "SELECT room_id, changed_seq, min(id) AS first, max(id) AS last FROM messages "
        "GROUP BY room_id, changed_seq HAVING count(*) > 1",
    ),
    Rule(
        "Number {seq} of room {room_id} is the place of message {id} and a change of message {changed}.",
        "SELECT placed.room_id, placed.seq, placed.id, other.id AS changed FROM messages other "
        "JOIN messages placed ON placed.room_id = other.room_id AND placed.seq = other.changed_seq "
        "WHERE other.changed_seq > other.seq AND placed.id <> other.id",
    ),
    Rule(
        "Numbers {missing} to {until} of room {room_id} belong to no message.",
        # Every number from 1 on lies between the place and the latest change of some message, ends included.
        "SELECT room_id, reached + 1 AS missing, seq - 1 AS until FROM (SELECT room_id, seq, "
        "coalesce(max(changed_seq) OVER (PARTITION BY room_id ORDER BY seq "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS reached FROM messages) AS steps "
        "WHERE seq > reached + 1",
    ),
    Rule(
        "Room {id} has head {head}, but its newest change is {newest}.",
        # Whatever took the last number is still the latest change of its message.
        "SELECT id, head, newest FROM (SELECT id, head, coalesce((SELECT max(changed_seq) FROM messages "
        "WHERE room_id = rooms.id), 0) AS newest FROM rooms) AS heads WHERE head <> newest",
    ),
    Rule(
        "Message {id} was changed, but took no number for that.",
        "SELECT id FROM messages WHERE changed_seq = seq AND (edited_at IS NOT NULL OR deleted_at IS NOT NULL "
        "OR pinned IS NOT NULL OR replies IS NOT NULL) "
        "UNION SELECT id FROM messages JOIN reactions ON message_id = id WHERE changed_seq = seq "
        "UNION SELECT id FROM messages JOIN previews ON message_id = id WHERE changed_seq = seq AND state <> 'pending'",
    ),
    Rule(
        "The read position {read_seq} of user {user_id} in room {room_id} is not in its log.",
        "SELECT read_seq, user_id, room_id FROM members JOIN rooms ON rooms.id = room_id "
        "WHERE read_seq < 0 OR read_seq > head",
    ),
    Rule(
        "User {user_id} sees room {room_id} from {since} on, which is not in its log.",
        "SELECT since, user_id, room_id FROM members JOIN rooms ON rooms.id = room_id WHERE since < 0 OR since > head",
    ),
)

KEYS = (
    Rule(
        "Messages {first} and {last} have the same author {author_id} and the same key.",
        "SELECT author_id, min(id) AS first, max(id) AS last FROM messages WHERE key IS NOT NULL "
        "GROUP BY author_id, key HAVING count(*) > 1",
    ),
    Rule(
        "Users {first} and {last} have the same nickname.",
        "SELECT min(id) AS first, max(id) AS last FROM users GROUP BY name_key HAVING count(*) > 1",
    ),
    Rule(
        "Rooms {first} and {last} have the same name.",
        "SELECT min(id) AS first, max(id) AS last FROM rooms GROUP BY name_key HAVING count(*) > 1",
    ),
    Rule(
        "User {user_id} sits in room {room_id} {times} times.",
        "SELECT user_id, room_id, count(*) AS times FROM members GROUP BY room_id, user_id HAVING count(*) > 1",
    ),
    Rule(
        "User {user_id} has the same reaction {times} times under message {message_id}.",
        "SELECT user_id, message_id, count(*) AS times FROM reactions "
        "GROUP BY message_id, emoji, user_id HAVING count(*) > 1",
    ),
    Rule(
        "The previews of message {message_id} are not numbered 0, 1, 2 and so on.",
        "SELECT message_id FROM previews GROUP BY message_id "
        "HAVING min(position) <> 0 OR max(position) <> count(*) - 1 OR count(DISTINCT position) <> count(*)",
    ),
    Rule(
        "The database has {times} epochs instead of one.",
        "SELECT times FROM (SELECT count(*) AS times FROM facts WHERE name = 'epoch') AS epochs WHERE times <> 1",
    ),
    Rule(
        "There are {times} rooms called general instead of one.",
        "SELECT times FROM (SELECT count(*) AS times FROM rooms WHERE name_key = 'general') AS found WHERE times <> 1",
    ),
)


def _orphans(what: str, table: str, column: str, parent: str, columns: str) -> Rule:
    return Rule(
        f"{what} belongs to {parent.removesuffix('s')} {{{column}}}, which does not exist.",
        f"SELECT {columns} FROM {table} WHERE {column} IS NOT NULL "  # noqa: S608 - names from this file
        f"AND NOT EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = {table}.{column})",
    )


ORPHANS = (
    _orphans("Message {id}", "messages", "room_id", "rooms", "id, room_id"),
    _orphans("Message {id}", "messages", "author_id", "users", "id, author_id"),
    _orphans("A preview", "previews", "message_id", "messages", "DISTINCT message_id"),
    _orphans("A reaction", "reactions", "message_id", "messages", "DISTINCT message_id"),
    _orphans("File {id}", "files", "owner_id", "users", "id, owner_id"),
    _orphans("File {id}", "files", "message_id", "messages", "id, message_id"),
    _orphans("A reaction under message {message_id}", "reactions", "user_id", "users", "message_id, user_id"),
    _orphans("A mention", "mentions", "message_id", "messages", "DISTINCT message_id"),
    Rule(
        "Message {message_id} mentions user {user_id}, who does not exist.",
        "SELECT message_id, user_id FROM mentions WHERE user_id <> 0 "  # the whole room
        "AND NOT EXISTS (SELECT 1 FROM users WHERE users.id = mentions.user_id)",
    ),
    _orphans("A seat of user {user_id}", "members", "room_id", "rooms", "room_id, user_id"),
    _orphans("A seat in room {room_id}", "members", "user_id", "users", "room_id, user_id"),
    _orphans("Token {id}", "tokens", "user_id", "users", "id, user_id"),
    _orphans("A picture", "pictures", "user_id", "users", "DISTINCT user_id"),
    _orphans("A removal", "removals", "user_id", "users", "user_id"),
    Rule(
        "Message {id} answers message {reply_to}, which is not in its room.",
        "SELECT id, reply_to FROM messages WHERE reply_to IS NOT NULL AND NOT EXISTS (SELECT 1 FROM messages answered "
        "WHERE answered.id = messages.reply_to AND answered.room_id = messages.room_id)",
    ),
    Rule(
        "Message {id} has no author.",
        "SELECT id FROM messages WHERE kind = 'text' AND author_id IS NULL",
    ),
)

# What somebody who was away learns of them hangs on it: they are where they were posted, as they were posted.
EVENTS = (
    Rule(
        "Message {id} was written by its room, but changed later.",
        "SELECT id FROM messages WHERE kind NOT IN ('text', 'join', 'rename') AND changed_seq <> seq",
    ),
)

CONTENT = (
    Rule(
        "Message {id} mentions {found}, and says {mentions}.",
        "SELECT id, coalesce(messages.mentions, 0) AS mentions, count(message_id) AS found FROM messages "
        "LEFT JOIN mentions ON message_id = id WHERE messages.mentions IS NOT NULL OR message_id IS NOT NULL "
        "GROUP BY id, messages.mentions HAVING count(message_id) <> coalesce(messages.mentions, 0)",
    ),
    Rule(
        "Message {message_id} mentions user {user_id} since {seq}, which is no number of it.",
        "SELECT message_id, user_id, mentions.seq FROM mentions JOIN messages ON messages.id = message_id "
        "WHERE mentions.room_id <> messages.room_id OR mentions.seq < messages.seq OR mentions.seq > changed_seq",
    ),
    Rule(
        "Message {id} is deleted, but its text is still there.",
        "SELECT id FROM messages WHERE deleted_at IS NOT NULL AND (source <> '' OR html <> '')",
    ),
    Rule(
        "Message {id} is deleted, but its previews are still there.",
        "SELECT DISTINCT id FROM messages JOIN previews ON message_id = id WHERE deleted_at IS NOT NULL",
    ),
    Rule(
        "Message {id} is deleted, but its reactions are still there.",
        "SELECT DISTINCT id FROM messages JOIN reactions ON message_id = id WHERE deleted_at IS NOT NULL",
    ),
    Rule(
        "Message {id} is deleted, but still pinned.",
        "SELECT id FROM messages WHERE deleted_at IS NOT NULL AND pinned IS NOT NULL",
    ),
    Rule(
        "Message {id} is not deleted, but has neither a text nor files.",
        "SELECT id FROM messages WHERE kind = 'text' AND deleted_at IS NULL AND source = '' AND files IS NULL",
    ),
    Rule(
        "Message {id} is deleted, but its files are still there.",
        "SELECT DISTINCT messages.id FROM messages JOIN files ON message_id = messages.id WHERE deleted_at IS NOT NULL",
    ),
    Rule(
        "Message {id} has {files} files, but {found} belong to it.",
        "SELECT id, coalesce(files, 0) AS files, found FROM (SELECT id, files, (SELECT count(*) FROM files "
        "WHERE message_id = messages.id) AS found FROM messages) AS held WHERE coalesce(files, 0) <> found",
    ),
)

THREADS = (
    Rule(
        "Message {id} has replies, but says it has none.",
        "SELECT id FROM messages WHERE replies IS NULL AND EXISTS "
        "(SELECT 1 FROM messages reply WHERE reply.reply_to = messages.id AND reply.deleted_at IS NULL)",
    ),
    Rule(
        "Message {id} says it has replies, but has none.",
        "SELECT id FROM messages WHERE replies IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM messages reply WHERE reply.reply_to = messages.id AND reply.deleted_at IS NULL)",
    ),
    Rule(
        "Message {id} is a reply, and yet has replies or answers one.",
        "SELECT id FROM messages WHERE reply_to IS NOT NULL AND (replies IS NOT NULL OR reply_to IN "
        "(SELECT answered.id FROM messages answered WHERE answered.reply_to IS NOT NULL))",
    ),
    Rule(
        "User {user_id} follows the thread under message {root_id}, but is not in its room.",
        "SELECT user_id, root_id FROM followers WHERE NOT EXISTS (SELECT 1 FROM members JOIN messages "
        "ON messages.room_id = members.room_id WHERE messages.id = root_id AND members.user_id = followers.user_id)",
    ),
)

SEARCH = (  # of what the index has followed; the rest it will hear of
    Rule(
        "Message {message_id} can be found, but not be read.",
        "SELECT message_id FROM search LEFT JOIN messages ON id = message_id WHERE id IS NULL OR (deleted_at IS NOT "
        "NULL AND changed_seq <= (SELECT seq FROM search_cursors WHERE search_cursors.room_id = messages.room_id))",
    ),
    Rule(
        "Message {id} can be read, but not be found.",
        "SELECT id FROM messages JOIN search_cursors ON search_cursors.room_id = messages.room_id "
        "WHERE kind = 'text' AND deleted_at IS NULL AND changed_seq <= search_cursors.seq "
        "AND NOT EXISTS (SELECT 1 FROM search WHERE message_id = id)",
    ),
)

RULES = (*NUMBERS, *KEYS, *ORPHANS, *EVENTS, *CONTENT, *THREADS, *SEARCH)
