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
from dw_simulator.types import Kind, SqlType

_BATCH_ROWS = 1 << 15
_FEW_TEXTS, _FEW_CODES = 1 << 12, 1 << 15
"""Up to so many values are a dictionary, if it has to be built from texts, or is there already."""
_MOST_BITS = 28
"""Wider differences are not packed: fastparquet (2026) reads other values from them without a word."""
_WHOLE = (Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.TIME, Kind.TIMESTAMP)


class Parquet(Format):
    """Parquet files; the compression is that of their pages.

    packed  whether whole numbers may be packed: into the bits of their differences (DELTA_BINARY_PACKED)
    """

    compressions = ("zstd", "snappy", "none")
    seeks, scannable = True, True

    def __init__(self, *, packed: bool) -> None:
        self._packed = packed

    def problem_with(self, table: TablePlan) -> str | None:  # noqa: ARG002 - any can be written
        return None

    def suffix(self, compression: str) -> str:  # noqa: ARG002 - it is inside the file
        return "parquet"

    def encoder(self, stream: ByteSink, table: TablePlan, compression: str) -> "ParquetEncoder":
        return ParquetEncoder(stream, table, compression, packed=self._packed)

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
        for batch in parquet.iter_batches(columns=tally.looked_at) if tally.looked_at else ():
            tally.add(batch)
        return parquet.metadata.num_rows, tally.facts(parquet.metadata)


FORMAT, PLAIN = Parquet(packed=True), Parquet(packed=False)


class ParquetEncoder(Encoder):
    """One file being written."""

    def __init__(self, stream: ByteSink, table: TablePlan, compression: str, *, packed: bool) -> None:
        self._tally, self._footers = FooterTally(table.columns), list[pq.FileMetaData]()
        self._row_group_rows, self._held = table.row_group_rows, list[pa.RecordBatch]()
        schema = Converter(table).schema
        deltas = {column.name for column in table.columns if packed and _packs(column)}
        pairs = zip(table.columns, schema.types, strict=True)
        listed = {column.name for column, type_ in pairs if _is_dictionary(column, type_)}
        self._writer = pq.ParquetWriter(
            stream,
            schema,
            # what is packed has nothing left to compress
            compression={name: "none" if name in deltas else compression for name in schema.names},
            use_dictionary=sorted(listed - deltas),
            column_encoding=dict.fromkeys(deltas, "DELTA_BINARY_PACKED"),
            # the ends of a dictionary's values are looked for once so many rows
            write_batch_size=table.page_rows,
            # plain logical types, which every loader reads; decimals as integers where they fit one
            store_schema=False,
            store_decimal_as_integer=True,
            metadata_collector=self._footers,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        self._tally.add(batch)
        self._held.append(batch)
        if self._held_rows >= self._row_group_rows:
            self._write_groups()

    @property
    def _held_rows(self) -> int:
        return sum(batch.num_rows for batch in self._held)

    def _write_groups(self) -> None:
        """Whole row groups of what is held: where they end depends on no batch. The rest stays."""
        table = pa.Table.from_batches(self._held)
        whole = len(table) // self._row_group_rows * self._row_group_rows
        self._writer.write_table(table.slice(0, whole), self._row_group_rows)
        self._held = table.slice(whole).to_batches()

    def close(self) -> Mapping[str, ColumnFacts]:
        if self._held:
            self._writer.write_table(pa.Table.from_batches(self._held), self._row_group_rows)
        self._writer.close()
        return self._tally.facts(self._footers[0])

    def discard(self) -> None:
        with suppress(OSError, RuntimeError, ValueError):  # the error that led here is the one to tell
            self._writer.close()
        self._writer.is_open = False  # or it tries again when it is collected, and complains there


def _is_dictionary(column: ColumnPlan, type_: pa.DataType) -> bool:
    """Few distinct values pay for a dictionary; the planner knows their number, so nothing is tried out."""
    most = _FEW_CODES if pa.types.is_dictionary(type_) else _FEW_TEXTS
    return column.distinct is not None and column.distinct <= most and column.type.kind is not Kind.BOOLEAN


def _packs(column: ColumnPlan) -> bool:
    """Whether a quarter of the bits or more is saved by keeping differences; the planner knows the ends."""
    facts, width = column.kernel.facts, _width(column.type)
    if column.type.kind not in _WHOLE or width > 64 or facts.ends is None:
        return False
    low, high = facts.ends
    return facts.steady or (int(high) - int(low)).bit_length() + 1 <= min(width * 3 // 4, _MOST_BITS)


def _width(type_: SqlType) -> int:
    """Bits in which Parquet keeps a whole number of a type."""
    if type_.kind is Kind.DECIMAL:
        return 32 if type_.precision <= 9 else 64 if type_.precision <= 18 else 128
    return 32 if type_.kind is Kind.DATE or (type_.kind is Kind.INTEGER and type_.bits <= 32) else 64
