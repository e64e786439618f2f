"""How often somebody has set their read position in a room back, to mark something unread."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
works_with = "0002"


def upgrade() -> None:
    op.add_column("members", sa.Column("read_generation", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("members", "read_generation")
