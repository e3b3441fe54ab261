"""What queries of PostgreSQL give: numbers as Arrow has them."""

from collections.abc import Callable, Iterator
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from dw_simulator.errors import QueryError


def numbers(batches: pa.RecordBatchReader, told: Callable[[Exception], Exception]) -> pa.RecordBatchReader:
    """NUMERIC comes as text, having no fixed scale: decimals where the first rows have one, else text.

    told  what is raised for an error that comes up behind the first rows
    """
    first = next(batches, None)
    if first is None:
        return batches
    types = {
        k: _number_type(first.column(k).storage)
        for k, field in enumerate(first.schema)
        if isinstance(field.type, pa.OpaqueType) and field.type.type_name == "numeric"
    }
    # other types that Arrow has no own for stay text, or bytes
    plain = [_storage_type(field.type) for field in first.schema]
    fields = [pa.field(f.name, types.get(k, plain[k])) for k, f in enumerate(first.schema)]
    schema = pa.schema(fields)

    def convert(batch: pa.RecordBatch) -> pa.RecordBatch:
        try:
            pairs = zip(batch.columns, schema, strict=True)
            arrays = [_storage(column).cast(field.type) for column, field in pairs]
        except pa.ArrowInvalid as error:
            message = "numbers of one column have different digits behind the point; cast it to one DECIMAL"
            raise QueryError(message) from error
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def rest() -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except (pa.ArrowException, OSError) as error:
            raise told(error) from None

    return pa.RecordBatchReader.from_batches(schema, map(convert, chain([first], rest())))


def _storage_type(type_: pa.DataType) -> pa.DataType:
    return type_.storage_type if isinstance(type_, pa.BaseExtensionType) else type_


def _storage(column: pa.Array) -> pa.Array:
    return column.storage if isinstance(column, pa.ExtensionArray) else column


def _number_type(column: pa.Array) -> pa.DataType:
    point = pc.find_substring(column, ".")
    scales = pc.if_else(pc.equal(point, -1), 0, pc.subtract(pc.utf8_length(column), pc.add(point, 1)))
    found = pc.min_max(scales).as_py()
    plain = not pc.any(pc.match_substring_regex(column, "[A-Za-z]")).as_py()  # NaN, Infinity
    if plain and found["min"] is not None and found["min"] == found["max"] and found["max"] <= 38:
        return pa.decimal128(38, found["max"])
    return pa.string()
