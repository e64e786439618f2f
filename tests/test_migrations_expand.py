"""A migration after the first only expands (docs/decisions/0010), as far as a machine can see it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, inspect

from parley.settings import Settings
from parley.store import revisions
from parley.store.engines import writing_engine
from parley.store.revisions import upgrade_to
from tests.releases import next_release

# What a later release took away because no code used it since the release before: by revision, as `faults` says it.
RETIRED: dict[str, set[str]] = {}

BLOCKS = re.compile(r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)\S+ ON (\w+)")
REWRITES = re.compile(r"(?:UPDATE|DELETE FROM) (\w+)")
ITS_OWN = {"alembic_version", "facts"}  # what an upgrade keeps about itself

Schema = dict[str, dict[str, Any]]  # for each table, what it has and how that is


def schema_of(connection: Connection) -> Schema:
    """The columns of each table, and what they are held to; the key of an entry says what it is about."""
    found: Schema = {}
    look = inspect(connection)
    for table in set(look.get_table_names()) - {"alembic_version"}:
        entries = found[table] = {}
        for column in look.get_columns(table):
            free = column["nullable"] or column["default"] is not None
            entries[f"column {column['name']}"] = (str(column["type"]), column["nullable"], free)
        for index in look.get_indexes(table):
            entries[f"index {index['name']}"] = (index["column_names"], index["unique"])
        rules: list[tuple[str, Mapping[str, Any]]] = [
            ("key", look.get_pk_constraint(table)),
            *(("key", each) for each in look.get_foreign_keys(table)),
        ]
        rules += [("unique", each) for each in look.get_unique_constraints(table)]
        rules += [("check", each) for each in look.get_check_constraints(table)]
        for kind, rule in rules:
            entries[f"{kind} {rule['name']}"] = {name: each for name, each in rule.items() if name != "comment"}
    return found


def narrower(before: Schema, after: Schema) -> Iterator[str]:
    """What code that knows the tables before could not do on those after."""
    for table, entries in before.items():
        if table not in after:
            yield f"removes the table {table}"
            continue
        now = after[table]
        for name, entry in entries.items():
            if name not in now:
                yield f"removes {table}: {name}"
            elif now[name] != entry:
                yield f"changes {table}: {name}"
        fresh = {name.removeprefix("column ") for name in now.keys() - entries.keys() if name.startswith("column ")}
        for name in sorted(now.keys() - entries.keys()):
            match name.split()[0], now[name]:
                case "column", (_, _, False):
                    yield f"requires {table}: {name}"
                case "index", (columns, True) if not fresh & set(columns):
                    yield f"restricts {table}: {name}"
                case (("unique" | "check"), _):
                    yield f"restricts {table}: {name}"
                case "key", dict(rule) if not fresh & set(rule["constrained_columns"]):
                    yield f"restricts {table}: {name}"


def faults(engine: Engine) -> dict[str, list[str]]:
    """What each migration after the first breaks, by revision: run one after the other on an empty PostgreSQL."""
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    scripts = list(ScriptDirectory.from_config(revisions._alembic()).walk_revisions())[::-1]
    found: dict[str, list[str]] = {}
    before: Schema = {}
    with engine.connect() as connection:
        for script in scripts:
            said.clear()
            upgrade_to(connection, script.revision)
            statements = "\n".join(said)
            after = schema_of(connection)
            connection.commit()
            if before:
                faults = list(narrower(before, after))
                faults += [f"blocks who writes to {table}" for table in BLOCKS.findall(statements) if table in before]
                touched = set(REWRITES.findall(statements)) & before.keys() - ITS_OWN
                faults += [f"rewrites rows of {table}" for table in sorted(touched)]
                oldest = getattr(script.module, revisions.WORKS_WITH, None)
                if oldest is None or not revisions.known(oldest):
                    faults.append("does not say which code it works with")
                found[script.revision] = [each for each in faults if each not in RETIRED.get(script.revision, ())]
            before = after
    return found


@pytest.fixture
def engine(postgres: str) -> Iterator[Engine]:
    made = writing_engine(Settings(database_url=postgres))
    yield made
    made.dispose()


def test_every_migration_after_the_first_only_expands(engine: Engine) -> None:
    assert {revision: found for revision, found in faults(engine).items() if found} == {}


EXPANDS = """
    op.create_table(
        "badges",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False, unique=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), nullable=False, index=True),
    )
    op.add_column("users", sa.Column("motto", sa.Text()))
    op.add_column("users", sa.Column("badge_id", sa.BigInteger(), sa.ForeignKey("badges.id")))
    op.add_column("messages", sa.Column("mood", sa.Text(), nullable=False, server_default="calm"))
"""


@pytest.mark.parametrize(
    ("does", "found"),
    [
        (EXPANDS, []),
        ('create_index("ix_messages_kind", "messages", ["kind"])', []),
        ('op.drop_table("reactions")', ["removes the table reactions"]),
        ('op.drop_column("users", "banned_at")', ["removes users: column banned_at"]),
        (
            'op.alter_column("users", "banned_at", new_column_name="away_at")',
            ["removes users: column banned_at"],
        ),
        ('op.alter_column("users", "banned_at", nullable=False)', ["changes users: column banned_at"]),
        ('op.alter_column("users", "banned_at", type_=sa.Text())', ["changes users: column banned_at"]),
        (
            'op.add_column("users", sa.Column("motto", sa.Text(), nullable=False))',
            ["requires users: column motto"],
        ),
        (
            'op.create_unique_constraint("uq", "users", ["name"])',
            ["restricts users: index uq", "restricts users: unique uq"],
        ),
        (
            'op.create_index("uq", "users", ["name"], unique=True)',
            ["restricts users: index uq", "blocks who writes to users"],
        ),
        ('op.create_check_constraint("ck", "users", "name <> \'\'")', ["restricts users: check ck"]),
        (
            'op.create_foreign_key("fk", "members", "users", ["read_seq"], ["id"])',
            ["restricts members: key fk"],
        ),
        (
            'op.drop_constraint("uq_users_name_key", "users")',
            ["removes users: index uq_users_name_key", "removes users: unique uq_users_name_key"],
        ),
        ('op.drop_index("ix_members_user_id")', ["removes members: index ix_members_user_id"]),
        ('op.create_index("ix", "messages", ["kind"])', ["blocks who writes to messages"]),
        ("op.execute(\"UPDATE users SET name = 'x'\")", ["rewrites rows of users"]),
    ],
)
def test_the_rule_can_stop_somebody(engine: Engine, tmp_path: Path, does: str, found: list[str]) -> None:
    body = 'works_with = "0001"\n\ndef upgrade():\n    ' + does.strip() + "\n"
    with next_release(tmp_path, [body]) as names:
        assert faults(engine)[names[0]] == found


@pytest.mark.parametrize("declared", ["", 'works_with = "9999"'])
def test_who_may_go_on_working_has_to_be_said(engine: Engine, tmp_path: Path, declared: str) -> None:
    with next_release(tmp_path, [declared + "\n\ndef upgrade():\n    pass\n"]) as names:
        assert faults(engine)[names[0]] == ["does not say which code it works with"]
