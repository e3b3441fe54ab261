"""Carrying out a load: the files of a run go into a warehouse, part by part, and watchers are told."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dw_simulator.errors import RequestError, WarehouseError
from dw_simulator.ports.manifest import Manifest, PartEntry, TableEntry
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.ports.progress import RunEvent, Watch, speed, unwatched
from dw_simulator.ports.sink import PublishedFiles
from dw_simulator.ports.store import Run, StoredExperiment
from dw_simulator.ports.warehouse import Filling, Loaded, LoadSummary, LoadTask, Warehouse
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Column, Experiment
from dw_simulator.schema.shown import shown

if TYPE_CHECKING:
    import pyarrow as pa

_TELL_SECONDS = 0.1


@dataclass(frozen=True)
class LoadJob:
    """A load that was found sound.

    manifest  of the run's output
    files     that the run has published
    order     of tables; where something cannot be loaded at once, the plan says so there
    check     called now and then; raises RunAbortedError when it is time to stop
    """

    run: Run
    stored: StoredExperiment
    manifest: Manifest
    files: PublishedFiles
    order: LoadOrder
    watch: Watch = unwatched
    check: Callable[[], None] = lambda: None

    @property
    def rows(self) -> dict[str, int]:
        return {table.name: table.rows for table in self.manifest.tables}


def check_same(run: Run, manifest: Manifest) -> None:
    """Raise RequestError where the output of a run is not there any more, but that of another."""
    if not manifest.is_of(run):
        raise RequestError(
            f"the output of run {run.id} in {run.output_dir} was replaced by that of another; "
            f"generate it again with --seed {run.seed}"
        )


@dataclass
class LoadProgress:
    """How far a load is.

    showing  whether the tables may be in the warehouse already, whatever happens now
    """

    job: LoadJob
    done: dict[str, int] = field(init=False)
    began: float = field(default_factory=time.monotonic)
    told_at: float = 0.0
    showing: bool = False

    def __post_init__(self) -> None:
        self.done = dict.fromkeys(self.job.rows, 0)

    def counting(self, table: str, batches: "pa.RecordBatchReader") -> "pa.RecordBatchReader":
        """The same batches, counted as they go by."""

        def each() -> "Iterator[pa.RecordBatch]":
            for batch in batches:
                self.job.check()
                yield batch
                self.advance(table, batch.num_rows)

        return type(batches).from_batches(batches.schema, each())

    def advance(self, table: str, rows: int) -> None:
        """More rows of a table are in."""
        self.done[table] += rows
        if time.monotonic() - self.told_at > _TELL_SECONDS:
            self.told_at = time.monotonic()
            self.tell()

    def tell(self, final: str | None = None) -> None:
        """Send an event; with a final status, the last one."""
        job, total = self.job, self.job.rows
        rate, left = speed(sum(self.done.values()), sum(total.values()), time.monotonic() - self.began)
        status = final or "LOADING"
        event = RunEvent(job.run.id, job.stored.name, status, dict(self.done), total, rate, left)
        with suppress(Exception):  # who watches a load does not decide about it
            job.watch(event)


def carry_out(
    job: LoadJob, warehouse: Warehouse, tasks: Sequence[LoadTask], progress: LoadProgress
) -> LoadSummary:
    """Fill a warehouse with every table, or none; of several schemas, one after the other.

    Raises WarehouseError, and RequestError where files are not those of the manifest.
    """
    began = time.perf_counter()
    loads = [_filled(job, warehouse, task, progress) for task in tasks]
    pairs = list(zip(tasks, loads, strict=True))
    counts = {name: loaded.counts[there] for task, loaded in pairs for name, there in task.names.items()}
    unsaid = [line for task, loaded in pairs for line in (*task.unsaid, *loaded.warnings)]
    return LoadSummary(
        run_id=job.run.id,
        experiment=job.stored.name,
        place=warehouse.place,
        schema=", ".join(task.schema for task in tasks),
        row_counts=counts,
        how=loads[0].how,
        seconds=time.perf_counter() - began,
        warnings=tuple(dict.fromkeys([*unsaid, *_left_out(job.stored.experiment)])),
    )


def _filled(job: LoadJob, warehouse: Warehouse, task: LoadTask, progress: LoadProgress) -> Loaded:
    """Fill one schema."""
    columns = {table.name: table.columns for table in shown(job.stored.experiment).tables}
    with warehouse.fill(task) as filling:
        for name in job.order.tables:
            if name in task.names:
                entry = next((table for table in job.manifest.tables if table.name == name), None)
                if entry is None:
                    message = f"run {job.run.id} was made before the table {name} came"
                    raise RequestError(f"{message}; generate {job.stored.name} again")
                _fill(filling, job, entry, task.called(name), columns[name], progress)
        _check_not_replaced(job)
        progress.showing = True
        return filling.finish()


def _left_out(experiment: Experiment) -> Iterator[str]:
    yield from enforceable(experiment)[1]
    for table in shown(experiment).tables:
        if table.checks:
            yield f"{table.name}: CHECK is left out; the rows follow what the run has not warned of"


def _fill(
    filling: Filling,
    job: LoadJob,
    entry: TableEntry,
    called: str,
    columns: Sequence[Column],
    progress: LoadProgress,
) -> None:
    for number, part in enumerate(entry.parts):
        job.check()
        _check_part(job, entry, number, part)
        file = job.files.local_file(part)
        if file is not None and filling.append_files(called, [file]):
            progress.advance(entry.name, part.rows)
        else:
            filling.append(called, progress.counting(entry.name, job.files.reader(part, columns)))


def _check_part(job: LoadJob, entry: TableEntry, number: int, part: PartEntry) -> None:
    """Raise where a file is not what the manifest says it is."""
    wrong = job.files.problem_with(part)
    if not job.files.is_file_of(part.file, entry.name, number):
        wrong = "is not a file of this table"
    if wrong:
        _check_not_replaced(job)
        raise RequestError(f"{job.run.output_dir}/{part.file} {wrong}; generate again")


def _check_not_replaced(job: LoadJob) -> None:
    # a load pack may have come beside the tables meanwhile
    if job.files.manifest().model_copy(update={"extras": job.manifest.extras}) != job.manifest:
        raise WarehouseError(f"{job.run.output_dir} was replaced while it was loaded; load again")
