"""Rows whose types are known only when all are read, as drivers of databases give them: on disk meanwhile."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import pyarrow as pa


@contextmanager
def spooled(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatchReader]:
    """Batches again, in types that hold what is in all of them; there is at least one.

    A column that begins with NULL, or with short numbers, gets its type from all of it. No more than a batch
    is in memory.
    """
    with TemporaryFile(prefix="dw-sim-rows-") as file:
        schema, count = pa.schema([]), 0
        for batch in batches:
            with pa.ipc.new_stream(file, batch.schema) as stream:
                stream.write_batch(batch)
            schema = pa.unify_schemas([schema, batch.schema], promote_options="permissive")
            count += 1
        file.seek(0)
        read = (batch.cast(schema) for _ in range(count) for batch in pa.ipc.open_stream(file))
        yield pa.RecordBatchReader.from_batches(schema, read)
