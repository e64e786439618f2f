"""Migrations, which run while nodes of the release before go on working (docs/decisions/0010).

A migration after the first only **expands**:

- It adds tables, and to older ones columns that may be NULL or have a constant default. Nothing that was there is
  renamed, removed, retyped or made stricter; no rows are rewritten. The code takes NULL for "not yet known".
- An index on a table that was there before is made by `online.create_index`, in a migration that does nothing else.
- What no code uses any longer is removed a release later, and the test that holds this rule is told so.

It says, beside `revision`, which code may still work on the tables that it leaves, by the revision which that code
knows as its newest:

    works_with = "0007"

Who leaves that out says: only the code that brings it. A release that is older than `works_with` is refused.
"""
