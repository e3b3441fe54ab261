"""Answers in every format, piece by piece: what is held of a result does not grow with its rows."""

import errno
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dw_simulator.errors import OutputError
from dw_simulator.ports.answers import Answer
from dw_simulator.ports.result_formats import format_of, result_format

_GROUP_ROWS = 122_880  # so many rows are a row group, as DuckDB has them
_GROUP_BYTES = 32 << 20


def pieces(answer: Answer, format_name: str) -> Iterator[bytes]:
    """An answer in a format (`Answer.pieces`)."""
    result_format(format_name)
    return _PIECES[format_name](answer)


def write(answer: Answer, path: Path, format_name: str | None = None) -> None:
    """An answer in a file: written beside it, and renamed when it is whole (`Answer.write`)."""
    read = pieces(answer, format_name or format_of(path))
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            file.writelines(read)
        beside.replace(path)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full" if full else error.strerror or str(error)
        raise OutputError(f"{path} cannot be written: {reason}; nothing was left there") from None
    finally:
        beside.unlink(missing_ok=True)


# --- text


def _array(answer: Answer) -> Iterator[bytes]:
    """One JSON array of the objects, each in a line."""
    before = b"[\n"
    for lines in answer.json_lines():
        yield before + lines.removesuffix(b"\n").replace(b"\n", b",\n")
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


# --- Arrow and Parquet, whose writers write into something


class _Taken:
    """What was written, until it is taken."""

    closed = False

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: "bytes | pa.Buffer") -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing lies between."""

    def close(self) -> None:
        """What was written stays to be taken."""

    def take(self) -> bytes:
        written = b"".join(self._held)
        self._held.clear()
        return written


def _parquet(sink: _Taken, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(sink, schema, compression="zstd")


def _arrow(sink: _Taken, schema: pa.Schema) -> pa.ipc.RecordBatchFileWriter:
    return pa.ipc.new_file(sink, schema)


def _arrows(sink: _Taken, schema: pa.Schema) -> pa.ipc.RecordBatchStreamWriter:
    return pa.ipc.new_stream(sink, schema)


_Begin = Callable[[_Taken, pa.Schema], "pq.ParquetWriter | pa.ipc.RecordBatchStreamWriter"]


def _by(begin: _Begin) -> Callable[[Answer], Iterator[bytes]]:
    """Pieces by a writer of Arrow."""

    def written(answer: Answer) -> Iterator[bytes]:
        batches = answer.batches()
        first = next(batches)
        sink = _Taken()
        with begin(sink, first.schema) as writer:
            for group in _groups(first, batches):
                writer.write_table(group)
                yield sink.take()
        yield sink.take()

    return written


def _groups(first: pa.RecordBatch, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Some batches together, which makes files that are quick to read; none where there is no row."""
    held, count, size = [first], first.num_rows, first.nbytes
    for batch in batches:
        if count + batch.num_rows > _GROUP_ROWS or size + batch.nbytes > _GROUP_BYTES:
            yield pa.Table.from_batches(held).combine_chunks()
            held, count, size = [], 0, 0
        held.append(batch)
        count += batch.num_rows
        size += batch.nbytes
    if count:
        yield pa.Table.from_batches(held).combine_chunks()


_PIECES: Mapping[str, Callable[[Answer], Iterator[bytes]]] = {
    "csv": lambda answer: answer.csv(),
    "json": _array,
    "jsonl": lambda answer: answer.json_lines(),
    "parquet": _by(_parquet),
    "arrow": _by(_arrow),
    "arrows": _by(_arrows),
}
