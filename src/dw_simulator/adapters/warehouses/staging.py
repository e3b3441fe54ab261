"""COPY from S3 and UNLOAD to it, carried out by this program where the database cannot."""

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq
from pyarrow import fs

from dw_simulator.adapters.locations import Location, explained, location_of
from dw_simulator.adapters.warehouses.s3_statements import CopyFromS3, UnloadToS3
from dw_simulator.errors import RequestError
from dw_simulator.ports.warehouse import WarehouseQuery

_BATCH_ROWS = 1 << 16


@dataclass(frozen=True)
class Stage:
    """Where statements may read and write: below one address.

    url  `s3://bucket/prefix`, or "" where none is configured
    """

    url: str

    def open(self, address: str) -> Location:
        """A place below the stage. Raises RequestError for any other."""
        if not self.url.partition("://")[1] or self.url.startswith("file:"):
            raise RequestError("no stage is configured; set DW_SIM_STAGE_URL to s3://bucket/prefix")
        levels = address.partition("://")[2].split("/")
        if not address.startswith(self.url.rstrip("/") + "/") or {".", ".."} & set(levels):
            raise RequestError(f"{address} is not below {self.url}, where DW_SIM_STAGE_URL allows it")
        return location_of(address)


class Appending(Protocol):
    """A warehouse that takes rows from a client."""

    def append(
        self, asked: WarehouseQuery, table: str, columns: Sequence[str], batches: pa.RecordBatchReader
    ) -> int:
        """Append rows to a table that this program has made, all or none; returns how many.

        columns  the table's, in the order of the batches'; all of them where it is empty
        """


def copy(warehouse: Appending, query: WarehouseQuery, asked: CopyFromS3, stage: Stage) -> int:
    """Append the rows of Parquet files to a table of a warehouse, all or none; returns how many."""
    files = _named(asked.source, stage) if asked.manifest else _found(asked.source, stage)
    if not files:
        raise RequestError(f"there are no files at {asked.source}")
    with _parquet(files[0]) as file:
        batches = pa.RecordBatchReader.from_batches(file.schema_arrow, _rows(files))
        return warehouse.append(query, asked.table, asked.columns, batches)


@contextmanager
def _parquet(one: Location) -> Iterator[pq.ParquetFile]:
    try:
        with explained(one.url), pq.ParquetFile(one.filesystem.open_input_file(one.path)) as file:
            yield file
    except pa.ArrowInvalid as error:
        raise RequestError(f"{one.url} cannot be read as Parquet: {error}") from None


def _found(address: str, stage: Stage) -> list[Location]:
    """The files whose addresses begin so, as Redshift takes a prefix."""
    start = stage.open(address)
    prefix = f"{start.path}/" if address.endswith("/") else start.path
    folder = prefix.rpartition("/")[0]
    with explained(start.url):
        entries = start.filesystem.get_file_info(
            fs.FileSelector(folder, recursive=True, allow_not_found=True)
        )
    files = [entry for entry in entries if entry.is_file and entry.path.startswith(prefix)]
    scheme = start.url.partition("://")[0]
    return [
        stage.open(f"{scheme}://{entry.path}")
        for entry in sorted(files, key=lambda entry: entry.path)
        if entry.size
    ]


def _named(address: str, stage: Stage) -> list[Location]:
    """The files that a manifest names."""
    where = stage.open(address)
    with explained(address), where.filesystem.open_input_file(where.path) as file:
        content = file.read()
    try:
        return [stage.open(str(entry["url"])) for entry in json.loads(content)["entries"]]
    except (ValueError, KeyError, TypeError):
        raise RequestError(f'{address} is not a manifest: {{"entries": [{{"url": "s3://…"}}]}}') from None


def _rows(files: list[Location]) -> Iterator[pa.RecordBatch]:
    for one in files:
        with _parquet(one) as file:
            yield from file.iter_batches(_BATCH_ROWS)


def unload(batches: pa.RecordBatchReader, asked: UnloadToS3, stage: Stage) -> tuple[int, str]:
    """Write what a SELECT has found to one file; returns the number of rows and the file's address."""
    suffix = ".parquet" if asked.format == "PARQUET" else ".csv"
    address = f"{asked.target}0000_part_00{suffix}"
    where = stage.open(address)
    with explained(address):
        there = where.filesystem.get_file_info(where.path).type != fs.FileType.NotFound
        if there and not asked.overwrite:
            raise RequestError(f"{address} is there already; write ALLOWOVERWRITE, or choose another prefix")
        # Arrow completes an upload that fails half way: it must not have the name that readers look for
        draft = f"{where.path}.unfinished-{secrets.token_hex(4)}"
        try:
            with where.filesystem.open_output_stream(draft, compression=None) as stream:
                count = _write(batches, asked, stream)
            where.filesystem.move(draft, where.path)
        except BaseException:
            with suppress(OSError):
                where.filesystem.delete_file(draft)
            raise
        if asked.manifest:
            _list(where, address, count, stage.open(f"{asked.target}manifest"))
    return count, address


def _list(where: Location, address: str, count: int, listed: Location) -> None:
    size = where.filesystem.get_file_info(where.path).size
    entries = {"entries": [{"url": address, "meta": {"content_length": size, "record_count": count}}]}
    with listed.filesystem.open_output_stream(listed.path) as stream:
        stream.write(json.dumps(entries).encode())


def _write(batches: pa.RecordBatchReader, asked: UnloadToS3, stream: pa.NativeFile) -> int:
    count = 0
    if asked.format == "PARQUET":
        writer = pq.ParquetWriter(stream, batches.schema, store_schema=False)
    else:
        options = pc_csv.WriteOptions(include_header=asked.header, delimiter=asked.delimiter)
        writer = pc_csv.CSVWriter(stream, batches.schema, write_options=options)
    with writer:
        for batch in batches:
            writer.write_batch(batch)
            count += batch.num_rows
    return count
