"""Parquet files: how a part is written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dw_simulator.adapters.arrow import Converter, plain_rows
from dw_simulator.adapters.facts import Tally, Typed
from dw_simulator.adapters.sinks import Receipt
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.adapters.sinks.files import explained
from dw_simulator.engine.planning import ColumnPlan, Part, TablePlan
from dw_simulator.manifest import ColumnFacts, PartEntry
from dw_simulator.types import Kind

_DICTIONARY_LIMIT = 4096
_BATCH_ROWS = 1 << 16


class ParquetSink(DirectorySink):
    """Parquet files under a directory."""

    suffix = "parquet"

    def open(self, table: TablePlan, part: Part) -> "ParquetPart":
        return ParquetPart(self, table, part)

    def rows(self, entry: PartEntry, start: int, stop: int) -> list[dict[str, Any]]:
        """Rows of a published part as plain Python values, counted from the table's first row."""
        first, last = start - entry.start, stop - entry.start
        path = self.root / entry.file
        with explained(path), pq.ParquetFile(path) as file:
            found: list[dict[str, Any]] = []
            below = 0
            for group in range(file.num_row_groups):
                above = below + file.metadata.row_group(group).num_rows
                if below < last and first < above:
                    low = max(first - below, 0)
                    found += plain_rows(file.read_row_group(group).slice(low, min(last, above) - below - low))
                below = above
            return found

    def local_file(self, entry: PartEntry) -> str | None:
        """Where a published part lies, for a program that reads files itself."""
        return str(self.root / entry.file)

    @contextmanager
    def batches(self, entry: PartEntry) -> Iterator[pa.RecordBatchReader]:
        """A published part, batch by batch."""
        path = self.root / entry.file
        with explained(path), pq.ParquetFile(path) as file:
            yield pa.RecordBatchReader.from_batches(file.schema_arrow, file.iter_batches(_BATCH_ROWS))

    def facts(
        self, entry: PartEntry, columns: Sequence[Typed], *, sums: bool
    ) -> tuple[int, dict[str, ColumnFacts]]:
        """How many rows a published part has, and the facts of its columns, read from the file.

        sums  read the values, too, and add them up
        """
        path, tally = self.root / entry.file, Tally(columns, sums=sums)
        with explained(path), pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=tally.summed) if tally.summed else ():
                tally.add(batch)
            return file.metadata.num_rows, tally.facts(file.metadata)


class ParquetPart:
    """One file being written."""

    def __init__(self, sink: ParquetSink, table: TablePlan, part: Part) -> None:
        self._sink, self._part, self._rows = sink, part, 0
        self._path, self._tally, self._footers = sink.unfinished(part), Tally(table.columns), list[Any]()
        self._row_group_rows = table.row_group_rows
        with explained(self._path):
            self._writer = pq.ParquetWriter(
                self._path,
                Converter(table).schema,
                compression=sink.compression,
                use_dictionary=[column.name for column in table.columns if _is_dictionary(column)],
                # plain logical types, which every loader reads; decimals as integers where they fit one
                store_schema=False,
                store_decimal_as_integer=True,
                metadata_collector=self._footers,
            )

    def write(self, batch: Any) -> None:
        with explained(self._path):
            self._writer.write_batch(batch, row_group_size=self._row_group_rows)
        self._tally.add(batch)
        self._rows += batch.num_rows

    def close(self) -> Receipt:
        with explained(self._path):
            self._writer.close()
        facts = self._tally.facts(self._footers[0])
        return self._sink.finish(self._path, self._part, self._rows, facts)

    def discard(self) -> None:
        with suppress(OSError, RuntimeError):  # the error that led here is the one to tell
            self._writer.close()
        self._writer.is_open = False  # or it tries again when it is collected, and complains there
        self._path.unlink(missing_ok=True)


def _is_dictionary(column: ColumnPlan) -> bool:
    """Few distinct values pay for a dictionary; the planner knows their number, so nothing is tried out."""
    few = column.distinct is not None and column.distinct <= _DICTIONARY_LIMIT
    return few and column.type.kind is not Kind.BOOLEAN
