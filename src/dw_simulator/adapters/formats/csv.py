"""CSV with a header: text in quotes, and what is written as text; NULL is nothing, empty text is `""`."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.csv as pcsv

from dw_simulator.adapters.formats.plain_text import Lines, LineWriter, TextFormat
from dw_simulator.arrow import SCIENTIFIC, from_text, plain_schema, plain_type, to_text
from dw_simulator.ports.plan import TablePlan
from dw_simulator.ports.tabular import TypedColumn
from dw_simulator.types import TEMPORAL_KINDS, Kind, SqlType

_BLOCK = 4 << 20
_NATIVE = (Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT, Kind.TEXT, Kind.JSON, Kind.NOTATION)
"""What Arrow reads as it should be; everything else is read as text and converted here."""


class CsvLines(Lines):
    """Comma-separated values, as RFC 4180 has them."""

    def problem_with(self, table: TablePlan) -> str | None:
        if len(table.columns) == 1 and table.columns[0].nullable:
            told = "in CSV a NULL of its only column is an empty line, which most programs pass over"
            return f"{told}; choose jsonl or parquet"
        return None

    def begin(self, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> "CsvWriter":
        return CsvWriter(stream, columns)

    def read(self, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> Iterator[pa.RecordBatch]:
        schema = plain_schema(columns)
        raw = {c.name: plain_type(c.type) if c.type.kind in _NATIVE else pa.string() for c in columns}
        reader = pcsv.open_csv(
            stream,
            pcsv.ReadOptions(use_threads=False, block_size=_BLOCK),
            pcsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            pcsv.ConvertOptions(
                column_types=raw,
                include_columns=list(raw),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["true"],
                false_values=["false"],
            ),
        )
        for batch in reader:
            arrays = [_typed(a, column.type) for a, column in zip(batch.columns, columns, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


FORMAT = TextFormat("csv", CsvLines())


class CsvWriter(LineWriter):
    """Rows of one file."""

    def __init__(self, stream: pa.NativeFile, columns: Sequence[TypedColumn]) -> None:
        self._types = [column.type for column in columns]
        self._schema = pa.schema([(column.name, _written(column.type)) for column in columns])
        self._writer = pcsv.CSVWriter(stream, self._schema)

    def write(self, batch: pa.RecordBatch) -> None:
        arrays = [
            to_text(array, type_) if field.type == pa.string() else array
            for array, type_, field in zip(batch.columns, self._types, self._schema, strict=True)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def _written(type_: SqlType) -> pa.DataType:
    """What Arrow's writer is given: text, but where it writes what it should, as of times."""
    by_arrow = type_.kind in _NATIVE or type_.kind in TEMPORAL_KINDS
    short = type_.kind is Kind.DECIMAL and type_.scale <= SCIENTIFIC
    return plain_type(type_) if by_arrow or short else pa.string()


def _typed(array: pa.Array, type_: SqlType) -> pa.Array:
    return array if type_.kind in _NATIVE else from_text(array, type_)
