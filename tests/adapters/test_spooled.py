"""Rows that a driver gives piece by piece, each in the types of that piece."""

from decimal import Decimal

import pyarrow as pa

from dw_simulator.adapters.warehouses.spooled import spooled


def test_types_are_those_of_all_rows() -> None:
    pieces = [
        {"a": [None], "b": [1], "c": [Decimal("1.5")], "d": [None]},
        {"a": ["x"], "b": [2**60], "c": [Decimal("123.45")], "d": [None]},
        {"a": [None], "b": [None], "c": [None], "d": [None]},
    ]
    with spooled(pa.RecordBatch.from_pydict(piece) for piece in pieces) as reader:
        found = reader.read_all()
    assert found.to_pydict() == {name: [piece[name][0] for piece in pieces] for name in ("a", "b", "c", "d")}
    assert str(found.schema.field("c").type) == "decimal128(5, 2)"


def test_many_rows_take_no_memory() -> None:
    numbers = pa.array(range(10_000))
    held = pa.total_allocated_bytes()
    with spooled(pa.RecordBatch.from_arrays([numbers], names=["n"]) for _ in range(1000)) as reader:
        assert pa.total_allocated_bytes() - held < 8 << 20
        assert sum(batch.num_rows for batch in reader) == 10_000_000
    with spooled([pa.RecordBatch.from_arrays([numbers[:0]], names=["n"])]) as reader:
        assert reader.read_all().num_rows == 0
