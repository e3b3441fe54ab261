"""Experiments and their runs in any database that SQLAlchemy reaches; SQLite by default."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from dw_simulator.errors import NameTakenError, StoreError, UnknownNameError
from dw_simulator.model import Experiment

REVISION = "0001"
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
)


@dataclass(frozen=True)
class StoredExperiment:
    """An experiment as it is kept."""

    experiment: Experiment
    created_at: datetime
    warnings: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.experiment.name


@dataclass(frozen=True)
class Run:
    """One generation: what was asked, what came of it. Times are UTC."""

    id: int
    experiment: str
    status: str
    seed: int
    row_counts: Mapping[str, int]
    output_dir: str
    program_version: str
    started_at: datetime
    completed_at: datetime | None
    error: str | None
    traceback: str | None


class Store:
    """The experiment store behind a URL. Its schema is brought up to date when it is opened."""

    def __init__(self, url: str) -> None:
        self.url = url
        with self._explained():
            parsed = make_url(url)
            if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
                Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(parsed)
            if self.engine.dialect.name == "sqlite":
                event.listen(self.engine, "connect", _sqlite_manners)
            self._migrate()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _migrate(self) -> None:
        with self.engine.connect() as connection:
            if inspect(connection).has_table("alembic_version"):
                current = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
                if current == REVISION:
                    return
        from dw_simulator.adapters.stores.migrate import upgrade  # noqa: PLC0415 - Alembic is slow to import

        upgrade(self.engine)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, ArgumentError, OSError, ImportError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            where = make_safe(self.url)
            message = f"the experiment store {where} fails: {reason}; check DW_SIM_STORE_URL and DW_SIM_HOME"
            raise StoreError(message) from error

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._explained(), self.engine.begin() as connection:
            yield connection

    # --- experiments

    def add_experiment(self, experiment: Experiment, warnings: tuple[str, ...] = ()) -> None:
        """Keep a new experiment. Raises NameTakenError."""
        values = {
            "name": experiment.name,
            "schema": json.dumps(experiment.to_json()),
            "warnings": json.dumps(warnings),
            "created_at": _now(),
        }
        with self._explained():
            try:
                with self.engine.begin() as connection:
                    connection.execute(insert(experiments).values(values))
            except IntegrityError:
                raise NameTakenError(experiment.name) from None

    def get_experiment(self, name: str) -> StoredExperiment:
        """The experiment of this name. Raises UnknownNameError with the closest match."""
        with self._transaction() as connection:
            row = connection.execute(select(experiments).where(experiments.c.name == name)).mappings().first()
            if row is None:
                known = connection.execute(select(experiments.c.name)).scalars().all()
                raise UnknownNameError("experiment", name, known)
        return _experiment(row)

    def list_experiments(self) -> list[StoredExperiment]:
        """Every experiment, by name."""
        with self._transaction() as connection:
            rows = connection.execute(select(experiments).order_by(experiments.c.name)).mappings().all()
        return [_experiment(row) for row in rows]

    def delete_experiment(self, name: str) -> None:
        """Forget an experiment and its runs. Raises UnknownNameError."""
        self.get_experiment(name)
        with self._transaction() as connection:
            connection.execute(delete(experiments).where(experiments.c.name == name))

    # --- runs

    def start_run(self, name: str, *, seed: int, output_dir: str, program_version: str) -> int:
        """Record that a run has begun; returns its number."""
        with self._transaction() as connection:
            owner = select(experiments.c.id).where(experiments.c.name == name).scalar_subquery()
            statement = insert(runs).values(
                experiment_id=owner,
                status="RUNNING",
                seed=str(seed),
                row_counts="{}",
                output_dir=output_dir,
                program_version=program_version,
                started_at=_now(),
            )
            return int(connection.execute(statement.returning(runs.c.id)).scalar_one())

    def finish_run(
        self,
        run_id: int,
        status: str,
        *,
        row_counts: Mapping[str, int] | None = None,
        error: str | None = None,
        traceback: str | None = None,
    ) -> None:
        """Record how a run ended: COMPLETED, FAILED or ABORTED."""
        values = {
            "status": status,
            "completed_at": _now(),
            "row_counts": json.dumps(dict(row_counts or {})),
            "error": error,
            "traceback": traceback,
        }
        with self._transaction() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(values))

    def list_generation_runs(self, name: str) -> list[Run]:
        """The runs of an experiment, newest first. Raises UnknownNameError."""
        self.get_experiment(name)
        query = _runs().where(experiments.c.name == name).order_by(runs.c.id.desc())
        with self._transaction() as connection:
            return [_run(row) for row in connection.execute(query).mappings()]

    def get_generation_run(self, run_id: int) -> Run:
        """One run by its number. Raises UnknownNameError."""
        with self._transaction() as connection:
            row = connection.execute(_runs().where(runs.c.id == run_id)).mappings().first()
        if row is None:
            raise UnknownNameError("run", str(run_id))
        return _run(row)


def _runs() -> Any:
    return select(runs, experiments.c.name.label("experiment")).join(experiments)


def _experiment(row: Mapping[Any, Any]) -> StoredExperiment:
    experiment = Experiment.model_validate(json.loads(row["schema"]))
    return StoredExperiment(experiment, row["created_at"], tuple(json.loads(row["warnings"])))


def _run(row: Mapping[Any, Any]) -> Run:
    names = (
        "id",
        "experiment",
        "status",
        "output_dir",
        "program_version",
        "started_at",
        "completed_at",
        "error",
        "traceback",
    )
    kept = {name: row[name] for name in names}
    return Run(seed=int(row["seed"]), row_counts=json.loads(row["row_counts"]), **kept)


def _sqlite_manners(connection: Any, _record: Any) -> None:
    """Enforce foreign keys, and let readers and a writer of several processes get along."""
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def make_safe(url: str) -> str:
    """The URL without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(a URL that cannot be read)"


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
