"""The next release of Parley, as far as its migrations go."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.config import Config

from parley.store import revisions

HEAD = """
import sqlalchemy as sa
from alembic import op
from parley.store.migrations.online import create_index

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None
"""


@contextmanager
def next_release(folder: Path, migrations: Sequence[str]) -> Iterator[list[str]]:
    """Within, this process is of a release that has these migrations as well; their revisions.

    Each is what follows the head of its file: `works_with`, if it says so, and `upgrade`.
    """
    ours = revisions._alembic
    (folder / "next").mkdir(exist_ok=True)
    names = [f"next{number}" for number in range(len(migrations))]
    for before, name, body in zip([revisions.newest(), *names], names, migrations, strict=False):
        (folder / "next" / f"{name}.py").write_text(HEAD.format(revision=name, before=before) + body)

    def theirs() -> Config:
        configuration = ours()
        versions = Path(revisions.__file__).parent / "migrations" / "versions"
        configuration.set_main_option("version_locations", f"{versions}{os.pathsep}{folder / 'next'}")
        configuration.set_main_option("path_separator", "os")
        return configuration

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revisions, "_alembic", theirs)
        yield names
