"""How rows get into a table there: as Parquet files through a stage, or as text within INSERTs."""

import json
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from dw_simulator.adapters.warehouses.snowflake_session import ColumnInfo, Session
from dw_simulator.errors import WarehouseError
from dw_simulator.schema.quoting import quoted_name

FILE_BYTES = 64 << 20
TEXT_BYTES = 4 << 20
_STAGE = "FILES"
# How a column takes what is sent, by its type as INFORMATION_SCHEMA calls it. Not every reader of Parquet
# knows a time of the day with nanoseconds, so times go as text.
_FROM_PARQUET = {
    "NUMBER": "{}::NUMBER({precision},{scale})",
    "FLOAT": "{}::DOUBLE",
    "TEXT": "{}::VARCHAR",
    "TIME": "{}::VARCHAR::TIME(9)",
    "TIMESTAMP_NTZ": "{}::TIMESTAMP_NTZ(9)",
    "TIMESTAMP_LTZ": "{}::TIMESTAMP_LTZ(9)",
    "TIMESTAMP_TZ": "{}::TIMESTAMP_TZ(9)",
    "VARIANT": "PARSE_JSON({}::VARCHAR)",
    "OBJECT": "PARSE_JSON({}::VARCHAR)::OBJECT",
    "ARRAY": "PARSE_JSON({}::VARCHAR)::ARRAY",
}
_HEXADECIMAL = "TO_BINARY({}::VARCHAR, 'HEX')"


@dataclass(frozen=True)
class StagingTable:
    """A table of the staging schema, its columns in the order of the rows that come."""

    schema: str
    table: str
    columns: tuple[ColumnInfo, ...]

    @property
    def into(self) -> str:
        names = ", ".join(quoted_name(column.name) for column in self.columns)
        return f"{quoted_name(self.schema, self.table)} ({names})"

    def casts(self, source: str, *, text: bool = False) -> str:
        """What is sent, as the columns take it; `source` has the number of the column in braces."""
        return ", ".join(
            _cast(source.format(number), column, text=text) for number, column in enumerate(self.columns)
        )


def _cast(source: str, column: ColumnInfo, *, text: bool) -> str:
    template = _FROM_PARQUET.get(column.type, f"{{}}::{column.type}")
    if text:
        plain = "{}" if "VARCHAR" in template else "{}::VARCHAR"
        template = _HEXADECIMAL if column.type == "BINARY" else template.replace("{}", plain)
    return template.format(source, precision=column.precision, scale=column.scale)


class Route(Protocol):
    """A way for rows to come in."""

    how: str

    def send(self, table: StagingTable, batches: pa.RecordBatchReader, check: Callable[[], None]) -> int:
        """Append all rows; returns how many."""


def route(session: Session, schema: str) -> Route:
    """The way that this endpoint has, found out by loading a table of one row."""
    staged = Staged(session, schema)
    try:
        staged.probe()
    except WarehouseError as error:
        return Inserted(session, str(error))
    return staged


class Staged(Route):
    """Parquet files, PUT on a stage of the staging schema, and COPY INTO."""

    how = "PUT of Parquet files and COPY INTO"

    def __init__(self, session: Session, schema: str) -> None:
        self._session, self._schema, self._calls = session, schema, 0

    def probe(self) -> None:
        self._session.run(f"CREATE TEMPORARY STAGE {self._schema}.{_STAGE}")
        self._session.run(f"CREATE TABLE {self._schema}.PROBE (N NUMBER(38,0))")
        reader = pa.table({"n": [1]}).to_reader()
        table = StagingTable(self._schema, "PROBE", (ColumnInfo("N", "NUMBER", 38, 0),))
        self.send(table, reader, lambda: None)
        self._session.run(f"DROP TABLE {self._schema}.PROBE")

    def send(self, table: StagingTable, batches: pa.RecordBatchReader, check: Callable[[], None]) -> int:
        self._calls += 1
        folder = f"@{self._schema}.{_STAGE}/{self._calls}/"
        with closing(_files(batches, check)) as files:
            rows = sum(self._put(folder, path, count) for path, count in files)
        if not rows:
            return 0
        # columns are named by their numbers in the files: no name there has to be written in a path
        copied = self._session.run(
            f"COPY INTO {table.into} FROM (SELECT {table.casts('$1:c{}')} FROM {folder})"
            " FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE)"
            " ON_ERROR = ABORT_STATEMENT PURGE = TRUE"
        )
        loaded = sum(int(str(file[3])) for file in copied)
        if loaded != rows:
            raise WarehouseError(f"{self._session.place}: COPY INTO took {loaded:,} rows of {rows:,}")
        return rows

    def _put(self, folder: str, path: Path, rows: int) -> int:
        name = path.as_posix().replace("\\", "\\\\").replace("'", "\\'")
        self._session.run(f"PUT 'file://{name}' {folder} AUTO_COMPRESS = FALSE OVERWRITE = TRUE")
        return rows


