"""Files of rows that a schema names, read once: their rows take the place of the name in the document.

    {"file": "catalog.csv", "weights": "share"}  ->  {"columns": {"brand": [...], ...}, "weights": "share"}

So the same seed stays the same data whatever becomes of the file, and nobody reads one from afar.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from dw_simulator.errors import Problem, why_unreadable
from dw_simulator.schema.given_rows import FILE, MAX_CELLS, Given, cell
from dw_simulator.schema.json_data import Json, JsonObject


def with_rows_of_file(
    given: Mapping[str, Json], directory: Path, place: str, problems: list[Problem]
) -> Json:
    """Given rows with those of the file that they name, relative to a directory; what is wrong is noted."""
    name = given.get(FILE)
    if not isinstance(name, str) or {"rows", "columns"} & set(given):
        return given
    try:
        columns = rows_of_file(directory / name)
    except (OSError, ValueError, pa.ArrowException) as error:
        reason = why_unreadable(error) if isinstance(error, OSError) else " ".join(str(error).split())
        problems.append(Problem(f"{place}.file", f"{name} cannot be read: {reason}"))
        return {**_without_file(given), "rows": [{"": None}]}
    return {**_without_file(given), "columns": columns}


def _without_file(given: Mapping[str, Json]) -> JsonObject:
    return {name: value for name, value in given.items() if name != FILE}


def rows_of_file(path: Path) -> dict[str, list[Given]]:
    """The columns of a CSV or a Parquet file. Raises OSError, ValueError and what pyarrow raises.

    Cells of a CSV are texts; an empty one is NULL, unless it is in quotes.
    """
    if not path.is_file():
        raise ValueError("there is no such file")
    table = _parquet(path) if path.suffix.lower() in {".parquet", ".pq"} else _csv(path)
    names = table.column_names
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"it has two columns {min(twice)!r}")
    return {name: _cells(name, table.column(name)) for name in names}


def _parquet(path: Path) -> pa.Table:
    with pq.ParquetFile(path) as file:
        _check_size(file.metadata.num_rows, file.metadata.num_columns)
        return file.read()


def _csv(path: Path) -> pa.Table:
    parsing = pa_csv.ParseOptions(delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    parsing.newlines_in_values = True
    with pa_csv.open_csv(path, parse_options=parsing) as reader:
        names = reader.schema.names
    as_texts = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    batches, count = [], 0
    with pa_csv.open_csv(path, parse_options=parsing, convert_options=as_texts) as reader:
        for batch in reader:
            count += len(batch)
            _check_size(count, len(names))
            batches.append(batch)
        return pa.Table.from_batches(batches, reader.schema)


def _check_size(rows: int, columns: int) -> None:
    if rows * columns > MAX_CELLS:
        cells = f"{rows:,} rows of {columns} columns are {rows * columns:,} cells"
        raise ValueError(f"{cells} or more, at most {MAX_CELLS:,} are kept; leave columns or rows out")


def _cells(name: str, column: pa.ChunkedArray) -> list[Given]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
    found: list[Given] = []
    for row, value in enumerate(column.to_pylist()):
        try:
            found.append(cell(str(value) if isinstance(value, Decimal) else value))
        except ValueError as error:
            raise ValueError(f"row {row}, column {name}: {error}") from None
    return found
