"""ExperimentService: the use cases, and the one door for the command line, HTTP and Python.

Each use case imports what it needs when it is asked for: whoever lists experiments waits for no planner.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from dw_simulator.errors import DwSimError, SchemaError, VersionError
from dw_simulator.loading.questions import Questions
from dw_simulator.ports.progress import RunEvent, Watch, unwatched
from dw_simulator.ports.store import Run, Store, StoredExperiment
from dw_simulator.registry.manager import Registry, registry
from dw_simulator.runs.database_imports import DatabaseImports
from dw_simulator.runs.history import STOP_SECONDS, History
from dw_simulator.runs.outputs import Outputs
from dw_simulator.runs.request import (
    MAX_PREVIEW,
    MAX_SEED,
    Created,
    GenerateRequest,
    Preview,
    Summary,
    checked_seed,
    resumed,
)
from dw_simulator.schema.json_data import Json
from dw_simulator.settings import MEMORY, Settings, load

if TYPE_CHECKING:
    from dw_simulator.loading.destinations import Destinations
    from dw_simulator.ports.dialect import WrittenDdl
    from dw_simulator.ports.manifest import Manifest
    from dw_simulator.ports.plan import Plan
    from dw_simulator.ports.warehouse import LoadSummary
    from dw_simulator.registry.rulebook import Rulebook
    from dw_simulator.registry.script_import import Inferring, ScriptImport
    from dw_simulator.registry.script_options import ScriptOptions
    from dw_simulator.runs.beginning import Beginning
    from dw_simulator.runs.clearing import Clear
    from dw_simulator.runs.execution import Job
    from dw_simulator.runs.experiment_pools import Difference, ExperimentPools
    from dw_simulator.runs.verification import Report
    from dw_simulator.schema.model import Experiment
    from dw_simulator.schema.overlay import RulesSource

__all__ = [
    "MAX_PREVIEW",
    "MAX_SEED",
    "STOP_SECONDS",
    "Created",
    "ExperimentService",
    "GenerateRequest",
    "Preview",
    "Summary",
]


class ExperimentService(Questions, DatabaseImports):
    """Everything a user can ask for.

    Raises the errors of `errors`; nothing is written before a request has been found sound.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or load()
        self.registry: Registry = registry()

    @cached_property
    def rule(self) -> "Rulebook":
        """Every rule by its name and options."""
        from dw_simulator.registry.rulebook import Rulebook

        return Rulebook(self.registry)

    @cached_property
    def persistence(self) -> Store:
        """The experiment store, opened when it is first needed. Raises StoreError."""
        scheme, stores = self.settings.store.partition(":")[0], self.registry.stores
        opened = stores.get(scheme if scheme in stores.names else None)
        store = opened(self.settings.store, self.settings.home / "runs")
        store.ledger.on_death = lambda run: self._outputs.of(run).take_back()
        return store

    @cached_property
    def _outputs(self) -> Outputs:
        return Outputs(self.registry, self.settings.output)

    @cached_property
    def _history(self) -> History:
        return History(lambda: self.persistence)

    @cached_property
    def _pools(self) -> "ExperimentPools":
        from dw_simulator.arrow import rows_of
        from dw_simulator.runs.experiment_pools import ExperimentPools

        return ExperimentPools(lambda: self.persistence, self.rule, rows_of)

    @cached_property
    def _destinations(self) -> "Destinations":
        from dw_simulator.loading.destinations import Destinations

        return Destinations(self.settings, self.registry, self.persistence.loads)

    def close(self) -> None:
        """Give the store's connections back."""
        self.persistence.close()

    # --- experiments

    def create(self, data: Json | Path, *, files: Path | None = None) -> Created:
        """Store a schema, given as decoded JSON or as a path to a JSON or YAML file.

        files  where the files are that decoded JSON may name: none where it is None
        """
        from dw_simulator.runs.schema_files import schema_of

        return self._keep(schema_of(data, files))

    def create_from(  # noqa: PLR0913 - each is an option of its own for whoever asks
        self,
        path: Path,
        *,
        name: str | None = None,
        dialect: str | None = None,
        target_rows: int | None = None,
        infer: "Inferring" = True,
        as_of: date | None = None,
        rules: "RulesSource | None" = None,
        script: "ScriptOptions | None" = None,
    ) -> Created:
        """Store the schema of a file: CREATE TABLE statements where it ends in .sql or has a dialect.

        A contract is read as `import_contract` reads it.

        name     the file's own name when it is None
        dialect  guessed by what only its own scripts say when it is None

        The others are as in `import_sql`; a schema that is no script keeps its own `as_of` when it is None.
        """
        from dw_simulator.ports.contract import ContractSource
        from dw_simulator.runs.schema_files import schema_of

        if dialect is None and self.is_contract(path):
            return self.import_contract(
                ContractSource(path),
                name=name,
                target_rows=target_rows,
                infer=infer,
                as_of=as_of,
                rules=rules,
            )
        made = self._importing(rules, infer, as_of, script)
        if dialect is None and path.suffix.lower() != ".sql":
            return self._keep(made.laid(schema_of(path).with_rows(target_rows), strict_names=True))
        return self._keep(*made.of_file(path, name, dialect, target_rows))

    def _importing(
        self,
        rules: "RulesSource | None",
        infer: "Inferring" = True,
        as_of: date | None = None,
        script: "ScriptOptions | None" = None,
    ) -> "ScriptImport":
        from dw_simulator.registry.script_import import ScriptImport
        from dw_simulator.registry.script_options import PLAINLY
        from dw_simulator.runs.schema_files import with_rows

        today, options = self._day_of_import, script or PLAINLY
        return ScriptImport(self.registry, self.rule, infer, as_of, today, rules, with_rows, options)

    @property
    def _day_of_import(self) -> date | None:
        """Today, for what is kept; none for what nobody keeps: its file and seed make the same data."""
        return None if self.settings.store == MEMORY else datetime.now(UTC).date()

    def _keep(self, experiment: "Experiment", warnings: Iterable[str] = ()) -> Created:
        if problems := list(self.rule.problems(experiment)):
            raise SchemaError(problems)
        created = Created(experiment, tuple(warnings))
        self.persistence.add_experiment(experiment, created.warnings)
        return created

    def ddl(self, name: str, dialect: str | None = None, *, inferred: bool = False) -> "WrittenDdl":
        """An experiment's tables as CREATE TABLE statements; inferred: with what no script declares, too.

        Raises RequestError where neither the request nor the experiment names a dialect.
        """
        from dw_simulator.registry.script_export import written_ddl

        return written_ddl(self.registry, self.get(name).experiment, dialect, inferred=inferred)

    def list(self, offset: int = 0, limit: int | None = None) -> Sequence[StoredExperiment]:
        """Every stored experiment, or a page of them, by name."""
        return self.persistence.list_experiments(offset, limit)

    def count(self) -> int:
        """How many experiments are stored."""
        return self.persistence.count_experiments()

    def get(self, name: str) -> StoredExperiment:
        """A stored experiment: its schema, its warnings, when it was created. Raises UnknownNameError."""
        return self.persistence.get_experiment(name)

    def _meant(self, name: str, version: str) -> StoredExperiment:
        """The experiment of a name. Raises VersionError where it is not the version that is meant."""
        stored = self.get(name)
        if version and stored.version != version:
            raise VersionError(name)
        return stored

    def delete(self, name: str, version: str = "", *, warehouses: bool = True) -> None:
        """Forget an experiment, its runs, managed output and warehouse tables; your own directories stay.

        version     of the experiment that is meant; any where it is empty
        warehouses  drop its tables there, too; False where they cannot be reached any more

        Raises RunningError while a run of it goes on, VersionError for another experiment of the name.
        """
        self._clear(name, version, self._destinations.drop if warehouses else None, forget=True)

    def reset(self, name: str, version: str = "") -> None:
        """Empty an experiment's warehouse tables and its managed output; schema and runs stay.

        version  of the experiment that is meant; any where it is empty

        Raises RunningError while a run goes on, VersionError for another experiment of the name.
        """
        self._clear(name, version, self._destinations.empty, forget=False)

    def _clear(self, name: str, version: str, clear: "Clear | None", *, forget: bool) -> None:
        from dw_simulator.runs.clearing import clear_experiment

        clear_experiment(self.persistence, self._outputs, name, version, clear, forget=forget)

    # --- generation

    def plan(
        self,
        name: str,
        *,
        seed: int,
        rows: Mapping[str, int] | None = None,
        scale: float | None = None,
        rules: "RulesSource | None" = None,
    ) -> "Plan":
        """Plan a run without making it. Raises PlanError with everything that cannot be made.

        rules  laid over the experiment, which stays as it is; the others as in `GenerateRequest`
        """
        return self._pools.plan(self._seen(name, rules), seed, rows, scale=scale)

    def _seen(self, name: str, rules: "RulesSource | None") -> "Experiment":
        experiment = self.get(name).experiment
        return experiment if rules is None else self._importing(rules).laid(experiment)

    def preview(
        self,
        name: str,
        table: str,
        *,
        offset: int = 0,
        count: int = 10,
        seed: int = 0,
        rows: Mapping[str, int] | None = None,
        rules: "RulesSource | None" = None,
    ) -> Preview:
        """Rows `offset` to `offset + count` of a table, without making any others.

        rules  laid over the experiment, which stays as it is

        Raises RequestError for rows that are not there, PlanError for what cannot be made.
        """
        from dw_simulator.runs.preview import preview

        seen = self._seen(name, rules)
        return preview(seen, self._pools, table, offset=offset, count=count, seed=seed, rows=rows)

    def generate(self, name: str, request: GenerateRequest | None = None) -> Summary:
        """Make every table of an experiment and publish them together.

        Raises RequestError before anything is written, RunError after; then nothing is published.
        """
        return self.finish(self.start(name, request))

    def start(self, name: str, request: GenerateRequest | None = None, *, limit: int | None = None) -> "Job":
        """Plan a run, and record that it begins; `finish` has to follow.

        limit  how many runs may be running at once: the run waits in a queue for its turn

        Raises RequestError, and RunningError while the experiment has another run.
        """
        from dw_simulator.loading.pack import packer

        request = request or GenerateRequest()
        self.persistence.ledger.bury_the_dead(name)
        former = self._history.unfinished(name) if request.resume else None
        stored = self._meant(name, request.version)
        request = resumed(request.scaled(stored.experiment), former)
        run = self._begun(stored, request, former)
        pack = packer(run)  # refused where it cannot be, before anything is recorded
        if request.refresh_pools:
            self._pools.keep(stored, run.plan)
        run_id = self.persistence.ledger.start(run.record, queued=limit is not None)
        return run.job(
            run_id,
            limit,
            watch=self.registry.watching(request.watch),
            first=lambda: self._outputs.clear_up(self.persistence.ledger, name, but=run.sink.token),
            pack=pack,
        )

    def _begun(self, stored: StoredExperiment, request: GenerateRequest, former: Run | None) -> "Beginning":
        """A run that everybody who takes part in it has found sound."""
        from dw_simulator.runs.beginning import begun

        planned = self._pools.plan_anew if request.refresh_pools else self._pools.plan
        plan = planned(stored.experiment, checked_seed(request.seed), request.rows)
        run = begun(stored.experiment, request, former, plan, self._outputs, self.registry.executors.get)
        return self._destinations.found_sound(stored, run).warned()

    def finish(self, job: "Job") -> Summary:
        """Carry out a run that was started. Raises RunError after recording it.

        Raises WarehouseError where the run is complete, and what it made could not be loaded.
        """
        from dw_simulator.runs.execution import carry_out

        with self._destinations.accounted(job):
            outcome = carry_out(job, self.persistence.ledger)
        if self.persistence.lasting:
            with suppress(DwSimError):  # the run is complete, whatever happens now
                self._pools.record(job.experiment)
        again = partial(self.load, job.experiment.name, job.run_id, watch=job.watch, check=job.check_wanted)
        return outcome.summary(job, again() if job.load else None)

    def refresh_pools(self, name: str, version: str = "") -> "Difference":
        """Make an experiment's pools anew, with the installed Faker; returns what that changes.

        version  of the experiment that is meant; any where it is empty

        Raises PlanError for what cannot be made any more, RunningError while a run goes on, VersionError.
        """
        self.persistence.ledger.bury_the_dead(name)
        return self._pools.refresh(self._meant(name, version))

    def diff(self, name: str) -> "Difference":
        """Which columns new versions of this program and of Faker would change. Changes nothing itself."""
        return self._pools.difference(self.get(name).experiment)

    # --- runs

    def runs(self, name: str, offset: int = 0, limit: int | None = None) -> Sequence[Run]:
        """The runs of an experiment, or a page of them, newest first. Raises UnknownNameError."""
        return self._history.runs(name, offset, limit)

    def count_runs(self, name: str) -> int:
        """How many runs an experiment has."""
        return self.persistence.count_generation_runs(name)

    def run(self, name: str, run_id: int) -> Run:
        """A run of an experiment. Raises UnknownNameError."""
        return self._history.run(name, run_id)

    def complete_run(self, name: str, run_id: int | None = None) -> Run:
        """A run with an output, the newest where none is named. Raises RequestError."""
        return self._history.complete(name, run_id)

    def abort(self, name: str, run_id: int | None = None) -> Run:
        """Stop the run of an experiment, in whatever process it is; returns it as it has ended.

        Raises RequestError for none. One that does not answer in `STOP_SECONDS` is returned as it is.
        """
        return self._history.abort(name, run_id)

    def ask_to_stop(self, name: str, run_id: int | None = None) -> Run:
        """Ask the run of an experiment to stop, without waiting for it. Raises RequestError for none."""
        return self._history.ask_to_stop(name, run_id)

    def stop(self, job: "Job", reason: str) -> None:
        """Stop a run of this process, and have the reason recorded where the store can be reached."""
        self._history.stop(job, reason)

    def watch(self, name: str, run_id: int, every: float = 0.5) -> Iterator[RunEvent]:
        """The events of a run, in whatever process it is, until it has ended. every: seconds between."""
        return self._history.watch(name, run_id, every)

    def published(self, run: Run) -> "Manifest":
        """The manifest in the place of a run's output. Raises RequestError where there is none."""
        return self._outputs.manifest_of(run)

    def verify(self, directory: str | Path, *, deep: bool = False, ranges: int = 8) -> "Report":
        """Check a directory or URL of output against its manifest; no stored experiment is needed.

        deep    also make rows anew from the law and compare them with those in the files
        ranges  how many places of each table that looks at, 1,000 rows each

        Raises RequestError when there is no manifest.
        """
        from dw_simulator.runs.verification import verify

        return verify(*self._outputs.published(directory), self.rule, self._pools, deep=deep, ranges=ranges)

    # --- queries and warehouses

    def load_pack(
        self, name: str, dialects: Collection[str], run_id: int | None = None
    ) -> tuple[Run, Mapping[str, bytes]]:
        """A run, and the scripts that take its files into warehouses, by their places below its output.

        dialects  their names; `all` for every one that knows how to load
        run_id    the newest complete run where it is None

        Raises RequestError. Writes nothing; `add_load_pack` does.
        """
        from dw_simulator.loading.pack import packed

        run = self.complete_run(name, run_id)
        return run, packed(run, dialects, self.published, self.get(name).experiment, self._pools)

    def add_load_pack(self, name: str, dialects: Collection[str], run_id: int | None = None) -> Sequence[str]:
        """Put the scripts of `load_pack` beside the files of a run; returns their places.

        Raises RequestError, also where something else lies in their place; RunningError, OutputError.
        """
        from dw_simulator.loading.job import check_same

        self.persistence.ledger.bury_the_dead(name)
        run, made = self.load_pack(name, dialects, run_id)  # slowly, so outside of `holding`
        sink = self._outputs.of(run)
        with self.persistence.holding(name):
            found = sink.files().manifest()
            check_same(run, found)
            sink.add(found, made)
        return [f"{run.output_dir}/{file}" for file in made]

    def load(
        self,
        name: str,
        run_id: int | None = None,
        *,
        to: str | None = None,
        version: str = "",
        watch: Watch = unwatched,
        check: Callable[[], None] = lambda: None,
    ) -> "LoadSummary":
        """Load what a run has made into a warehouse: every table, or none.

        run_id   the newest complete run where it is None
        to       the warehouse's URL; the configured one of `target_warehouse` where it is None
        version  of the experiment that is meant; any where it is empty
        check    called now and then; raises RunAbortedError when it is time to stop

        Raises RequestError before anything is written, WarehouseError after, with the former tables there.
        """
        from dw_simulator.loading.job import LoadJob, check_same

        stored = self._meant(name, version)
        warehouse = self._destinations.open(stored.experiment, to)
        run = self.complete_run(name, run_id)
        check_same(run, self.published(run))
        found, files = self._outputs.published(run.output_dir)
        plan = self._pools.plan(stored.experiment, run.seed, found.rows)
        job = LoadJob(run, stored, found, files, plan.load_order, watch, check)
        return self._destinations.load(job, warehouse)
