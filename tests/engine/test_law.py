"""The one law: a value depends on (seed, table, column, row) and on nothing else."""

import gc
import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.kernels_zoo import CLASSES, EXAMPLES, ROWS
from tests.support import scattered, to_list

from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.values.base import Kernel

every_kernel = pytest.mark.parametrize("kernel", EXAMPLES.values(), ids=EXAMPLES.keys())


def test_every_kernel_domain_and_selector_has_an_example() -> None:
    shown = {name.split()[0] for name in EXAMPLES}
    # under every Shaped; under every Nullable; what every grouping derives from
    shown |= {"Quantiles", "Chance", "Grouping"}
    assert shown >= CLASSES, f"no example of {CLASSES - shown}"


@every_kernel
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_a_slice_of_rows_has_the_slice_of_values(kernel: Kernel, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, 1 << 36), label="start")
    length = data.draw(st.integers(0, 300), label="length")
    a = data.draw(st.integers(0, length), label="a")
    b = data.draw(st.integers(a, length), label="b")
    whole = to_list(kernel.values(Rows.run(start, start + length)))
    assert to_list(kernel.values(Rows.run(start + a, start + b))) == whole[a:b]


@every_kernel
@given(numbers=st.lists(st.integers(0, ROWS - 1), max_size=60), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_rows_in_any_order_have_their_own_values(kernel: Kernel, numbers: list[int], seed: int) -> None:
    values = to_list(kernel.values(scattered(numbers)))
    order = np.random.default_rng(seed).permutation(len(numbers))
    shuffled = to_list(kernel.values(scattered(np.array(numbers, dtype=np.uint64)[order])))
    assert shuffled == [values[k] for k in order]
    assert [to_list(kernel.values(Rows.run(n, n + 1)))[0] for n in numbers] == values


@every_kernel
def test_more_rows_than_a_block_are_the_blocks_together(kernel: Kernel) -> None:
    start, length = 12_345, 2 * BLOCK + 777
    whole = to_list(kernel.values(Rows.run(start, start + length)))
    cuts = [0, 0, 1, BLOCK - 1, BLOCK, BLOCK + 5, length]
    pieces = [
        value
        for a, b in itertools.pairwise(cuts)
        for value in to_list(kernel.values(Rows.run(start + a, start + b)))
    ]
    assert pieces == whole
    assert to_list(kernel.values(scattered(np.arange(start, start + length)))) == whole


@every_kernel
def test_a_kernel_survives_pickling(kernel: Kernel) -> None:
    rows = Rows.run(1 << 35, (1 << 35) + 200)
    assert to_list(pickle.loads(pickle.dumps(kernel)).values(rows)) == to_list(kernel.values(rows))


@every_kernel
def test_values_keep_to_the_number_of_distinct_values_promised(kernel: Kernel) -> None:
    if kernel.facts.distinct is not None:
        values = to_list(kernel.values(Rows.run(0, 20_000)))
        assert len({value for value in values if value is not None}) <= kernel.facts.distinct


def test_a_batch_that_is_done_leaves_nothing_behind() -> None:
    """What is kept for a batch leads in no circle: those are looked for seldom, and fill memory till then."""
    for kernel in EXAMPLES.values():
        kernel.values(Rows.run(0, 64))  # tables that stay
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        circles = {}
        for name, kernel in EXAMPLES.items():
            kernel.values(Rows.run(64, 128))
            circles[name] = gc.collect()
        assert not {name: count for name, count in circles.items() if count}
    finally:
        gc.enable()
