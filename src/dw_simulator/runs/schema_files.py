"""From a document, or the file of one, to an Experiment, with the rows of the files that it names."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from dw_simulator.schema import reading
from dw_simulator.schema.given_rows import FILE
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Experiment


def schema_of(data: Json | Path, files: Path | None = None) -> Experiment:
    """The schema of a document, or of a JSON or YAML file. Raises SchemaError.

    files  where the files are that a document may name: none where it is None; those of a schema's file are
           beside it
    """
    if isinstance(data, Path):
        return schema_of(reading.decode(data), data.parent)
    return reading.parse(data if files is None else with_rows(data, files))


def with_rows(data: Json, directory: Path) -> Json:
    """A document with the rows of the files in a directory that it names. Raises SchemaError."""
    if not any(isinstance(one, Mapping) and FILE in one for one in _givens(data)):
        return data
    from dw_simulator.runs.given_files import with_files  # noqa: PLC0415 - few schemas name files

    return with_files(data, directory)


def _givens(document: Json) -> Iterator[Json]:
    """Where a document may name a file."""
    if not isinstance(document, Mapping):
        return
    data, tables = document.get("reference_data"), document.get("tables")
    if isinstance(data, Mapping):
        yield from data.values()
    if isinstance(tables, list):
        yield from (table.get("rows") for table in tables if isinstance(table, Mapping))
