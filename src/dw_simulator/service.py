"""ExperimentService: the use cases, and the one door for the command line, HTTP and Python."""

import os
import secrets
import shutil
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dw_simulator import __version__, inference, schema
from dw_simulator.engine import planning
from dw_simulator.engine.planning import Plan
from dw_simulator.engine.rules import Refusal, Rule
from dw_simulator.engine.run import Execution, Progress, no_progress
from dw_simulator.errors import (
    DwSimError,
    Problem,
    RequestError,
    RunAbortedError,
    RunError,
    SchemaError,
    StoreError,
    closest,
)
from dw_simulator.model import WAREHOUSES, Experiment, RuleSpec
from dw_simulator.registry import Registry, registry
from dw_simulator.settings import Settings
from dw_simulator.types import Kind

COMPRESSIONS = ("zstd", "snappy", "none")
MAX_SEED = (1 << 63) - 1
MAX_PREVIEW = 10_000


@dataclass(frozen=True)
class GenerateRequest:
    """A run as it is asked for; whatever is left out gets a default.

    rows        other row counts than the schema's, by table
    seed        drawn and recorded when it is None
    output_dir  a managed directory of the experiment when it is None
    workers     how many at once; as many as there are cores when it is None. It changes no value.
    started     told the plan before the first row is made
    progress    told of a table and of how many more of its rows are done
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    seed: int | None = None
    output_dir: Path | None = None
    compression: str = "zstd"
    workers: int | None = None
    executor: str = "threads"
    started: Callable[[Plan], None] = lambda _plan: None
    progress: Progress = no_progress


@dataclass(frozen=True)
class Summary:
    """What a run has made."""

    run_id: int
    experiment: str
    seed: int
    output_dir: str
    row_counts: Mapping[str, int]
    files: Mapping[str, Sequence[str]]
    bytes: int
    seconds: float
    warnings: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(self.row_counts.values())


@dataclass(frozen=True)
class Preview:
    """Some rows of a table, as a run with this seed would make them.

    total  how many rows the whole table has
    """

    experiment: str
    table: str
    seed: int
    offset: int
    total: int
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Created:
    """A stored experiment, and what its author should know."""

    experiment: Experiment
    warnings: tuple[str, ...]


class ExperimentService:
    """Everything a user can ask for.

    Raises the errors of `errors`; nothing is written before a request has been found sound.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.registry: Registry = registry()

    @cached_property
    def persistence(self) -> Any:
        """The experiment store (`adapters.stores.sql.Store`), opened when it is first needed."""
        return self.registry.load("store", "sql")(self.settings.store)

    # --- experiments

    def create(self, data: object) -> Created:
        """Store a schema, given as decoded JSON or as a path to a JSON or YAML file."""
        experiment = schema.load(data) if isinstance(data, Path) else schema.parse(data)
        return self._keep(experiment)

    def import_sql(self, sql: str, *, name: str, dialect: str, target_rows: int | None = None) -> Created:
        """Store the tables of a DDL script, with a rule for every column whose name says enough."""
        ddl = self.registry.load("dialect", dialect).read(sql)
        for table in ddl.tables:
            if target_rows is not None:
                table["target_rows"] = target_rows
        warehouse = {"target_warehouse": dialect} if dialect in WAREHOUSES else {}
        data = {"name": name, "tables": ddl.tables, **warehouse}
        experiment = inference.infer(schema.parse(data, strict_names=False))
        return self._keep(experiment, ddl.warnings)

    def ddl(self, name: str, dialect: str | None = None) -> Any:
        """An experiment's tables as CREATE TABLE statements (`plugins.dialects.WrittenDdl`).

        Raises RequestError where neither the request nor the experiment names a dialect.
        """
        experiment = self.get(name).experiment
        chosen = dialect or experiment.target_warehouse
        if chosen is None:
            known = ", ".join(self.registry.names("dialect"))
            raise RequestError(f"{name} names no target_warehouse; choose a dialect: {known}")
        return self.registry.load("dialect", chosen).write(experiment)

    def _keep(self, experiment: Experiment, warnings: Iterable[str] = ()) -> Created:
        problems = list(self._rule_problems(experiment))
        if problems:
            raise SchemaError(problems)
        created = Created(experiment, tuple(warnings))
        self.persistence.add_experiment(experiment, created.warnings)
        return created

    def list(self) -> Any:
        """Every stored experiment, by name."""
        return self.persistence.list_experiments()

    def get(self, name: str) -> Any:
        """A stored experiment: its schema, its warnings, when it was created."""
        return self.persistence.get_experiment(name)

    def delete(self, name: str) -> None:
        """Forget an experiment, its runs and its managed output; output directories of yours stay."""
        self.persistence.delete_experiment(name)
        managed = self.settings.output / name
        if managed.is_dir():
            shutil.rmtree(managed)

    # --- rules

    def rule(self, spec: RuleSpec, kind: Kind) -> Rule:
        """The rule of a name with its options. Raises Refusal."""
        names = self.registry.names("rule")
        if spec.name not in names:
            raise Refusal(f"unknown rule {spec.name!r}{closest(spec.name, names)}")
        rule_class = self.registry.load("rule", spec.name)
        if kind not in rule_class.kinds:
            fitting = ", ".join(sorted(kind.value for kind in rule_class.kinds))
            raise Refusal(f"the rule {spec.name} makes {fitting}, not {kind.value}", "choose another rule")
        try:
            rule: Rule = rule_class.model_validate(spec.options)
        except ValidationError as error:
            raise _option_refusal(spec.name, rule_class, error) from None
        return rule

    def _rule_problems(self, experiment: Experiment) -> Iterable[Problem]:
        for i, table in enumerate(experiment.tables):
            for j, column in enumerate(table.columns):
                if column.rule_spec is None:
                    continue
                try:
                    self.rule(column.rule_spec, column.type.kind)
                except Refusal as refusal:
                    source = next(k for k in ("faker_rule", "distribution", "rule") if getattr(column, k))
                    place = f"tables[{i}].columns[{j}].{source}"
                    yield Problem(place, f"{table.name}.{column.name}: {refusal.message}", refusal.mend)

    # --- generation

    def plan(self, name: str, *, seed: int, rows: Mapping[str, int] | None = None) -> Plan:
        """Plan a run without making it. Raises PlanError with everything that cannot be made."""
        return planning.plan(self.get(name).experiment, seed, self.rule, rows)

    def preview(
        self,
        name: str,
        table: str,
        *,
        offset: int = 0,
        count: int = 10,
        seed: int = 0,
        rows: Mapping[str, int] | None = None,
    ) -> Preview:
        """Rows `offset` to `offset + count` of a table, without making any others.

        Raises RequestError for rows that are not there, PlanError for what cannot be made.
        """
        if not 1 <= count <= MAX_PREVIEW:
            raise RequestError(f"{count:,} rows cannot be shown; ask for 1 to {MAX_PREVIEW:,}")
        experiment = self.get(name).experiment
        names = [one.name for one in experiment.tables]
        if table not in names:
            raise RequestError(f"{name} has no table {table!r}{closest(table, names)}")
        plan = planning.plan(experiment, _checked_seed(seed), self.rule, rows, only=table)
        total = plan.table(table).rows
        if not 0 <= offset <= max(total - 1, 0):
            raise RequestError(f"{table} has {total:,} rows; ask for an offset of 0 to {max(total - 1, 0):,}")
        sink = self.registry.load("sink", "memory")()
        window = plan.window(table, offset, min(offset + count, total))
        self.registry.load("executor", "threads")(window, sink, Execution(workers=1))
        return Preview(name, table, seed, offset, total, sink.rows(table))

    def generate(self, name: str, request: GenerateRequest | None = None) -> Summary:
        """Make every table of an experiment and publish them together.

        Raises RequestError before anything is written, RunError after; then nothing is published.
        """
        request = request or GenerateRequest()
        began = time.perf_counter()
        seed = _checked_seed(request.seed)
        plan = self.plan(name, seed=seed, rows=request.rows)
        execute = self.registry.load("executor", request.executor)
        execution = Execution(workers=_checked_workers(request.workers), progress=request.progress)
        root = _absolute(request.output_dir or self.settings.output / name)
        sink = self._sink(root, request.compression)
        sink.prepare(plan)
        run_id = None
        try:
            run_id = self.persistence.start_run(
                name, seed=seed, output_dir=str(root), program_version=version()
            )
            request.started(plan)
            receipts = execute(plan, sink, execution)
            files = sink.commit(plan, receipts)
        except BaseException as error:
            sink.abort()
            failure = _as_run_error(error)
            if run_id is not None:
                self._record_failure(run_id, failure)
            raise failure from error
        counts = {table.name: table.rows for table in plan.tables}
        try:
            self.persistence.finish_run(run_id, "COMPLETED", row_counts=counts)
        except StoreError as error:
            raise RunError(
                f"the data is published in {root}, but the run was not recorded: {error}"
            ) from error
        size = sum(receipt.bytes for receipt in receipts)
        seconds = time.perf_counter() - began
        return Summary(run_id, name, seed, str(root), counts, files, size, seconds, plan.warnings)

    def _sink(self, root: Path, compression: str) -> Any:
        if compression not in COMPRESSIONS:
            raise RequestError(f"unknown compression {compression!r}{closest(compression, COMPRESSIONS)}")
        return self.registry.load("sink", "file")(root, compression)

    def _record_failure(self, run_id: int, failure: DwSimError) -> None:
        status = "ABORTED" if isinstance(failure, RunAbortedError) else "FAILED"
        cause = "".join(traceback.format_exception(failure.__cause__ or failure))
        with suppress(StoreError):  # the cause matters more than the record of it
            self.persistence.finish_run(run_id, status, error=str(failure), traceback=cause)


