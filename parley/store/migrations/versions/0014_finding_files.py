"""Messages with files can be found."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
works_with = "0002"


def upgrade() -> None:
    op.add_column("search", sa.Column("has_file", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("search", "has_file")
