"""What people want to be told of: by room, and at which hours."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
works_with = "0002"

COLUMNS = (
    ("members", "notify", sa.String(length=16)),
    ("members", "muted", sa.Boolean()),
    ("users", "quiet_from", sa.String(length=5)),
    ("users", "quiet_to", sa.String(length=5)),
    ("users", "quiet_timezone", sa.String(length=64)),
)


def upgrade() -> None:
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind))


def downgrade() -> None:
    for table, name, _ in reversed(COLUMNS):
        op.drop_column(table, name)
