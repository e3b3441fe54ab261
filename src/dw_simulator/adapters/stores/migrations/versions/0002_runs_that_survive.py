"""Runs with a heartbeat: at most one active for each experiment, and all that going on with one takes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ACTIVE = sa.text("status IN ('QUEUED', 'RUNNING')")
_LEFT = "left unfinished by an earlier version of this program, which kept no heartbeat"


def upgrade() -> None:
    op.execute(
        sa.text(
            "UPDATE generation_runs SET status = 'ABORTED', error = :error, completed_at = started_at "
            "WHERE status = 'RUNNING'"
        ).bindparams(error=_LEFT)
    )
    with op.batch_alter_table("generation_runs") as runs:
        runs.add_column(sa.Column("requested_rows", sa.Text, nullable=False, server_default="{}"))
        runs.add_column(sa.Column("planned_rows", sa.Text, nullable=False, server_default="{}"))
        runs.add_column(sa.Column("compression", sa.String(16), nullable=False, server_default="zstd"))
        runs.add_column(sa.Column("schema_hash", sa.String(80)))
        runs.add_column(sa.Column("token", sa.String(32)))
        runs.add_column(sa.Column("resumes", sa.Integer))
        runs.add_column(sa.Column("stop_reason", sa.Text))
        runs.add_column(sa.Column("heartbeat_at", sa.DateTime))
    op.create_index(
        "one_active_run",
        "generation_runs",
        ["experiment_id"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )


def downgrade() -> None:
    op.drop_index("one_active_run", "generation_runs")
    with op.batch_alter_table("generation_runs") as runs:
        for name in (
            "requested_rows",
            "planned_rows",
            "compression",
            "schema_hash",
            "token",
            "resumes",
            "stop_reason",
            "heartbeat_at",
        ):
            runs.drop_column(name)
