"""What the service is asked for and what it answers, and what makes a request sound."""

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dw_simulator.errors import RequestError
from dw_simulator.ports.progress import Watch, unwatched
from dw_simulator.ports.store import Run
from dw_simulator.ports.tabular import Row
from dw_simulator.runs.output_urls import located
from dw_simulator.schema.model import Experiment

if TYPE_CHECKING:
    from dw_simulator.ports.plan import FaultCount
    from dw_simulator.ports.warehouse import LoadSummary

MAX_SEED = (1 << 63) - 1
MAX_SCALE = 1e9
MAX_PREVIEW = 10_000
"""The most rows that are shown at once."""


@dataclass(frozen=True)
class GenerateRequest:
    """A run as it is asked for; whatever is left out gets a default.

    rows         other row counts than the schema's, by table
    seed         drawn and recorded when it is None
    output_dir   a directory, or a URL such as s3://bucket/prefix; a managed directory when it is None
    compression  one of the format's; its first when it is None
    format       of the files, by its name; the sink's own when it is None
    workers      how many at once; as many as there are cores when it is None. It changes no value.
    executor     who makes the parts, by its name; this process itself when it is None
    resume       go on with the experiment's last run, which was not completed: its seed, rows and place
    load         load the tables into the experiment's warehouse, too
    load_pack    publish scripts beside Parquet files that take them into these dialects' warehouses, or `all`
    version      of the experiment that is meant; any where it is empty
    refresh_pools  make the lists of values anew that Faker has made, and keep those with the experiment
    scale        every table has so many times its rows; not those that `rows` names, that are written out or
                 that follow other tables
    watch        told how far the run is, several times a second
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    seed: int | None = None
    output_dir: str | Path | None = None
    compression: str | None = None
    workers: int | None = None
    executor: str | None = None
    resume: bool = False
    load: bool = False
    load_pack: Sequence[str] = ()
    version: str = ""
    format: str | None = None
    refresh_pools: bool = False
    scale: float | None = None
    watch: Watch = unwatched

    def scaled(self, experiment: Experiment) -> "GenerateRequest":
        """The same with numbers of rows in the place of a scale."""
        return replace(self, rows=scaled_rows(experiment, self.rows, self.scale), scale=None)


@dataclass(frozen=True)
class Summary:
    """What a run has made.

    kept_parts  finished parts of the interrupted run that it went on with
    loaded      where its tables were loaded, if that was asked for
    faults      what is wrong on purpose, in how many rows
    """

    run_id: int
    experiment: str
    seed: int
    output_dir: str
    row_counts: Mapping[str, int]
    files: Mapping[str, Sequence[str]]
    bytes: int
    seconds: float
    warnings: tuple[str, ...]
    kept_parts: int = 0
    loaded: "LoadSummary | None" = None
    faults: "tuple[FaultCount, ...]" = ()

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
    rows: Sequence[Row]


@dataclass(frozen=True)
class Created:
    """A stored experiment, and what its author should know."""

    experiment: Experiment
    warnings: tuple[str, ...]


def scaled_rows(
    experiment: Experiment, rows: Mapping[str, int] | None, scale: float | None
) -> dict[str, int]:
    """Row counts by table. Raises RequestError for a scale that is none."""
    if scale is not None and not 0 < scale <= MAX_SCALE:
        raise RequestError(f"the scale {scale:g} is not above 0 and up to {MAX_SCALE:g}")
    return experiment.scaled(rows or {}, scale)


def resumed(request: GenerateRequest, run: Run | None) -> GenerateRequest:
    """The request of an interrupted run, if any, with this one's workers and watcher. Raises RequestError."""
    if run is None:
        return request
    if request.refresh_pools:
        message = f"run {run.id} goes on with the pools that it began with"
        raise RequestError(f"{message}; leave out --refresh-pools, or --resume to begin anew")
    place = None if request.output_dir is None else str(located(request.output_dir))
    asked_and_kept = {
        "seed": (request.seed, run.seed),
        "rows": (dict(request.rows) or None, dict(run.requested_rows)),
        "output_dir": (place, run.output_dir),
        "compression": (request.compression, run.compression),
        "format": (request.format, run.format),
    }
    for name, (asked, kept) in asked_and_kept.items():
        if asked is not None and asked != kept:
            option = "--" + name.replace("_", "-")
            raise RequestError(f"run {run.id} goes on with its own {name} ({kept}); leave out {option}")
    return replace(
        request,
        seed=run.seed,
        rows=dict(run.requested_rows),
        output_dir=run.output_dir,
        compression=run.compression,
        format=run.format,
    )


def checked_seed(seed: int | None) -> int:
    """A seed within its bounds; drawn where none is asked for."""
    if seed is None:
        return secrets.randbelow(1 << 53)  # short enough to survive a trip through JavaScript
    if not 0 <= seed <= MAX_SEED:
        raise RequestError(f"the seed {seed} is outside 0 to {MAX_SEED}")
    return seed


def checked_workers(workers: int | None) -> int:
    """How many workers; one for each core that this process may use where nothing is asked for."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    if workers < 1:
        raise RequestError(f"{workers} workers cannot work; ask for 1 or more")
    return workers


def check_for_tables(request: GenerateRequest, own: str) -> None:
    """Raise RequestError for what a run into a database cannot do. own: the executor of this process."""
    if request.executor not in (None, own):
        raise RequestError("rows go into a database from this process; leave out --executor")
    if request.resume or request.load:
        option = "--resume" if request.resume else "--load"
        raise RequestError(f"a run into a database makes tables, all or none; leave out {option}")
