"""The warehouses of this installation: which one is meant, what it is told of tables, and what is in it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

from filelock import FileLock, Timeout

from dw_simulator.errors import RequestError, UnrecordedError, WarehouseError
from dw_simulator.loading.absent_types import without_absent
from dw_simulator.loading.job import LoadJob, LoadProgress, carry_out
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.ports.store import LoadRecords, StoredExperiment
from dw_simulator.ports.warehouse import LoadSummary, LoadTask, Warehouse
from dw_simulator.registry.manager import Registry
from dw_simulator.runs.beginning import Beginning
from dw_simulator.runs.execution import Job
from dw_simulator.runs.request import check_for_tables
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Experiment
from dw_simulator.schema.placed import Placed, placed, schemas_of
from dw_simulator.settings import Settings

_TURN_SECONDS = 60.0


class Destinations:
    """The warehouses that tables may be loaded into, and the account of what is in them."""

    def __init__(self, settings: Settings, registry: Registry, records: LoadRecords) -> None:
        self._settings, self._registry, self._records = settings, registry, records

    # --- which one

    def open(self, experiment: Experiment, to: str | None = None) -> Warehouse:
        """The warehouse at a URL, or the experiment's own. Raises RequestError."""
        url = to or self._own(experiment.target_warehouse)
        scheme, found, _rest = url.partition("://")
        if not found:
            raise RequestError("that is not the URL of a warehouse; write duckdb:///path/to/file, say")
        return self._registry.warehouses.get(scheme)(url)

    def _own(self, target: str | None) -> str:
        """Where the warehouse of a dialect is, or of the default one.

        Raises RequestError with the variable that is missing.
        """
        name = target or self._registry.dialects.default
        address = self._registry.dialects.get(name).warehouse
        if address is None:
            raise RequestError(f"there is no warehouse for {name}; load into another with --to URL")
        url = self._settings.url_of(address.setting) or address.url
        if not url:
            variable = f"DW_SIM_{address.setting.upper()}"
            raise RequestError(f"no {name} is configured; set {variable}, or start one: dw-sim stack up")
        return url.replace("{home}", str(self._settings.home.absolute()))

    def current(self, experiment: Experiment) -> Warehouse:
        """The warehouse that an experiment was loaded into last. Raises RequestError for none."""
        places = self._records.of(experiment.name)
        if not places:
            reason = f"{experiment.name} was not loaded into any warehouse"
            raise RequestError(f"{reason}; first: dw-sim experiment load {experiment.name}")
        return self._reopened(experiment, places[-1])

    def former(self, experiment: Experiment) -> list[Warehouse]:
        """Every warehouse that holds an experiment's tables."""
        return [self._reopened(experiment, place) for place in self._records.of(experiment.name)]

    def _reopened(self, experiment: Experiment, place: str) -> Warehouse:
        """The warehouse of a place: a configured one, if that is the same, as passwords are not kept."""
        for name, dialect in self._registry.dialects.usable().items():
            if dialect.warehouse is not None and dialect.warehouse.setting:
                with suppress(RequestError):
                    warehouse = self.open(experiment, self._own(name))
                    if _same_database(warehouse.place, place):
                        return warehouse
        return self.open(experiment, place)

    # --- what it is told

    def _tasks(
        self, stored: StoredExperiment, warehouse: Warehouse, order: LoadOrder, rows: Mapping[str, int]
    ) -> list[LoadTask]:
        """What is to be loaded, by the schemas that it is loaded into."""
        experiment, told = without_absent(_without_checks(enforceable(stored.experiment)[0]), warehouse)
        write, owner = self._registry.dialects.get(warehouse.dialect).write, owner_of(stored)
        return [
            LoadTask(
                one.experiment,
                one.schema,
                partial(write, one.experiment),
                _order_there(order, one),
                {one.names[name]: count for name, count in rows.items() if name in one.names},
                owner=owner,
                names=one.names,
                unsaid=(*told, *one.warnings),
            )
            for one in placed(experiment)
        ]

    def found_sound(self, stored: StoredExperiment, run: Beginning) -> Beginning:
        """A run that begins, as the databases have it that it goes into or is loaded into.

        Raises RequestError for what a run into a database cannot do, and what its sink and its warehouse
        have to say against it.
        """
        order, rows, filled = run.plan.load_order, run.plan.counts, run.sink.warehouse
        if filled is not None:
            check_for_tables(run.request, self._registry.executors.default)
            run = run.table_by_table()
            run.sink.describe(_only(self._tasks(stored, filled, order, rows)))
        run.sink.check(run.plan)
        if run.request.load:
            warehouse = self.open(stored.experiment)
            for task in self._tasks(stored, warehouse, order, rows):
                warehouse.check(task)
        return run

    # --- what is in it

    def load(self, job: LoadJob, warehouse: Warehouse) -> LoadSummary:
        """Fill a warehouse with the tables of a run, all or none, and keep account of it."""
        name, place = job.stored.name, warehouse.place
        described = self._tasks(job.stored, warehouse, job.order, job.rows)
        tasks = [replace(task, run_id=job.run.id, check=job.check) for task in described]
        for task in tasks:
            warehouse.check(task)
        is_new, progress = self._records.begin(name, place, job.run.id), LoadProgress(job)
        try:
            with self._turn(name):
                summary = carry_out(job, warehouse, tasks, progress)
        except BaseException:
            if is_new and not progress.showing:
                self._records.forget(name, place)
            raise
        if not self._records.end(name, place, job.run.id):
            for task in tasks:
                warehouse.drop(task.schema, task.owner)
            raise WarehouseError(f"{name} was deleted while it was loaded; its tables are dropped again")
        progress.tell(final="COMPLETED")
        return summary

    @contextmanager
    def _turn(self, name: str) -> Iterator[None]:
        """Loads of an experiment take turns on this machine; databases keep those of others apart."""
        locks = self._settings.home / "loads"
        locks.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(locks / f"{name}.lock", timeout=_TURN_SECONDS, thread_local=False):
                yield
        except Timeout:
            raise WarehouseError(f"{name} is being loaded already; try again when that has ended") from None

    @contextmanager
    def accounted(self, job: Job) -> Iterator[None]:
        """Keep account of tables that a run makes in a database, if it does; one that fails has made none."""
        if job.sink.warehouse is None:
            yield
            return
        name, place = job.experiment.name, job.sink.warehouse.place
        is_new = self._records.begin(name, place, job.run_id)
        try:
            with self._turn(name):
                yield
        except BaseException as error:
            if is_new and not isinstance(error, UnrecordedError):
                self._records.forget(name, place)
            raise
        self._records.end(name, place, job.run_id)

    def drop(self, stored: StoredExperiment) -> None:
        """Drop an experiment's tables wherever they were loaded."""
        for warehouse in self.former(stored.experiment):
            for schema in schemas_of(stored.experiment):
                warehouse.drop(schema, owner_of(stored))

    def empty(self, stored: StoredExperiment) -> None:
        """Empty an experiment's tables wherever they were loaded."""
        for warehouse in self.former(stored.experiment):
            for schema in schemas_of(stored.experiment):
                warehouse.empty(schema, owner_of(stored))


