"""Which files answer a query: those that the manifest of a completed run names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dw_simulator import manifest
from dw_simulator.errors import RequestError, SqlError
from dw_simulator.lifecycle import Run
from dw_simulator.manifest import PartEntry
from dw_simulator.model import Experiment

OWN_DIALECT = "duckdb"
"""SQL that needs no translation."""


def newest(name: str, runs: Iterable[Run]) -> Run:
    """The newest completed run. Raises RequestError where there is none."""
    for run in runs:
        if run.status == "COMPLETED":
            return run
    raise RequestError(f"{name} has no completed run to query; first: dw-sim experiment generate {name}")


def files(run: Run) -> Mapping[str, Sequence[Path]]:
    """The Parquet files of a run, by table. Raises RequestError where they are not there any more.

    Equal schemas, seeds and rows make equal data: any manifest with these is as good as the run's own.
    """
    root = Path(run.output_dir)
    again = f"make them again: dw-sim experiment generate {run.experiment} --seed {run.seed}"
    if run.status != "COMPLETED":
        raise RequestError(f"run {run.id} of {run.experiment} has no tables to query: it is {run.status}")
    if "://" in run.output_dir:
        raise RequestError(f"the tables of run {run.id} are at {run.output_dir}; only files here are queried")
    if not (root / manifest.FILE_NAME).exists():
        raise RequestError(f"the tables of run {run.id} are not in {root} any more; {again}")
    document = manifest.read(root)
    made = (document.schema_hash, document.seed, dict(document.rows))
    if made != (run.schema_hash, run.seed, dict(run.planned_rows)):
        raise RequestError(f"{root} holds the tables of another run than {run.id}; {again}")
    if document.format != "parquet":
        raise RequestError(
            f"the tables of run {run.id} are {document.format}; only Parquet files are queried"
        )
    return {table.name: [_file(root, part, again) for part in table.parts] for table in document.tables}


def _file(root: Path, part: PartEntry, again: str) -> Path:
    """A file as the manifest describes it."""
    path = root / part.file
    if not path.resolve().is_relative_to(root.resolve()):
        raise RequestError(f"{root / manifest.FILE_NAME} names {part.file}, which is not below it; {again}")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror}; {again}") from None
    if size != part.bytes:
        raise RequestError(f"{path} was changed: it has {size:,} bytes, not {part.bytes:,}; {again}")
    return path


@contextmanager
def translated(plugin: Any, dialect: str, sql: str, experiment: Experiment) -> Iterator[str]:
    """SQL of another dialect as DuckDB's; what is wrong with that is told as being about the translation."""
    if not hasattr(plugin, "translate"):
        raise RequestError(f"SQL of the dialect {dialect} cannot be translated; write it as DuckDB has it")
    tables = {table.name: [column.name for column in table.columns] for table in experiment.tables}
    translation: str = plugin.translate(sql, to=OWN_DIALECT, tables=tables)
    try:
        yield translation
    except SqlError as error:  # its place is not the place in what the user wrote
        raise SqlError(
            f"{error.message}, in the query as it was translated:", excerpt=error.excerpt
        ) from None
