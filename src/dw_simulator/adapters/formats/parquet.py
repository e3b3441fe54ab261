"""Parquet: plain logical types, which every loader reads."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq

from dw_simulator.adapters.column_facts import FooterTally
from dw_simulator.arrow import Converter, plain_rows, plain_schema
from dw_simulator.ports.format import ByteSink, Encoder, Format
from dw_simulator.ports.manifest import ColumnFacts
from dw_simulator.ports.plan import ColumnPlan, TablePlan
from dw_simulator.ports.tabular import Row, TypedColumn
from dw_simulator.types import Kind

_DICTIONARY_LIMIT = 4096
_BATCH_ROWS = 1 << 15


class Parquet(Format):
    """Parquet files; the compression is that of their pages."""

    compressions = ("zstd", "snappy", "none")
    seeks, scannable = True, True

    def problem_with(self, table: TablePlan) -> str | None:  # noqa: ARG002 - any can be written
        return None

    def suffix(self, compression: str) -> str:  # noqa: ARG002 - it is inside the file
        return "parquet"

    def encoder(self, stream: ByteSink, table: TablePlan, compression: str) -> "ParquetEncoder":
        return ParquetEncoder(stream, table, compression)

    def batches(
        self,
        file: pa.NativeFile,
        columns: Sequence[TypedColumn],
        compression: str,  # noqa: ARG002
    ) -> Iterator[pa.RecordBatch]:
        schema = plain_schema(columns)
        for batch in pq.ParquetFile(file).iter_batches(_BATCH_ROWS, columns=schema.names):
            yield batch.cast(schema)

    def rows(
        self,
        file: pa.NativeFile,
        columns: Sequence[TypedColumn],
        compression: str,  # noqa: ARG002
        span: tuple[int, int],
    ) -> list[Row]:
        (first, last), found, below = span, list[Row](), 0
        parquet, schema = pq.ParquetFile(file), plain_schema(columns)
        for group in range(parquet.num_row_groups):
            above = below + parquet.metadata.row_group(group).num_rows
            if below < last and first < above:
                low = max(first - below, 0)
                wanted = parquet.read_row_group(group).slice(low, min(last, above) - below - low)
                found += plain_rows(wanted.cast(schema))
            below = above
        return found

    def facts(
        self,
        file: pa.NativeFile,
        columns: Sequence[TypedColumn],
        compression: str,  # noqa: ARG002
        *,
        sums: bool,
    ) -> tuple[int, dict[str, ColumnFacts]]:
        parquet, tally = pq.ParquetFile(file), FooterTally(columns, sums=sums)
        for batch in parquet.iter_batches(columns=tally.summed) if tally.summed else ():
            tally.add(batch)
        return parquet.metadata.num_rows, tally.facts(parquet.metadata)


FORMAT = Parquet()


class ParquetEncoder(Encoder):
    """One file being written."""

    def __init__(self, stream: ByteSink, table: TablePlan, compression: str) -> None:
        self._tally, self._footers = FooterTally(table.columns), list[pq.FileMetaData]()
        self._row_group_rows = table.row_group_rows
        self._writer = pq.ParquetWriter(
            stream,
            Converter(table).schema,
            compression=compression,
            use_dictionary=[column.name for column in table.columns if _is_dictionary(column)],
            # plain logical types, which every loader reads; decimals as integers where they fit one
            store_schema=False,
            store_decimal_as_integer=True,
            metadata_collector=self._footers,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch, row_group_size=self._row_group_rows)
        self._tally.add(batch)

    def close(self) -> Mapping[str, ColumnFacts]:
        self._writer.close()
        return self._tally.facts(self._footers[0])

    def discard(self) -> None:
        with suppress(OSError, RuntimeError, ValueError):  # the error that led here is the one to tell
            self._writer.close()
        self._writer.is_open = False  # or it tries again when it is collected, and complains there


def _is_dictionary(column: ColumnPlan) -> bool:
    """Few distinct values pay for a dictionary; the planner knows their number, so nothing is tried out."""
    few = column.distinct is not None and column.distinct <= _DICTIONARY_LIMIT
    return few and column.type.kind is not Kind.BOOLEAN
