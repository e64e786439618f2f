"""What people are found by: their names as search compares them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
works_with = "0002"


def upgrade() -> None:
    op.add_column("users", sa.Column("folded", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "folded")
