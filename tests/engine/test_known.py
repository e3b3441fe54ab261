"""Known values are found again, whatever holds them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.decimals import words
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.known import Combinations, Known
from dw_simulator.engine.values.merging import as_views

TEXTS = st.text(alphabet="abcé\0\U0001f600", max_size=20)
WORD = st.integers(-(1 << 63), (1 << 63) - 1)
NEAR = st.integers(-20, 20)
WIDE = st.integers(-(1 << 127), (1 << 127) - 1) | st.integers(-3, 3)


def expected(asked: Sequence[Any], known: Sequence[Any]) -> list[int]:
    return [known.index(one) if one in known else len(known) for one in asked]


def pooled(texts: Sequence[str]) -> PoolColumn:
    pool = tuple(dict.fromkeys(texts))
    return PoolColumn(np.array([pool.index(text) for text in texts], dtype=np.int32), Pool(pool))


def wide(values: Sequence[int]) -> FixedColumn:
    return FixedColumn(np.array([words(value) for value in values], dtype=np.uint64).reshape(-1, 2))


def whole(values: Sequence[int]) -> FixedColumn:
    return FixedColumn(np.array(values, dtype=np.int64))


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=30), st.lists(TEXTS, max_size=8, unique=True))
def test_texts_are_found_in_pools_and_views(texts: list[str], known: list[str]) -> None:
    for column in (pooled(texts), as_views(pooled(texts))):
        found = Known.keys(known, column)
        assert found.places(column).tolist() == expected(texts, known)
        own = Known.of(column)
        assert own.places(column).tolist() == expected(texts, sorted(set(texts)))


def test_many_long_texts_of_one_beginning_are_found() -> None:
    known = [f"a text of which the end differs: {n}" for n in range(3000)]
    asked = [f"a text of which the end differs: {n}" for n in range(-5, 3005, 7)]
    found = Known.keys(known, pooled([])).places(as_views(pooled(asked)))
    assert found.tolist() == expected(asked, known)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORD | NEAR, max_size=30), st.lists(WORD | NEAR, max_size=8, unique=True), st.data())
def test_whole_numbers_are_found(values: list[int], more: list[int], data: st.DataObject) -> None:
    known = [*dict.fromkeys([*more, *values[:3]])]
    assert Known.keys(known, whole([])).places(whole(values)).tolist() == expected(values, known)
    low, count = data.draw(WORD), data.draw(st.integers(1, 50))
    run = [one for one in range(low, low + count) if one < 1 << 63]
    asked = [*values, *run, max(low - 1, -(1 << 63)), min(low + count, (1 << 63) - 1)]
    assert Known.of(whole(run)).places(whole(asked)).tolist() == expected(asked, run)


def test_the_least_and_the_greatest_number_are_no_range() -> None:
    known = [(1 << 63) - 1, -(1 << 63)]
    asked = [*known, 0, -1, 1]
    assert Known.keys(known, whole([])).places(whole(asked)).tolist() == expected(asked, known)


@settings(max_examples=100, deadline=None)
@given(st.lists(WIDE, max_size=20), st.lists(WIDE, max_size=8, unique=True))
def test_numbers_of_two_words_are_found(values: list[int], more: list[int]) -> None:
    known = [*dict.fromkeys([*more, *values[:3]])]
    found = Known.keys(known, wide([]))
    assert found.places(wide(values)).tolist() == expected(values, known)
    facts = Facts(every=lambda: wide(values))
    assert found.missing(facts) == [value for value in values if value not in known]


@settings(max_examples=100, deadline=None)
@given(st.lists(WIDE, max_size=20), st.lists(WORD | NEAR, max_size=8, unique=True))
def test_one_word_and_two_are_looked_up_among_each_other(values: list[int], known: list[int]) -> None:
    of_one, of_two = Known.keys(known, whole([])), Known.keys(known, wide([]))
    assert of_one.places(wide(values)).tolist() == expected(values, known)
    words_ = [value for value in values if -(1 << 63) <= value < 1 << 63]
    assert of_two.places(whole(words_)).tolist() == expected(words_, known)


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.int32, np.uint8, np.float32, np.float64])
def test_numbers_are_found_whatever_their_width(dtype: type[np.generic]) -> None:
    values: NDArray[Any] = np.array([0, 1, 1, 0, 1]).astype(dtype)
    known = Known.keys((1,), FixedColumn(values))
    assert known.places(FixedColumn(values)).tolist() == [1, 0, 0, 1, 0]
    halves = FixedColumn(np.array([1.0, 1.5, np.nan, np.inf]))
    assert Known.keys((1, 7), FixedColumn(np.array([1]))).places(halves).tolist() == [0, 2, 2, 2]


def test_null_is_none_of_them() -> None:
    there = np.array([True, False, True])
    numbers = FixedColumn(np.array([3, 5, 9]), there)
    known = Known.of(numbers)
    assert (known.count, known.places(numbers).tolist()) == (2, [0, 2, 1])


def test_many_pools_are_not_kept() -> None:
    known = Known.keys(("a", "b"), pooled([]))
    for _ in range(100):
        assert known.places(pooled(["b", "a", "c"])).tolist() == [1, 0, 2]
    assert len(known.__dict__["_pools"]) < 10


class _Held(Kernel):
    """A column as it is."""

    def __init__(self, column: Column) -> None:
        self.column = column

    def values(self, rows: Rows) -> Column:
        return self.column


PAIRS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "a longer text than twelve"]), NEAR | WORD), max_size=30
)


@settings(max_examples=100, deadline=None)
@given(PAIRS, PAIRS, st.booleans())
def test_combinations_are_found(known: list[Any], asked: list[Any], null: bool) -> None:
    nulls = np.array([not (null and k % 3 == 0) for k in range(len(known))], dtype=np.bool_)
    columns: list[Column] = [
        pooled([text for text, _ in known]),
        FixedColumn(whole([n for _, n in known]).values, nulls),
    ]
    rows: list[Column] = [as_views(pooled([text for text, _ in asked])), whole([n for _, n in asked])]
    combos, own = Combinations.of(columns, [_Held(column) for column in rows])
    ordered = sorted({pair for pair, there in zip(known, nulls, strict=True) if there})
    assert combos.of_rows(Rows.run(0, len(asked))).tolist() == expected(asked, ordered)
    assert own.tolist() == [
        ordered.index(pair) if there else len(ordered) for pair, there in zip(known, nulls, strict=True)
    ]


def test_too_many_combinations_are_refused() -> None:
    columns = [whole(range(1 << 16))] * 4
    with pytest.raises(OverflowError):
        Combinations.of(columns, [])
