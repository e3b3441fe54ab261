"""The values that other programs made for an experiment, and fingerprints of its columns."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _owner(*, unique: bool = False) -> "sa.Column[int]":
    owner = sa.ForeignKey("experiments.id", ondelete="CASCADE")
    return sa.Column("experiment_id", sa.Integer, owner, nullable=False, index=not unique, unique=unique)


def upgrade() -> None:
    op.create_table(
        "pools",
        sa.Column("id", sa.Integer, primary_key=True),
        _owner(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("checksum", sa.String(80), nullable=False, index=True),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.UniqueConstraint("experiment_id", "name"),
    )
    op.create_table(
        "fingerprints",
        sa.Column("id", sa.Integer, primary_key=True),
        _owner(unique=True),
        sa.Column("versions", sa.Text, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("taken_at", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("fingerprints")
    op.drop_table("pools")
