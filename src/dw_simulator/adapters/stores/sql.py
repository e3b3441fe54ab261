"""Experiments and their runs in a database that SQLAlchemy reaches; SQLite by default."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dw_simulator.adapters.stores.database import Database
from dw_simulator.adapters.stores.leases import Leases
from dw_simulator.adapters.stores.ledger import SqlLedger, is_active, run_of, selected_runs
from dw_simulator.adapters.stores.load_records import SqlLoadRecords
from dw_simulator.adapters.stores.pool_records import SqlPoolRecords
from dw_simulator.adapters.stores.relational import experiments, runs, utcnow
from dw_simulator.errors import NameTakenError, RunningError, UnknownNameError, VersionError
from dw_simulator.ports.kept_pools import KeptPool
from dw_simulator.ports.store import Run, Store, StoredExperiment
from dw_simulator.schema.model import Experiment


class SqlStore(Store):
    """The experiment store behind a URL.

    leases  where runs of this machine keep their locks; none where it is None
    ledger  the life of runs
    loads   where experiments were loaded to
    pools   values that other programs have made for experiments
    """

    def __init__(self, url: str, leases: Path | None = None) -> None:
        self.url = url
        self._database = Database(url)
        self.engine = self._database.engine
        self.ledger = SqlLedger(self._database, Leases(leases) if leases else None)
        self.loads = SqlLoadRecords(self._database)
        self.pools = SqlPoolRecords(self._database)

    def close(self) -> None:
        """Give every connection back."""
        self._database.close()

    # --- experiments

    def add_experiment(self, experiment: Experiment, warnings: tuple[str, ...] = ()) -> None:
        """Keep a new experiment. Raises NameTakenError."""
        values = {
            "name": experiment.name,
            "schema": json.dumps(experiment.to_json()),
            "warnings": json.dumps(warnings),
            "created_at": utcnow(),
        }
        with self._database.explained():
            try:
                with self.engine.begin() as connection:
                    connection.execute(insert(experiments).values(values))
            except IntegrityError:
                raise NameTakenError(experiment.name) from None

    def replace_experiment(
        self, experiment: Experiment, version: str, warnings: tuple[str, ...] = ()
    ) -> None:
        """Keep another schema under an experiment's name, with its runs; its fingerprints are forgotten.

        version  of the experiment that is meant; any where it is empty

        Raises what `holding` raises.
        """
        values = {"schema": json.dumps(experiment.to_json()), "warnings": json.dumps(warnings)}
        with self._holding(experiment.name, version) as connection:
            mine = experiments.c.name == experiment.name
            connection.execute(update(experiments).where(mine).values(values))
            self.pools.forget_fingerprints(experiment.name, connection)

    def get_experiment(self, name: str) -> StoredExperiment:
        """The experiment of this name. Raises UnknownNameError with the closest match."""
        with self._database.transaction() as connection:
            row = connection.execute(select(experiments).where(experiments.c.name == name)).mappings().first()
            if row is None:
                raise UnknownNameError("experiment", name, self.names(connection))
        return _experiment(row)

    def list_experiments(self, offset: int = 0, limit: int | None = None) -> list[StoredExperiment]:
        """Every experiment, or a page of them, by name."""
        query = select(experiments).order_by(experiments.c.name).offset(offset).limit(limit)
        with self._database.transaction() as connection:
            return [_experiment(row) for row in connection.execute(query).mappings().all()]

    def count_experiments(self) -> int:
        """How many experiments there are."""
        with self._database.transaction() as connection:
            return int(connection.execute(select(func.count()).select_from(experiments)).scalar_one())

    @contextmanager
    def holding(self, name: str, version: str = "") -> Iterator[None]:
        """Keep runs of an experiment from beginning until the end of the block.

        version  of the experiment that is meant (`StoredExperiment.version`); any where it is empty

        Raises UnknownNameError, RunningError while a run goes on, VersionError when it is another experiment.
        """
        with self._holding(name, version):
            yield

    @contextmanager
    def _holding(self, name: str, version: str) -> Iterator[Connection]:
        """The same, with the transaction that does it."""
        mine = experiments.c.name == name
        with self._database.transaction() as connection:
            # a write, which keeps other writers of SQLite out; and a lock, which a run's INSERT waits for
            connection.execute(update(experiments).where(mine).values(name=name))
            row = connection.execute(select(experiments).where(mine).with_for_update()).mappings().first()
            if row is None:
                raise UnknownNameError("experiment", name, self.names(connection))
            if version and _experiment(row).version != version:
                raise VersionError(name)
            busy = select(runs.c.id).where(runs.c.experiment_id == row["id"], is_active())
            running = connection.execute(busy).scalar()
            if running is not None:
                raise RunningError(name, running)
            yield connection

    @contextmanager
    def deleting(self, name: str, version: str = "") -> Iterator[None]:
        """Forget an experiment and its runs at the end of the block, unless that raises. As `holding`."""
        with self._holding(name, version) as connection:
            yield
            connection.execute(delete(experiments).where(experiments.c.name == name))

    def replace_pools(self, name: str, version: str, made: Mapping[str, KeptPool]) -> None:
        """Keep these pools and no others, and forget the fingerprints. Raises what `holding` raises."""
        with self._holding(name, version) as connection:
            self.pools.replace(name, made, connection)

    @staticmethod
    def names(connection: Connection) -> Sequence[str]:
        """The names of all experiments."""
        return connection.execute(select(experiments.c.name)).scalars().all()

    # --- runs

    def list_generation_runs(self, name: str, offset: int = 0, limit: int | None = None) -> list[Run]:
        """The runs of an experiment, newest first. Raises UnknownNameError."""
        self.ledger.bury_the_dead()
        query = selected_runs().where(experiments.c.name == name).order_by(runs.c.id.desc())
        with self._database.transaction() as connection:
            found = [run_of(row) for row in connection.execute(query.offset(offset).limit(limit)).mappings()]
        if not found:
            self.get_experiment(name)  # is it there at all
        return found

    def count_generation_runs(self, name: str) -> int:
        """How many runs an experiment has."""
        query = select(func.count()).select_from(runs.join(experiments)).where(experiments.c.name == name)
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def get_generation_run(self, run_id: int) -> Run:
        """One run by its number. Raises UnknownNameError."""
        return self.ledger.get(run_id)


def _experiment(row: RowMapping) -> StoredExperiment:
    experiment = Experiment.model_validate(json.loads(row["schema"]))
    return StoredExperiment(experiment, row["created_at"], tuple(json.loads(row["warnings"])))