def owner_of(stored: StoredExperiment) -> str:
    """Tells an experiment from others of its name: of other stores, or deleted since."""
    return f"{stored.name}@{stored.version}"


def _order_there(order: LoadOrder, there: Placed) -> LoadOrder:
    """The order of the tables of one schema, under the names that they have there."""
    later = (
        replace(one, table=there.names[one.table], reference=there.reference(one.reference))
        for one in order.later
        if {one.table, one.reference.references_table} <= there.names.keys()
    )
    return LoadOrder(tuple(there.names[name] for name in order.tables if name in there.names), tuple(later))


def _only(tasks: Sequence[LoadTask]) -> LoadTask:
    """The one task of a run that fills tables as it makes them. Raises RequestError for several schemas."""
    if len(tasks) > 1:
        schemas = ", ".join(task.schema for task in tasks)
        raise RequestError(
            f"the tables go into several schemas ({schemas}), and a run fills one; generate files, and then: "
            "dw-sim experiment load NAME --to URL"
        )
    return tasks[0]


def _without_checks(experiment: Experiment) -> Experiment:
    """The experiment as a warehouse can enforce it: not every CHECK can be followed."""
    return experiment.changed(tables=tuple(table.changed(checks=()) for table in experiment.tables))


def _same_database(one: str, other: str) -> bool:
    """Whether two URLs without passwords differ in options only."""
    return one == other or ("?host=" not in one and one.partition("?")[0] == other.partition("?")[0])
