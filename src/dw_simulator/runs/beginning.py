"""A run before it is recorded: from what was asked to a plan, a place and who does the work."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dw_simulator import __version__
from dw_simulator.ports.executor import Executor
from dw_simulator.ports.manifest import Manifest, Origin
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.progress import Watch
from dw_simulator.ports.sink import Sink
from dw_simulator.ports.store import NewRun, Run
from dw_simulator.runs import bookkeeping
from dw_simulator.runs.execution import Job, one_by_one
from dw_simulator.runs.outputs import Outputs
from dw_simulator.runs.request import GenerateRequest, checked_workers
from dw_simulator.schema.model import Experiment


@dataclass(frozen=True)
class Beginning:
    """A run that can be recorded and carried out as soon as its sink has found the plan sound.

    request  with everything that was left open filled in
    former   the interrupted run that it goes on with
    """

    experiment: Experiment
    request: GenerateRequest
    former: Run | None
    plan: Plan
    origin: Origin
    sink: Sink
    execute: Executor
    workers: int

    def table_by_table(self) -> "Beginning":
        """The same for a sink that takes one table after another, parents before children."""
        tables = tuple(self.plan.table(name) for name in self.plan.load_order.tables)
        plan = replace(self.plan, tables=tables)
        return replace(self, plan=plan, execute=one_by_one(self.execute), workers=1)

    def warned(self) -> "Beginning":
        """The same with a warning on each table of an earlier run that will stay beside those of this one."""
        left = tuple(
            f"{self.sink.root} keeps the table {table} of an earlier run, which is in no manifest any more"
            for table in self.sink.left_behind(self.plan)
        )
        return replace(self, plan=replace(self.plan, warnings=(*self.plan.warnings, *left)))

    @property
    def record(self) -> NewRun:
        """What the store writes down of it."""
        return NewRun(
            experiment=self.experiment.name,
            seed=self.plan.seed,
            requested_rows=dict(self.request.rows),
            planned_rows=self.plan.planned,
            output_dir=str(self.sink.root),
            compression=self.origin.compression,
            format=self.origin.format,
            schema_hash=self.origin.schema_hash,
            program_version=__version__,
            token=self.sink.token,
            resumes=self.former.id if self.former else None,
        )

    def job(
        self,
        run_id: int,
        limit: int | None,
        watch: Watch,
        first: Callable[[], None],
        pack: Callable[[Manifest], Mapping[str, bytes]],
    ) -> Job:
        """What it takes to carry it out, once it is recorded; the rest as `Job` has it."""
        return Job(
            run_id=run_id,
            experiment=self.experiment,
            plan=self.plan,
            origin=self.origin,
            sink=self.sink,
            execute=self.execute,
            workers=self.workers,
            watch=watch,
            first=first,
            limit=limit,
            load=self.request.load,
            pack=pack,
            requested=dict(self.request.rows),
        )


def begun(
    experiment: Experiment,
    request: GenerateRequest,
    former: Run | None,
    plan: Plan,
    outputs: Outputs,
    executor: Callable[[str | None], Executor],
) -> Beginning:
    """The beginning of a run. Raises RequestError for a place, format, compression or workers that cannot be.

    executor  the one of a name, or the usual one
    """
    place = request.output_dir or outputs.managed(experiment.name)
    format_ = outputs.format_for(request.format, place)
    compression = outputs.compression_for(request.compression, format_)
    origin = bookkeeping.origin(experiment, plan.seed, plan.planned, compression, format_, pools=plan.pools)
    token = former.token if former and former.token else secrets.token_hex(6)
    sink = outputs.sink(place, compression, origin.digest, token, format_)
    execute, workers = executor(request.executor), checked_workers(request.workers)
    return Beginning(experiment, request, former, plan, origin, sink, execute, workers)
