"""ExperimentService: the use cases, and the one door for the command line, HTTP and Python."""

import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from dw_simulator import __version__, planning
from dw_simulator.errors import (
    DwSimError,
    OutputError,
    RequestError,
    RunAbortedError,
    RunningError,
    SchemaError,
    UnknownNameError,
    VersionError,
    closest,
)
from dw_simulator.loading import asking
from dw_simulator.loading.job import LoadJob, Warehouses, check_same
from dw_simulator.loading.pack import load_pack
from dw_simulator.ports import manifest
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.progress import RunEvent, Watch
from dw_simulator.ports.rule import Pools
from dw_simulator.ports.store import NewRun, Run
from dw_simulator.ports.warehouse import Asked, LoadSummary
from dw_simulator.registry.manager import Registry, registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.runs import fingerprints
from dw_simulator.runs.execution import Job, carry_out, one_by_one
from dw_simulator.runs.kept_pools import FILE_NAME as POOLS_FILE
from dw_simulator.runs.kept_pools import Difference, ExperimentPools, to_publish
from dw_simulator.runs.request import (
    MAX_PREVIEW,
    MAX_PREVIEW_VALUES,
    MAX_SEED,
    Created,
    GenerateRequest,
    Preview,
    Summary,
    checked_compression,
    checked_for_tables,
    checked_format,
    checked_seed,
    checked_workers,
    in_load_order,
    located,
    resumed,
    scheme_of,
    text_of,
    with_rows,
)
from dw_simulator.runs.verification import Report, check_document, check_files, check_values
from dw_simulator.schema import inference, reading
from dw_simulator.schema.model import WAREHOUSES, Experiment
from dw_simulator.settings import Settings, load

__all__ = ["MAX_PREVIEW", "MAX_SEED", "Created", "ExperimentService", "GenerateRequest", "Preview", "Summary"]

STOP_SECONDS = 10.0
_POLL_SECONDS = 0.05


