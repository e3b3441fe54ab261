"""Which files answer a query: those that the manifest of a completed run names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dw_simulator.errors import RequestError, SqlError
from dw_simulator.ports import manifest
from dw_simulator.ports.manifest import PartEntry, TableEntry
from dw_simulator.ports.store import Run
from dw_simulator.schema.model import Column, Experiment

OWN_DIALECT = "duckdb"
"""SQL that needs no translation."""


def tables(run: Run, source: Any, experiment: Experiment) -> Mapping[str, Any]:
    """What DuckDB reads of a run, by table: the paths of Parquet files, or a pyarrow.dataset elsewhere.

    source  the sink that the run has written to

    Raises RequestError where they are not there any more. Equal schemas, seeds and rows make equal data: any
    manifest with these is as good as the run's own.
    """
    again = f"make them again: dw-sim experiment generate {run.experiment} --seed {run.seed}"
    try:
        document = source.files().manifest()
    except RequestError as error:
        gone = f"the tables of run {run.id} are not in {run.output_dir} any more"
        raise RequestError(f"{gone} ({error}); {again}") from None
    if not document.is_of(run):
        raise RequestError(f"{run.output_dir} holds the tables of another run than {run.id}; {again}")
    if document.format != "parquet":
        told = f"the tables of run {run.id} are {document.format}"
        raise RequestError(f"{told}; only Parquet files are queried, so generate with --format parquet")
    columns = {table.name: table.columns for table in experiment.tables}
    return {table.name: _scanned(source, table, columns[table.name], again) for table in document.tables}


def _scanned(source: Any, table: TableEntry, columns: Sequence[Column], again: str) -> Any:
    files = [source.local_file(part) for part in table.parts]
    if None in files:
        return source.dataset(table.parts, columns)
    pairs = zip(files, table.parts, strict=True)
    return [_file(Path(source.root), Path(file), part, again) for file, part in pairs]


def _file(root: Path, path: Path, part: PartEntry, again: str) -> Path:
    """A file as the manifest describes it."""
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
    written = translation(plugin, dialect, sql, experiment, to=OWN_DIALECT)
    try:
        yield written
    except SqlError as error:  # its place is not the place in what the user wrote
        raise SqlError(
            f"{error.message}, in the query as it was translated:", excerpt=error.excerpt
        ) from None


def translation(plugin: Any, dialect: str, sql: str, experiment: Experiment, *, to: str) -> str:
    """SQL of one dialect in another. Raises SqlError with the place of what cannot be said there."""
    if dialect == to:
        return sql
    if not hasattr(plugin, "translate"):
        raise RequestError(f"SQL of the dialect {dialect} cannot be translated; write it as {to} has it")
    names = {table.name: [column.name for column in table.columns] for table in experiment.tables}
    written: str = plugin.translate(sql, to=to, tables=names)
    return written