def _files(batches: pa.RecordBatchReader, check: Callable[[], None]) -> Generator[tuple[Path, int]]:
    """Files of bounded size, each with its rows; a file is gone when the next one is asked for."""
    with tempfile.TemporaryDirectory(prefix="dw-sim-") as directory:
        waiting = (_numbered(batch) for batch in batches if batch.num_rows)
        number, batch = 0, next(waiting, None)
        while batch is not None:
            path, rows = Path(directory, f"{number}.parquet"), 0
            with pq.ParquetWriter(path, batch.schema, store_schema=False) as writer:
                while batch is not None and path.stat().st_size < FILE_BYTES:
                    check()
                    writer.write_batch(batch)
                    rows += batch.num_rows
                    batch = next(waiting, None)
            yield path, rows
            path.unlink()
            number += 1


def _numbered(batch: pa.RecordBatch) -> pa.RecordBatch:
    arrays = [_simple(array) for array in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, names=[f"c{k}" for k in range(len(arrays))])


def _simple(array: pa.Array) -> pa.Array:
    """A column as any reader of Parquet takes it: times and UUIDs as text."""
    if pa.types.is_time(array.type):
        return array.cast(pa.string())
    return uuid_text(array) if _is_uuid(array.type) else array


def _is_uuid(type_: pa.DataType) -> bool:
    return bool(type_ == pa.uuid() or type_ == pa.binary(16))


def uuid_text(array: pa.Array) -> pa.Array:
    """16 bytes each as the 36 characters that people know."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    filled = array.fill_null(bytes(16))
    data = np.frombuffer(filled.buffers()[1], np.uint8)[filled.offset * 16 :][: len(array) * 16]
    digits = np.frombuffer(data.tobytes().hex().encode(), np.uint8).reshape(-1, 32)
    text = np.insert(digits, (8, 12, 16, 20), ord("-"), axis=1)
    made = pa.Array.from_buffers(pa.binary(36), len(array), [None, pa.py_buffer(text.tobytes())])
    return pa.compute.if_else(array.is_valid(), made.cast(pa.binary()).cast(pa.string()), None)


class Inserted(Route):
    """INSERTs that each carry many rows, as one text of JSON."""

    def __init__(self, session: Session, reason: str) -> None:
        self._session, self.how = session, f"INSERT, as stages do not work: {reason}"

    def send(self, table: StagingTable, batches: pa.RecordBatchReader, check: Callable[[], None]) -> int:
        casts = table.casts("value[{}]", text=True)
        insert = f"INSERT INTO {table.into} SELECT {casts} FROM TABLE(FLATTEN(INPUT => PARSE_JSON(?)))"
        rows = 0
        for batch in batches:
            for piece in _pieces(batch):
                check()
                self._session.run(insert, json.dumps(list(zip(*map(_texts, piece.columns), strict=True))))
                rows += piece.num_rows
        return rows


def _pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in pieces whose text stays well below what a value may have there."""
    step = max(1, batch.num_rows * TEXT_BYTES // max(batch.nbytes * 4, TEXT_BYTES))
    return (batch.slice(start, step) for start in range(0, batch.num_rows, step))


def _texts(array: pa.Array) -> Sequence[str | None]:
    """A column's values as the casts read them."""
    array = _simple(array)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_binary(array.type) or pa.types.is_binary_view(array.type):
        return [None if value is None else value.hex() for value in array.to_pylist()]
    if pa.types.is_float32(array.type):
        array = array.cast(pa.float64())
    texts: list[str | None] = array.cast(pa.string()).to_pylist()
    return texts
