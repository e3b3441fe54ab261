"""ColumnBatch -> Arrow: the declared types, and the same values as the engine's own buffers say."""

import pyarrow as pa
import pytest
from tests.support import column, made, planned, table

from dw_simulator.arrow import Converter

ARROW_TYPES = {
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INT": pa.int32(),
    "BIGINT": pa.int64(),
    "DECIMAL(9,2)": pa.decimal64(9, 2),
    "DECIMAL(38,10)": pa.decimal128(38, 10),
    "REAL": pa.float32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "CHAR(3)": pa.string_view(),
    "VARCHAR(80)": pa.string_view(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIME(9)": pa.time64("ns"),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
    "TIMESTAMP_NTZ": pa.timestamp("ns"),
    "VARBYTE(20)": pa.binary_view(),
    "UUID": pa.uuid(),
    "SUPER": pa.string_view(),
}


@pytest.mark.parametrize(("data_type", "expected"), ARROW_TYPES.items())
@pytest.mark.parametrize("required", [True, False])
def test_every_type(data_type: str, expected: pa.DataType, required: bool) -> None:
    plan = planned(table("t", 1000, column("c", data_type, required=required)))
    converter = Converter(plan.table("t"))
    batch = converter.batch(plan.table("t").chunk(0, 1000))
    batch.validate(full=True)
    assert batch.schema.field("c").type == expected
    assert batch.schema.field("c").nullable is not required
    ours = made(plan, "t")
    nulls = [value is None for value in ours]
    assert batch.column("c").is_null().to_pylist() == nulls
    assert any(nulls) is not required
    if pa.types.is_string_view(expected) or pa.types.is_binary_view(expected):
        theirs = batch.column("c").to_pylist()
        assert [v.encode() if isinstance(v, str) else v for v in theirs] == ours
    elif pa.types.is_integer(expected) or pa.types.is_floating(expected) or pa.types.is_boolean(expected):
        assert batch.column("c").to_pylist() == ours


def test_decimals_have_their_point_in_the_right_place() -> None:
    plan = planned(
        table(
            "t",
            50,
            column("narrow", "DECIMAL(6,2)", min_value=-5, max_value=-4.5),
            column(
                "wide",
                "DECIMAL(38,10)",
                min_value="-12345678901234567890.5",
                max_value="-12345678901234567890.1",
            ),
        )
    )
    batch = Converter(plan.table("t")).batch(plan.table("t").chunk(0, 50))
    assert all(-5 <= float(value) <= -4.5 for value in batch.column("narrow").to_pylist())
    wide = batch.column("wide").to_pylist()
    assert all(str(value).startswith("-12345678901234567890.") for value in wide)
    assert len(set(wide)) == 50


def test_batches_share_one_dictionary() -> None:
    plan = planned(table("t", 100, column("c", "VARCHAR(30)", faker_rule="first_name")))
    converter = Converter(plan.table("t"))
    first, second = (converter.batch(plan.table("t").chunk(a, a + 50)).column("c") for a in (0, 50))
    assert first.dictionary.buffers()[2].address == second.dictionary.buffers()[2].address


def test_an_empty_table_makes_no_row_to_see_its_types() -> None:
    total = column("total", "INT", rule={"name": "expression", "sql": "part + 1"})
    part = column("part", "INT", required=False, null_fraction=1)
    empty = planned(table("t", 0, part, total)).table("t")
    assert Converter(empty).schema.names == ["part", "total"]