def version() -> str:
    """The program's version."""
    return __version__


def _checked_seed(seed: int | None) -> int:
    if seed is None:
        return secrets.randbelow(1 << 53)  # short enough to survive a trip through JavaScript
    if not 0 <= seed <= MAX_SEED:
        raise RequestError(f"the seed {seed} is outside 0 to {MAX_SEED}")
    return seed


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:  # ~nobody
        raise RequestError(f"{path}: {error}; write the path out") from None


def _checked_workers(workers: int | None) -> int:
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers < 1:
        raise RequestError(f"{workers} workers cannot work; ask for 1 or more")
    return workers


def _as_run_error(error: BaseException) -> DwSimError:
    if isinstance(error, DwSimError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return RunAbortedError("interrupted; nothing was published")
    if isinstance(error, MemoryError):
        return RunError("out of memory; ask for fewer --workers; nothing was published")
    return RunError(f"{type(error).__name__}: {error}; nothing was published")


def _option_refusal(name: str, rule_class: Any, error: ValidationError) -> Refusal:
    """pydantic's complaints about a rule's options, in one sentence."""
    complaints = []
    for detail in error.errors(include_url=False):
        option = ".".join(map(str, detail["loc"]))
        if detail["type"] == "extra_forbidden":
            known = [field.alias or key for key, field in rule_class.model_fields.items()]
            complaints.append(f"the rule {name} has no option {option!r}{closest(option, known)}")
        elif detail["type"] == "missing":
            complaints.append(f"the rule {name} needs the option {option!r}")
        else:
            message = detail["msg"].removeprefix("Value error, ").replace("Input should", "should")
            complaints.append(f"{option}: {message}" if option else message)
    return Refusal("; ".join(complaints))
