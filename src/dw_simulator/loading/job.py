"""Loading what a run has made into a warehouse, and keeping account of where that was."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from filelock import FileLock, Timeout

from dw_simulator.errors import RequestError, UnrecordedError, WarehouseError
from dw_simulator.ports.manifest import Manifest, TableEntry
from dw_simulator.ports.plan import LoadOrder, Plan
from dw_simulator.ports.progress import RunEvent, Watch, speed
from dw_simulator.ports.store import Run
from dw_simulator.ports.warehouse import Load, LoadSummary
from dw_simulator.registry.manager import Registry
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Experiment, Table
from dw_simulator.settings import Settings

_TELL_SECONDS = 0.1
_TURN_SECONDS = 60.0
_REPLACED = "{} was replaced while it was loaded; load again"


@dataclass(frozen=True)
class LoadJob:
    """A load that was found sound.

    source  the sink that the run has written to, for reading
    order   of tables; where something cannot be loaded at once, the plan says so there
    """

    run: Run
    experiment: Experiment
    version: str
    document: Manifest
    source: Any
    order: LoadOrder
    watch: Watch = lambda _event: None
    check: Callable[[], None] = lambda: None

    @property
    def rows(self) -> dict[str, int]:
        return {table.name: table.rows for table in self.document.tables}


def _configured(settings: Settings, target: str | None) -> str:
    """The configured warehouse of an experiment's `target_warehouse`; DuckDB where it names none.

    Raises RequestError with the variable that is missing.
    """
    if target in (None, "duckdb"):
        return f"duckdb://{settings.home.absolute() / 'warehouse.duckdb'}"
    family = "snowflake" if target == "snowflake" else "redshift"
    if target not in ("redshift", "postgres", "snowflake"):
        raise RequestError(f"there is no warehouse for {target}; load into another with --to URL")
    url: str = getattr(settings, f"{family}_url").get_secret_value()
    if not url:
        variable = f"DW_SIM_{family.upper()}_URL"
        raise RequestError(f"no {target} is configured; set {variable}, or start one: dw-sim stack up")
    return url


def _without_checks(experiment: Experiment) -> Experiment:
    """The experiment as a warehouse can enforce it: not every CHECK can be followed."""

    def relieved(table: Table) -> Table:
        return table.model_copy(update={"checks": ()})

    return experiment.model_copy(update={"tables": tuple(map(relieved, experiment.tables))})


def check_same(run: Run, document: Manifest) -> None:
    """Raise RequestError where the output of a run is not there any more, but that of another."""
    if not document.is_of(run):
        raise RequestError(
            f"the output of run {run.id} in {run.output_dir} was replaced by that of another; "
            f"generate it again with --seed {run.seed}"
        )


class Warehouses:
    """The warehouses of this installation, and the account of what is in them.

    persistence  the experiment store, for its `loads`
    """

    def __init__(self, settings: Settings, registry: Registry, persistence: Any) -> None:
        self._settings, self._registry, self._records = settings, registry, persistence.loads

    def open(self, experiment: Experiment, to: str | None = None) -> Any:
        """The `adapters.warehouses.Warehouse` at a URL, or the configured one of the experiment."""
        url = to or _configured(self._settings, experiment.target_warehouse)
        scheme, found, _rest = url.partition("://")
        if not found:
            raise RequestError("that is not the URL of a warehouse; write duckdb:///path/to/file, say")
        return self._registry.load("warehouse", scheme)(url)

    def load(self, job: LoadJob, warehouse: Any) -> LoadSummary:
        """Fill a warehouse with the tables of a run, all or none, and keep account of it."""
        name, place = job.experiment.name, warehouse.place
        described = self._described(job.experiment, warehouse, job.order, job.rows)
        load = replace(
            described, run_id=job.run.id, owner=_owner(job.experiment, job.version), check=job.check
        )
        warehouse.check(load)
        is_new, teller = self._records.begin(name, place, job.run.id), _Teller(job)
        try:
            with self._turn(name):
                summary = _carry_out(job, warehouse, load, teller)
        except BaseException:
            if is_new and not teller.showing:
                self._records.forget(name, place)
            raise
        if not self._records.end(name, place, job.run.id):
            warehouse.drop(name, load.owner)
            raise WarehouseError(f"{name} was deleted while it was loaded; its tables are dropped again")
        teller.tell(final="COMPLETED")
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

    def check(self, experiment: Experiment, version: str, plan: Plan) -> None:
        """Raise where the experiment's warehouse will not take what a plan makes."""
        warehouse = self.open(experiment)
        warehouse.check(self.described(experiment, version, warehouse, plan))

    def described(self, experiment: Experiment, version: str, warehouse: Any, plan: Plan) -> Load:
        """What a warehouse is to be told of a plan's tables."""
        rows = {table.name: table.rows for table in plan.tables}
        load = self._described(experiment, warehouse, plan.load_order, rows)
        return replace(load, owner=_owner(experiment, version))

    @contextmanager
    def accounted(self, name: str, place: str, run_id: int) -> Iterator[None]:
        """Keep account of tables that the block makes somewhere; one that fails has made none."""
        is_new = self._records.begin(name, place, run_id)
        try:
            with self._turn(name):
                yield
        except BaseException as error:
            if is_new and not isinstance(error, UnrecordedError):
                self._records.forget(name, place)
            raise
        self._records.end(name, place, run_id)

    def drop(self, experiment: Experiment, version: str) -> None:
        """Drop an experiment's tables wherever they were loaded."""
        for warehouse in self.former(experiment):
            warehouse.drop(experiment.name, _owner(experiment, version))

    def empty(self, experiment: Experiment, version: str) -> None:
        """Empty an experiment's tables wherever they were loaded."""
        for warehouse in self.former(experiment):
            warehouse.empty(experiment.name, _owner(experiment, version))

    def _described(
        self, experiment: Experiment, warehouse: Any, order: LoadOrder, rows: Mapping[str, int]
    ) -> Load:
        experiment = _without_checks(enforceable(experiment)[0])
        write = self._registry.load("dialect", warehouse.dialect).write
        ddl = partial(write, experiment)
        return Load(experiment, experiment.name, ddl, order, rows)

    def current(self, experiment: Experiment) -> Any:
        """The warehouse that an experiment was loaded into last. Raises RequestError for none."""
        places = self._records.of(experiment.name)
        if not places:
            told = f"{experiment.name} was not loaded into any warehouse"
            raise RequestError(f"{told}; first: dw-sim experiment load {experiment.name}")
        return self._reopened(experiment, places[-1])

    def former(self, experiment: Experiment) -> list[Any]:
        """Every warehouse that holds an experiment's tables."""
        return [self._reopened(experiment, place) for place in self._records.of(experiment.name)]

    def _reopened(self, experiment: Experiment, place: str) -> Any:
        """The warehouse of a place: the configured one, if that is the same, as passwords are not kept."""
        for target in ("redshift", "snowflake"):
            with suppress(RequestError):
                warehouse = self.open(experiment, _configured(self._settings, target))
                if _same_database(warehouse.place, place):
                    return warehouse
        return self.open(experiment, place)


