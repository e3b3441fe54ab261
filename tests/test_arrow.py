"""A column and its Arrow array: there and back."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.test_arrow import ARROW_TYPES
from tests.support import column, planned, table, to_list

from dw_simulator.arrow import arrow_type, present, to_array, to_column
from dw_simulator.engine.columns import PoolColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.types import sql_type


@pytest.mark.parametrize("data_type", ARROW_TYPES)
@pytest.mark.parametrize("required", [True, False])
def test_there_and_back(data_type: str, required: bool) -> None:
    share = None if required else 0.5
    plan = planned(table("t", 300, column("c", data_type, required=required, null_fraction=share)))
    kernel = plan.table("t").columns[0].kernel
    made = kernel.values(Rows.run(0, 300))
    type_ = sql_type(data_type)
    array = to_array(type_, made, {})
    if isinstance(made, PoolColumn):
        array = array.cast(arrow_type(type_))
    there = array.storage if isinstance(array, pa.ExtensionArray) else array
    back = to_list(to_column(type_, there))
    texts = [one.encode() if isinstance(one, str) else one for one in to_list(made)]
    assert back == texts
    assert to_list(to_column(type_, there[17:230])) == texts[17:230], "a slice begins where it says"
    assert to_list(to_column(type_, there[:0])) == []


def test_views_into_several_buffers() -> None:
    texts = [f"text number {k} that is too long for its view" if k % 3 else f"{k}" for k in range(50)]
    pieces = [pa.array(texts[a:b], pa.string_view()) for a, b in ((0, 20), (20, 21), (21, 50))]
    joined = pa.concat_arrays(pieces)
    assert len(joined.buffers()) == 5
    found = to_list(to_column(sql_type("VARCHAR(60)"), joined))
    assert [one.decode() for one in found] == texts


def test_decimals_of_fewer_bits() -> None:
    array = pa.array([150, None, -7], pa.int32())
    short = pa.Array.from_buffers(pa.decimal32(9, 2), 3, array.buffers())
    back = to_column(sql_type("DECIMAL(9,2)"), short)
    assert to_list(back) == [150, None, -7]
    assert back.values.dtype == np.int64


@given(st.lists(st.none() | st.integers(0, 9), max_size=40), st.integers(0, 20), st.integers(0, 20))
def test_present_is_what_is_not_null(values: list[int | None], start: int, length: int) -> None:
    array = pa.array(values, pa.int32()).slice(start, length)
    assert present(array).tolist() == array.is_valid().to_pylist()
