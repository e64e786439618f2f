"""The only place with SQLAlchemy: tables, queries, migrations and the committer."""
