"""What the service is asked for and what it answers, and what makes a request sound."""

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dw_simulator.errors import RequestError, closest
from dw_simulator.ports.plan import FaultCount, Plan
from dw_simulator.ports.progress import Watch
from dw_simulator.ports.store import Run
from dw_simulator.ports.warehouse import LoadSummary
from dw_simulator.schema.model import Experiment

FORMATS = {
    "parquet": ("zstd", "snappy", "none"),
    "csv": ("zstd", "gzip", "none"),
    "jsonl": ("zstd", "gzip", "none"),
}
"""What files can be, and how each can be compressed; the first is taken where nothing is asked for."""
MAX_SEED = (1 << 63) - 1
MAX_PREVIEW = 10_000
MAX_PREVIEW_VALUES = 500_000


@dataclass(frozen=True)
class GenerateRequest:
    """A run as it is asked for; whatever is left out gets a default.

    rows         other row counts than the schema's, by table
    seed         drawn and recorded when it is None
    output_dir   a directory, or a URL such as s3://bucket/prefix; a managed directory when it is None
    compression  zstd when it is None
    format       of the files: parquet when it is None, csv or jsonl
    workers      how many at once; as many as there are cores when it is None. It changes no value.
    resume       go on with the experiment's last run, which was not completed: its seed, rows and place
    load         load the tables into the experiment's warehouse, too
    pack         publish the load pack beside Parquet files: scripts that take them into any warehouse
    version      of the experiment that is meant; any where it is empty
    refresh_pools  make the lists of values anew that Faker has made, and keep those with the experiment
    watch        told how far the run is, several times a second
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    seed: int | None = None
    output_dir: str | Path | None = None
    compression: str | None = None
    workers: int | None = None
    executor: str = "threads"
    resume: bool = False
    load: bool = False
    pack: bool = True
    version: str = ""
    format: str | None = None
    refresh_pools: bool = False
    watch: Watch = lambda _event: None


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
    loaded: LoadSummary | None = None
    faults: tuple[FaultCount, ...] = ()

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


def resumed(request: GenerateRequest, run: Run) -> GenerateRequest:
    """The request of an interrupted run, with the workers and the watcher of this one."""
    if request.refresh_pools:
        message = f"run {run.id} goes on with the pools that it began with"
        raise RequestError(f"{message}; leave out --refresh-pools, or --resume to begin anew")
    kept: dict[str, Any] = {
        "seed": run.seed,
        "rows": dict(run.requested_rows),
        "output_dir": run.output_dir,
        "compression": run.compression,
        "format": run.format,
    }
    for name, value in kept.items():
        asked = getattr(request, name)
        if asked not in (None, {}) and (located(asked) if name == "output_dir" else asked) != value:
            option = "--" + name.replace("_", "-")
            raise RequestError(f"run {run.id} goes on with its own {name} ({value}); leave out {option}")
    return replace(request, **kept)


def checked_format(name: str | None, formats: Sequence[str] | None = None) -> str:
    """A format that there is; where none is asked for, Parquet, or the first that the sink can write."""
    if name is not None and name not in FORMATS:
        raise RequestError(f"unknown format {name!r}{closest(name, FORMATS)}")
    if name is not None and formats and name not in formats:
        raise RequestError(f"the output cannot be {name}, but {' or '.join(formats)}; leave out --format")
    return name or next(iter(formats or FORMATS))


def checked_compression(compression: str | None, format_: str) -> str:
    """A compression that files of a format can have; the first where none is asked for."""
    known = FORMATS[format_]
    if compression is not None and compression not in known:
        raise RequestError(
            f"{format_} files have no compression {compression!r}{closest(compression, known)}"
        )
    return compression or known[0]


def text_of(path: Path) -> str:
    """The text of a file. Raises RequestError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise RequestError(f"{path} cannot be read: {reason}") from None


def with_rows(experiment: Experiment, rows: int | None) -> Experiment:
    """The experiment with so many rows in every table."""
    if rows is None:
        return experiment
    tables = tuple(table.model_copy(update={"target_rows": rows}) for table in experiment.tables)
    return experiment.model_copy(update={"tables": tables})


def checked_seed(seed: int | None) -> int:
    """A seed within its bounds; drawn where none is asked for."""
    if seed is None:
        return secrets.randbelow(1 << 53)  # short enough to survive a trip through JavaScript
    if not 0 <= seed <= MAX_SEED:
        raise RequestError(f"the seed {seed} is outside 0 to {MAX_SEED}")
    return seed


def scheme_of(place: str | Path) -> str:
    """The scheme of a URL; `file` for a path. A drive's letter is none: a scheme has two letters at least."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]+)://", place) if isinstance(place, str) else None
    return found[1].lower() if found else "file"


def located(place: str | Path) -> str:
    """A URL as it is, without slashes at its end; a path written out."""
    if scheme_of(place) != "file":
        return str(place).rstrip("/")
    return str(absolute(Path(str(place).removeprefix("file://"))))


def absolute(path: Path) -> Path:
    """A path written out. Raises RequestError for the home of nobody."""
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:  # ~nobody
        raise RequestError(f"{path}: {error}; write the path out") from None


def checked_workers(workers: int | None) -> int:
    """How many workers; one for each core that this process may use where nothing is asked for."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers < 1:
        raise RequestError(f"{workers} workers cannot work; ask for 1 or more")
    return workers


def checked_for_tables(request: GenerateRequest) -> None:
    """Raise RequestError for what a run into a database cannot do."""
    if request.executor != "threads":
        raise RequestError("rows go into a database from this process; leave out --executor")
    if request.resume or request.load:
        option = "--resume" if request.resume else "--load"
        raise RequestError(f"a run into a database makes tables, all or none; leave out {option}")


def in_load_order(plan: Plan) -> Plan:
    """The plan with its tables, parents before children."""
    return replace(plan, tables=tuple(plan.table(name) for name in plan.load_order.tables))
