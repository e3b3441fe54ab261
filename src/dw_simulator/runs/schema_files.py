"""From a document, or the file of one, to an Experiment, with the rows of the files that it names."""

from collections.abc import Callable
from pathlib import Path

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.schema import reading
from dw_simulator.schema.given_rows import FILE
from dw_simulator.schema.json_data import Json, JsonObject, fields_in, items_in
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
    """A document with the rows of the files in a directory that it names. Raises SchemaError, with places."""
    problems: list[Problem] = []

    def filled(given: Json, place: str) -> Json:
        if FILE not in fields_in(given):
            return given
        from dw_simulator.runs.given_files import with_rows_of_file  # noqa: PLC0415 - few schemas name files

        return with_rows_of_file(fields_in(given), directory, place, problems)

    found = _with_givens(data, filled)
    if problems:
        raise SchemaError(problems)
    return found


def _with_givens(document: Json, filled: Callable[[Json, str], Json]) -> Json:
    """A document in which something takes the place of what is given as rows, which may name a file."""
    whole = fields_in(document)
    data, tables = fields_in(whole.get("reference_data")), items_in(whole.get("tables"))
    changed: JsonObject = {}
    if data:
        changed["reference_data"] = {
            name: filled(one, f"reference_data.{name}") for name, one in data.items()
        }
    if tables:
        changed["tables"] = [
            {**fields_in(table), "rows": filled(fields_in(table)["rows"], f"tables[{i}].rows")}
            if "rows" in fields_in(table)
            else table
            for i, table in enumerate(tables)
        ]
    return {**whole, **changed} if changed else document
