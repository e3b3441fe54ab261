"""The store's tables, as SQLAlchemy knows them; the migrations make them."""

from datetime import datetime

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

REVISION = "0005"
"""The newest migration; a test compares it with the scripts."""

metadata = MetaData()

experiments = Table(
    "experiments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(63), nullable=False, unique=True),
    Column("schema", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("created_at", DateTime, nullable=False),
)

runs = Table(
    "generation_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "experiment_id",
        Integer,
        ForeignKey("experiments.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("status", String(16), nullable=False),
    # as text: a seed may have more digits than any database's integers
    Column("seed", Text, nullable=False),
    Column("row_counts", Text, nullable=False),
    Column("output_dir", Text, nullable=False),
    Column("program_version", String(32), nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("completed_at", DateTime),
    Column("error", Text),
    Column("traceback", Text),
    Column("requested_rows", Text, nullable=False, server_default="{}"),
    Column("planned_rows", Text, nullable=False, server_default="{}"),
    Column("compression", String(16), nullable=False, server_default="zstd"),
    Column("format", String(16), nullable=False, server_default="parquet"),
    Column("schema_hash", String(80)),
    # names the run's lock and its hidden directory; NULL when nothing of the run is left there
    Column("token", String(32)),
    Column("resumes", Integer),
    Column("stop_reason", Text),
    Column("heartbeat_at", DateTime),
)

loads = Table(
    "loads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "experiment_id",
        Integer,
        ForeignKey("experiments.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("place", Text, nullable=False),
    Column("run_id", Integer, nullable=False),
    Column("loaded_at", DateTime),
)

pools = Table(
    "pools",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "experiment_id",
        Integer,
        ForeignKey("experiments.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("name", Text, nullable=False),
    Column("checksum", String(80), nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime, nullable=False),
    # a JSON list
    Column("content", Text, nullable=False),
    UniqueConstraint("experiment_id", "name"),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "experiment_id",
        Integer,
        ForeignKey("experiments.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("versions", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("taken_at", DateTime, nullable=False),
)

_ACTIVE = text("status IN ('QUEUED', 'RUNNING')")
Index("one_active_run", runs.c.experiment_id, unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)


class utcnow(FunctionElement[datetime]):  # noqa: N801 - a function in SQL
    """The database's own clock: machines that share a store need not agree on the time."""

    type = DateTime()
    inherit_cache = True


@compiles(utcnow, "sqlite")
def _sqlite_now(_element: utcnow, _compiler: SQLCompiler, **_kwargs: bool) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@compiles(utcnow, "postgresql")
def _postgresql_now(_element: utcnow, _compiler: SQLCompiler, **_kwargs: bool) -> str:
    return "(clock_timestamp() AT TIME ZONE 'utc')"