class ExperimentService:
    """Everything a user can ask for.

    Raises the errors of `errors`; nothing is written before a request has been found sound.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or load()
        self.registry: Registry = registry()
        self.rule = Rulebook(self.registry)

    @cached_property
    def persistence(self) -> Any:
        """The experiment store (`ports.store.Store`), opened when it is first needed."""
        store = self.registry.load("store", "sql")(self.settings.store, self.settings.home / "runs")
        store.ledger.on_death = lambda run: self._left_by(run).take_back()
        return store

    # --- experiments

    def create(self, data: object) -> Created:
        """Store a schema, given as decoded JSON or as a path to a JSON or YAML file."""
        experiment = reading.load(data) if isinstance(data, Path) else reading.parse(data)
        return self._keep(experiment)

    def import_sql(
        self, sql: str, *, name: str, dialect: str, target_rows: int | None = None, infer: bool = True
    ) -> Created:
        """Store the tables of a DDL script.

        infer  with a rule for every column whose name, type and neighbours say enough
        """
        ddl = self.registry.load("dialect", dialect).read(sql)
        for table in ddl.tables:
            if target_rows is not None:
                table["target_rows"] = target_rows
        warehouse = {"target_warehouse": dialect} if dialect in WAREHOUSES else {}
        data = {"name": name, "tables": ddl.tables, **warehouse}
        experiment = reading.parse(data, strict_names=False)
        if infer:
            experiment = inference.infer(experiment, self.rule)
        experiment, given_up = planning.without_broken_guesses(experiment, self.rule)
        return self._keep(experiment, [*ddl.warnings, *self.rule.not_understood(experiment), *given_up])

    def create_from(
        self,
        path: Path,
        *,
        name: str | None = None,
        dialect: str | None = None,
        target_rows: int | None = None,
        infer: bool = True,
    ) -> Created:
        """Store the schema of a file: CREATE TABLE statements where it ends in .sql or has a dialect.

        name         the file's own name when it is None
        dialect      the one that reads the file with the fewest warnings when it is None
        target_rows  of every table
        infer        choose rules by the names of a script's columns
        """
        if dialect is None and path.suffix.lower() != ".sql":
            return self._keep(with_rows(reading.load(path), target_rows))
        sql = text_of(path)
        name = name or re.sub(r"[^A-Za-z0-9]+", "_", path.stem).strip("_")[:40] or "schema"
        if dialect is None:
            dialect = self._dialect_of(sql)
        return self.import_sql(sql, name=name, dialect=dialect, target_rows=target_rows, infer=infer)

    def _dialect_of(self, sql: str) -> str:
        """The dialect that reads a script best. Raises what the one says that came furthest when none can."""
        found: dict[str, int] = {}
        refusals: list[RequestError] = []
        # where several read it equally well, the first one
        dialects = self.registry.usable("dialect")
        for name in dict.fromkeys((*WAREHOUSES, *dialects)):
            try:
                found[name] = len(dialects[name].read(sql).warnings)
            except RequestError as error:
                refusals.append(error)
        if not found:
            raise max(refusals, key=lambda error: getattr(error, "line", 1 << 30))
        return min(found, key=lambda name: found[name])

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
        problems = list(self.rule.problems(experiment))
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

    def delete(self, name: str, version: str = "", *, warehouses: bool = True) -> None:
        """Forget an experiment, its runs, managed output and warehouse tables; your own directories stay.

        version     of the experiment that is meant; any where it is empty
        warehouses  drop its tables there, too; False where they cannot be reached any more

        Raises RunningError while a run of it goes on, VersionError for another experiment of the name.
        """
        ledger = self.persistence.ledger
        ledger.bury_the_dead(name)
        left = ledger.leftovers(name)
        with self.persistence.holding(name, version):
            stored = self.get(name)
        if warehouses:  # which may be slow: the store stays free for others meanwhile
            self._warehouses.drop(stored.experiment, stored.version)
        with self.persistence.deleting(name, stored.version):
            for run in left:
                self._remove_leftovers(run)
            self._remove_managed(name)
        for run in left:
            ledger.leave(run.token, clean=True)

    def _remove_managed(self, name: str) -> None:
        managed = self.settings.output / name
        try:
            if managed.is_dir():
                shutil.rmtree(managed)
        except OSError as error:
            reason = f"{managed} cannot be removed: {error.strerror}"
            raise OutputError(f"{reason}; remove it, and try again") from error

    def reset(self, name: str, version: str = "") -> None:
        """Empty an experiment's warehouse tables and its managed output; schema and runs stay.

        version  of the experiment that is meant; any where it is empty

        Raises RunningError while a run goes on, VersionError for another experiment of the name.
        """
        ledger = self.persistence.ledger
        ledger.bury_the_dead(name)
        left = ledger.leftovers(name)
        with self.persistence.holding(name, version):
            stored = self.get(name)
        self._warehouses.empty(stored.experiment, stored.version)
        with self.persistence.holding(name, stored.version):
            for run in left:
                self._remove_leftovers(run)
            self._remove_managed(name)
        for run in left:
            ledger.leave(run.token, clean=True)

    # --- generation

    def plan(self, name: str, *, seed: int, rows: Mapping[str, int] | None = None) -> Plan:
        """Plan a run without making it. Raises PlanError with everything that cannot be made."""
        return self._pools.plan(self.get(name).experiment, seed, rows)

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
        width = len(experiment.tables[names.index(table)].columns)
        if count * width > MAX_PREVIEW_VALUES:
            fits = MAX_PREVIEW_VALUES // width
            raise RequestError(f"{count:,} rows of {width:,} columns are too much; ask for {fits:,} or fewer")
        plan = self._pools.plan(experiment, checked_seed(seed), rows, only=table)
        total = plan.table(table).rows
        if not 0 <= offset <= max(total - 1, 0):
            raise RequestError(f"{table} has {total:,} rows; ask for an offset of 0 to {max(total - 1, 0):,}")
        shown = self._rows(plan, table, offset, min(offset + count, total))
        return Preview(name, table, seed, offset, total, shown)

    def generate(self, name: str, request: GenerateRequest | None = None) -> Summary:
        """Make every table of an experiment and publish them together.

        Raises RequestError before anything is written, RunError after; then nothing is published.
        """
        return self.finish(self.start(name, request))

    def start(self, name: str, request: GenerateRequest | None = None, *, limit: int | None = None) -> Job:
        """Plan a run, and record that it begins; `finish` has to follow.

        limit  how many runs may be running at once: the run waits in a queue for its turn

        Raises RequestError, and RunningError while the experiment has another run.
        """
        request = request or GenerateRequest()
        ledger = self.persistence.ledger
        ledger.bury_the_dead(name)
        former = self._unfinished(name) if request.resume else None
        if former is not None:
            request = resumed(request, former)
        stored = self.get(name)
        if request.version and stored.version != request.version:
            raise VersionError(name)
        experiment = stored.experiment
        seed = checked_seed(request.seed)
        planned = self._pools.plan_anew if request.refresh_pools else self._pools.plan
        plan = planned(experiment, seed, request.rows)
        place = request.output_dir or self.settings.output / name
        format_ = checked_format(request.format, self._sink_class(place).formats)
        compression = checked_compression(request.compression, format_)
        counts = {table.name: table.rows for table in plan.tables}
        origin = manifest.origin(experiment, seed, counts, compression, format_, pools=plan.pools)
        token = former.token if former and former.token else secrets.token_hex(6)
        sink = self._sink(place, compression, origin.digest, token, format_)
        execute, workers = self.registry.load("executor", request.executor), checked_workers(request.workers)
        if sink.warehouse is not None:  # tables of a database, which takes one after the other
            checked_for_tables(request)
            plan, execute, workers = in_load_order(plan), one_by_one(execute), 1
            sink.describe(self._warehouses.described(experiment, stored.version, sink.warehouse, plan))
        sink.check(plan)
        if request.load:
            self._warehouses.check(experiment, stored.version, plan)
        for table in sink.left_behind(plan):
            warning = (
                f"{sink.root} keeps the table {table} of an earlier run, which is in no manifest any more"
            )
            plan = replace(plan, warnings=(*plan.warnings, warning))
        new = NewRun(
            experiment=name,
            seed=seed,
            requested_rows=dict(request.rows),
            planned_rows=counts,
            output_dir=str(sink.root),
            compression=compression,
            format=format_,
            schema_hash=origin.schema_hash,
            program_version=__version__,
            token=token,
            resumes=former.id if former else None,
        )
        if request.refresh_pools:
            self._keep_pools(stored, plan)
        run_id = ledger.start(new, queued=limit is not None)
        return Job(
            run_id,
            experiment,
            plan,
            origin,
            sink,
            execute,
            workers,
            watch=self._watcher(request.watch),
            first=lambda: self._clear_up(name, but=token),
            limit=limit,
            load=request.load,
            pack=_packer(request.pack, format_, experiment, plan, str(sink.root)),
        )

    def finish(self, job: Job) -> Summary:
        """Carry out a run that was started. Raises RunError after recording it.

        Raises WarehouseError where the run is complete, and what it made could not be loaded.
        """
        with self._accounted(job):
            outcome = carry_out(job, self.persistence.ledger)
        with suppress(DwSimError):  # the run is complete, whatever happens now
            self._pools.record(job.experiment)
        loaded = self._loaded(job) if job.load else None
        counts = {table.name: table.rows for table in job.plan.tables}
        return Summary(
            run_id=job.run_id,
            experiment=job.experiment.name,
            seed=job.plan.seed,
            output_dir=str(job.sink.root),
            row_counts=counts,
            files=outcome.files,
            bytes=outcome.bytes,
            seconds=outcome.seconds,
            warnings=job.plan.warnings,
            kept_parts=outcome.kept,
            loaded=loaded,
            faults=job.plan.faults,
        )

    # --- pools

    @cached_property
    def _pools(self) -> ExperimentPools:
        return ExperimentPools(lambda: self.persistence.pools, self.rule, self._rows_of)

    def _keep_pools(self, stored: Any, plan: Plan) -> None:
        """The pools of a plan are those of its experiment from now on. Raises RunningError."""
        self.persistence.replace_pools(stored.name, stored.version, plan.pools)

    def refresh_pools(self, name: str, version: str = "") -> Difference:
        """Make an experiment's pools anew, with the installed Faker; returns what that changes.

        version  of the experiment that is meant; any where it is empty

        Raises PlanError for what cannot be made any more, RunningError while a run goes on, VersionError.
        """
        self.persistence.ledger.bury_the_dead(name)
        stored = self.get(name)
        if version and stored.version != version:
            raise VersionError(name)
        changes = self._pools.difference(stored.experiment)
        self._keep_pools(stored, self._pools.plan_anew(stored.experiment, fingerprints.SEED))
        self._pools.record(stored.experiment)
        return changes

    def diff(self, name: str) -> Difference:
        """Which columns new versions of this program and of Faker would change. Changes nothing itself."""
        return self._pools.difference(self.get(name).experiment)

    def _accounted(self, job: Job) -> AbstractContextManager[None]:
        """Keeps account of tables that a run makes in a database."""
        if job.sink.warehouse is None:
            return nullcontext()
        return self._warehouses.accounted(job.experiment.name, job.sink.root, job.run_id)

    def _loaded(self, job: Job) -> LoadSummary:
        def check() -> None:
            if job.cancelled.is_set():
                raise RunAbortedError("stopped on request; the run is complete, its tables are not loaded")

        return self.load(job.experiment.name, job.run_id, watch=job.watch, check=check)

    def _watcher(self, watch: Watch) -> Watch:
        def tell(event: RunEvent) -> None:
            watch(event)
            self.registry.tell(event)

        return tell

    def _unfinished(self, name: str) -> Run:
        """The run to go on with."""
        last = self._last_run(name)
        if last is None:
            raise RequestError(f"{name} has no run to go on with; leave out --resume")
        if last.active:
            raise RunningError(name, last.id)
        if last.status == "COMPLETED":
            raise RequestError(f"run {last.id} of {name} is complete: there is nothing to go on with")
        if last.schema_hash is None:
            kept = "a run of this program's former version, which did not record its --rows"
            raise RequestError(f"run {last.id} of {name} is {kept}; generate anew with --seed {last.seed}")
        return last

    def _last_run(self, name: str) -> Run | None:
        runs = self.persistence.list_generation_runs(name, limit=1)
        return runs[0] if runs else None

    def _left_by(self, run: Run) -> Any:
        """The sink of an earlier run, for what it has left."""
        return self._sink(run.output_dir, run.compression, token=run.token or "", format_=run.format)

    def _sink(
        self, place: str | Path, compression: str, origin: str = "", token: str = "", format_: str = "parquet"
    ) -> Any:
        """The sink of a path, or of a URL by its scheme. Raises RequestError where there is none."""
        root, kind = located(place), self._sink_class(place)
        own = Path(root) if scheme_of(place) == "file" else root
        return kind(own, compression, origin, token, format_)

    def _sink_class(self, place: str | Path) -> Any:
        scheme, known = scheme_of(place), [*self.registry.names("sink")]
        known.remove("memory")  # which no one else could read
        if scheme not in known:
            raise RequestError(f"{place}: nothing is known of {scheme}://; a path, or {', '.join(known)}")
        return self.registry.load("sink", scheme)

    def _remove_leftovers(self, run: Run) -> bool:
        """Whether all of it is gone."""
        sink = self._left_by(run)
        if run.status == "COMPLETED":
            return bool(sink.tidy())
        sink.abort()
        return True

    def _clear_up(self, name: str, but: str) -> None:
        """Remove what interrupted runs of an experiment have left, except for one token's."""
        ledger = self.persistence.ledger
        for run in ledger.leftovers(name):
            if run.token != but:
                ledger.leave(run.token, clean=self._remove_leftovers(run))

    def abort(self, name: str, run_id: int | None = None) -> Run:
        """Stop the run of an experiment, in whatever process it is; returns it as it has ended.

        Raises RequestError when no run is going on. A run that was about to end may end as COMPLETED, and one
        that does not answer for ten seconds is returned as it is.
        """
        run = self.ask_to_stop(name, run_id)
        deadline = time.monotonic() + STOP_SECONDS
        while (run := self.run(name, run.id)).active and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return run

    def ask_to_stop(self, name: str, run_id: int | None = None) -> Run:
        """Ask the run of an experiment to stop, without waiting for it. Raises RequestError for none."""
        ledger = self.persistence.ledger
        run = self._last_run(name) if run_id is None else self.run(name, run_id)
        if run is None or not run.active or not ledger.ask_to_stop(run.id, "stopped on request"):
            ended = f"; run {run.id} is {ledger.get(run.id).status}" if run else ""
            raise RequestError(f"no run of {name} is going on{ended}")
        return run

    def run(self, name: str, run_id: int) -> Run:
        """A run of an experiment. Raises UnknownNameError."""
        try:
            run: Run = self.persistence.get_generation_run(run_id)
        except UnknownNameError:
            self.get(name)  # which of the two is unknown
            raise
        if run.experiment != name:
            self.get(name)
            raise UnknownNameError("run", str(run_id))
        return run

    def query(
        self,
        name: str,
        sql: str,
        *,
        dialect: str | None = None,
        run_id: int | None = None,
        limit: int | None = None,
        seconds: float | None = None,
        loaded: bool = False,
    ) -> Any:
        """The answer to one SELECT over the tables of a run (`adapters.queries.Answer`), to be closed.

        dialect  that the SQL is written in; where it is None, DuckDB's own for files, the experiment's
                 `target_warehouse` for what was loaded
        run_id   the newest completed run where it is None
        limit    the most rows to read
        seconds  how long it may take in all; reading raises QueryError then
        loaded   ask the warehouse that the experiment was loaded into rather than the run's files

        Raises SqlError, and RequestError for what is not allowed or not there.
        """
        if loaded:
            return self._ask_warehouse(name, sql, dialect, limit, seconds)
        run, experiment = self.complete_run(name, run_id), self.get(name).experiment
        files = asking.tables(run, self._left_by(run), experiment)
        engine = self.registry.load("engine", asking.OWN_DIALECT)
        if dialect in (None, asking.OWN_DIALECT):
            return engine(sql, files, schema=name, limit=limit, seconds=seconds)
        plugin = self.registry.load("dialect", str(dialect))
        with asking.translated(plugin, str(dialect), sql, experiment) as translation:
            return engine(translation, files, schema=name, limit=limit, seconds=seconds)

    def _ask_warehouse(
        self, name: str, sql: str, dialect: str | None, limit: int | None, seconds: float | None
    ) -> Any:
        stored = self.get(name)
        experiment, owner = stored.experiment, f"{name}@{stored.version}"
        warehouse = self._warehouses.current(experiment)
        spoken = dialect or experiment.target_warehouse or warehouse.dialect
        plugin = self.registry.load("dialect", spoken)

        def translate(text: str) -> str:
            return asking.translation(plugin, spoken, text, experiment, to=warehouse.dialect)

        most = None if limit is None else limit + 1
        asked = Asked(sql, name, owner, spoken, translate, self.settings.stage_url, seconds, most)
        held = ExitStack()
        try:
            query, tables = held.enter_context(warehouse.answer(asked))
            engine = self.registry.load("engine", asking.OWN_DIALECT)
            answer = engine(query, tables, schema=name, limit=limit, seconds=seconds)
        except BaseException:
            held.close()
            raise
        answer.held = held
        return answer

    # --- warehouses

    @cached_property
    def _warehouses(self) -> Warehouses:
        return Warehouses(self.settings, self.registry, self.persistence)

    def load(
        self,
        name: str,
        run_id: int | None = None,
        *,
        to: str | None = None,
        version: str = "",
        watch: Watch = lambda _event: None,
        check: Callable[[], None] = lambda: None,
    ) -> LoadSummary:
        """Load what a run has made into a warehouse: every table, or none.

        run_id   the newest complete run where it is None
        to       the warehouse's URL; the configured one of `target_warehouse` where it is None
        version  of the experiment that is meant; any where it is empty
        check    called now and then; raises RunAbortedError when it is time to stop

        Raises RequestError before anything is written, WarehouseError after, with the former tables there.
        """
        stored = self.get(name)
        if version and stored.version != version:
            raise VersionError(name)
        warehouse = self._warehouses.open(stored.experiment, to)
        run = self.complete_run(name, run_id)
        document = self.published(run)
        check_same(run, document)
        source = self._sink(run.output_dir, document.compression, document.digest, format_=document.format)
        plan = self._pools.plan(stored.experiment, run.seed, document.rows)
        job = LoadJob(run, stored.experiment, stored.version, document, source, plan.load_order, watch, check)
        return self._warehouses.load(job, warehouse)

    def complete_run(self, name: str, run_id: int | None = None) -> Run:
        """A run with an output, the newest where none is named. Raises RequestError."""
        if run_id is not None:
            run = self.run(name, run_id)
            if run.status != "COMPLETED":
                raise RequestError(f"run {run.id} of {name} has made no output: it is {run.status}")
            return run
        runs: list[Run] = self.persistence.list_generation_runs(name)
        complete = [run for run in runs if run.status == "COMPLETED"]
        if complete:
            return complete[0]
        raise RequestError(f"{name} has no complete run; begin with dw-sim experiment generate {name}")

    def published(self, run: Run) -> manifest.Manifest:
        """The manifest in the place of a run's output. Raises RequestError where there is none."""
        found: manifest.Manifest = self._left_by(run).files().manifest()
        return found

    def verify(self, directory: str | Path, *, deep: bool = False, ranges: int = 8) -> Report:
        """Check a directory or URL of output against its manifest; no stored experiment is needed.

        deep    also make rows anew from the law and compare them with those in the files
        ranges  how many places of each table that looks at, 1,000 rows each

        Raises RequestError when there is no manifest.
        """
        document = self._sink(directory, "").files().manifest()
        sink = self._sink(directory, document.compression, document.digest, format_=document.format)
        report = Report(str(sink.root), document.seed)
        experiment = reading.parse(document.experiment, strict_names=False)
        if not check_document(report, document, experiment):
            return report
        check_files(report, document, experiment, sink, deep=deep)
        if deep:
            pools = Pools(self._pools.of_output(document, sink.content(POOLS_FILE)))
            plan = planning.plan(experiment, document.seed, self.rule, document.rows, pools=pools)
            check_values(report, document, plan, sink.rows, partial(self._rows, plan), ranges)
        return report

    def _rows(self, plan: Plan, table: str, start: int, stop: int) -> Sequence[Mapping[str, Any]]:
        """Rows of a table, made in memory."""
        return self._rows_of(plan.window(table, start, stop))[table]

    def _rows_of(self, plan: Plan) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The rows of a plan by table, made in memory."""
        sink = self.registry.load("sink", "memory")()
        self.registry.load("executor", "threads")(plan, sink, Execution(workers=1))
        return {table.name: sink.rows(table.name) for table in plan.tables}

    def watch(self, name: str, run_id: int, every: float = 0.5) -> Iterator[RunEvent]:
        """The events of a run, in whatever process it is, until it has ended."""
        while True:
            event = self.run(name, run_id).event
            yield event
            if event.ended:
                return
            time.sleep(every)


def _packer(
    wanted: bool, format_: str, experiment: Experiment, plan: Plan, place: str
) -> Callable[[manifest.Manifest], Mapping[str, bytes]]:
    """Makes what is published beside the tables, if that is wanted: the load pack, and the pools."""
    pools = to_publish(plan) if wanted else {}
    if not wanted or format_ != "parquet":
        return lambda _document: pools
    return lambda document: {**load_pack(experiment, plan.load_order, document, place=place), **pools}