def _owner(experiment: Experiment, version: str) -> str:
    """Tells an experiment from others of its name: of other stores, or deleted since."""
    return f"{experiment.name}@{version}"


def _same_database(one: str, other: str) -> bool:
    """Whether two URLs without passwords differ in options only."""
    return one == other or ("?host=" not in one and one.partition("?")[0] == other.partition("?")[0])


def _carry_out(job: LoadJob, warehouse: Any, load: Load, teller: "_Teller") -> LoadSummary:
    began = time.perf_counter()
    with warehouse.fill(load) as filling:
        for name in job.order.tables:
            entry = next(table for table in job.document.tables if table.name == name)
            _fill(filling, job, entry, teller)
        if job.source.manifest() != job.document:
            raise WarehouseError(_REPLACED.format(job.run.output_dir))
        teller.showing = True
        loaded = filling.finish()
    seconds = time.perf_counter() - began
    warnings = tuple(dict.fromkeys([*loaded.warnings, *_left_out(job.experiment)]))
    return LoadSummary(
        job.run.id,
        job.experiment.name,
        warehouse.place,
        load.schema,
        dict(loaded.counts),
        loaded.how,
        seconds,
        warnings,
    )


def _left_out(experiment: Experiment) -> Iterator[str]:
    yield from enforceable(experiment)[1]
    for table in experiment.tables:
        if table.checks:
            yield f"{table.name}: CHECK is left out; the rows follow what the run has not warned of"


def _fill(filling: Any, job: LoadJob, entry: TableEntry, teller: "_Teller") -> None:
    for number, part in enumerate(entry.parts):
        job.check()
        wrong = job.source.problem_with(part)
        if not job.source.is_file_of(part.file, entry.name, number):
            wrong = "is not a file of this table"
        if wrong and job.source.manifest() != job.document:
            raise WarehouseError(_REPLACED.format(job.run.output_dir))
        if wrong:
            raise RequestError(f"{job.run.output_dir}/{part.file} {wrong}; generate again")
        file = job.source.local_file(part)
        if file is not None and filling.append_files(entry.name, [file]):
            teller.advance(entry.name, part.rows)
        else:
            columns = next(table.columns for table in job.experiment.tables if table.name == entry.name)
            filling.append(entry.name, teller.counting(entry.name, job.source.reader(part, columns)))


@dataclass
class _Teller:
    """Tells how far a load is.

    showing  whether the tables may be in the warehouse already, whatever happens now
    """

    job: LoadJob
    done: dict[str, int] = field(init=False)
    began: float = field(default_factory=time.monotonic)
    told: float = 0.0
    showing: bool = False

    def __post_init__(self) -> None:
        self.done = dict.fromkeys(self.job.rows, 0)

    def counting(self, table: str, batches: Any) -> Any:
        """The same batches, counted as they go by."""

        def each() -> Iterator[Any]:
            for batch in batches:
                self.job.check()
                yield batch
                self.advance(table, batch.num_rows)

        return type(batches).from_batches(batches.schema, each())

    def advance(self, table: str, rows: int) -> None:
        """More rows of a table are in."""
        self.done[table] += rows
        if time.monotonic() - self.told > _TELL_SECONDS:
            self.told = time.monotonic()
            self.tell()

    def tell(self, final: str | None = None) -> None:
        """Send an event."""
        job, total = self.job, self.job.rows
        rate, left = speed(sum(self.done.values()), sum(total.values()), time.monotonic() - self.began)
        event = RunEvent(
            job.run.id, job.experiment.name, final or "LOADING", dict(self.done), total, rate, left
        )
        with suppress(Exception):  # who watches a load does not decide about it
            job.watch(event)
