"""When somebody was last here."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
works_with = "0002"


def upgrade() -> None:
    op.add_column("users", sa.Column("seen_at", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("users", "seen_at")
