"""Runs whose files are not Parquet."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("generation_runs") as runs:
        runs.add_column(sa.Column("format", sa.String(16), nullable=False, server_default="parquet"))


def downgrade() -> None:
    with op.batch_alter_table("generation_runs") as runs:
        runs.drop_column("format")
