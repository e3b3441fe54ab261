"""What domains and kernels say of their values is true of the values, whatever is wrapped around them."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.kernels_zoo import EXAMPLES, ROWS, stream
from tests.support import saying, to_list

from dw_simulator.engine.columns import Column, FixedColumn, ViewColumn
from dw_simulator.engine.rows import Rows, Selector
from dw_simulator.engine.selectors.sampling import Chance, Slots, Uniform
from dw_simulator.engine.selectors.unique import RowNumber
from dw_simulator.engine.values.base import Domain, Drawn, Kernel, Nullable, Without
from dw_simulator.engine.values.bounded import Redrawn
from dw_simulator.engine.values.decimals import WideDecimals
from dw_simulator.engine.values.facts import Facts, Language, Stored, stored_numbers, texts_of
from dw_simulator.engine.values.floats import Floats
from dw_simulator.engine.values.integers import FixedChoices, Integers
from dw_simulator.engine.values.pooled import Pooled, Sampled
from dw_simulator.engine.values.referenced import Reference
from dw_simulator.engine.values.switch import Switch
from dw_simulator.engine.values.text import Codes

INT64, INT32 = np.dtype(np.int64), np.dtype(np.int32)
COUNT = 1200


def present(column: Column) -> list[Stored]:
    """The values that are not NULL, as they are stored; byte strings and UUIDs as nothing."""
    if isinstance(column, FixedColumn):
        values: list[Stored] = [*(stored_numbers(column) or [])]
        if not values:  # UUIDs
            return []
    else:
        try:
            values = [*texts_of(column)]
        except UnicodeDecodeError:  # byte strings
            return []
    valid = [True] * len(values) if column.valid is None else column.valid.tolist()
    return [value for value, there in zip(values, valid, strict=True) if there]


def longest(column: Column) -> int:
    if isinstance(column, FixedColumn):
        return 0
    if isinstance(column, ViewColumn):
        return int(column.views[:, 0].max(initial=0))
    return max((len(text.encode()) for text in texts_of(column)), default=0)


def speaks(language: Language, texts: Iterable[str]) -> bool:
    """Whether texts can be put together from the parts of a language."""
    parts = [(frozenset(part), set(map(len, part))) for part in language.parts]
    return all(_is_made_of(parts, text) for text in texts)


def _is_made_of(parts: Iterable[tuple[frozenset[str], set[int]]], text: str) -> bool:
    ends = {0}
    for forms, lengths in parts:
        ends = {at + length for at in ends for length in lengths if text[at : at + length] in forms}
    return len(text) in ends


def hold(facts: Facts, column: Column) -> None:
    """Fail where facts are not true of a column."""
    values = present(column)
    assert facts.nullable or column.valid is None or column.valid.all(), "NULL, which is said not to come"
    different = set(values)
    assert all(map(facts.may_be, different)), next(v for v in values if not facts.may_be(v))
    assert facts.distinct is None or len(different) <= facts.distinct
    assert facts.repeats or len(different) == len(values)
    assert longest(column) <= facts.width
    numbers = [value for value in values if not isinstance(value, str)]
    if facts.ends is not None:
        assert all(facts.ends[0] <= value <= facts.ends[1] for value in numbers)
    if facts.numbers is not None:
        assert set(numbers) <= set(facts.numbers)
    if values and isinstance(values[0], str) and facts.texts is not None:
        assert speaks(facts.texts, [text for text in values[:200] if isinstance(text, str)])


# their indices have 64 bits, of which numbers of the zoo keep all
_NESTED = ("Lists", "Maps", "Structs")  # which hold no texts themselves
WITHIN_WORDS = {
    name: kernel for name, kernel in EXAMPLES.items() if not name.startswith(("AmongSiblings", *_NESTED))
}


@pytest.mark.parametrize("kernel", WITHIN_WORDS.values(), ids=WITHIN_WORDS.keys())
def test_facts_of_every_kernel_are_true(kernel: Kernel) -> None:
    hold(kernel.facts, kernel.values(Rows.run(0, COUNT)))
    hold(kernel.facts, kernel.values(Rows.run(ROWS // 32, ROWS // 32 + 500)))


WRAPPERS: dict[str, Callable[[Kernel], Kernel]] = {
    "nullable": lambda kernel: Nullable(kernel, Chance(stream("wrapped null"), 0.3)),
    "referenced": lambda kernel: Reference(Uniform(stream("wrapped pick"), 777), kernel),
    "referenced once": lambda kernel: Reference(RowNumber(1 << 30), kernel),
    "switched": lambda kernel: Switch(Uniform(stream("wrapped choice"), 2), (kernel, kernel)),
}


@pytest.mark.parametrize("kernel", WITHIN_WORDS.values(), ids=WITHIN_WORDS.keys())
def test_facts_of_what_is_wrapped_are_true(kernel: Kernel) -> None:
    for name, wrap in WRAPPERS.items():
        with saying(name):
            wrapped = wrap(kernel)
            hold(wrapped.facts, wrapped.values(Rows.run(5, 5 + 600)))


@pytest.mark.parametrize("kernel", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_a_kernel_of_independent_draws_may_be_asked_anywhere(kernel: Kernel) -> None:
    if kernel.facts.independent:
        again = Redrawn(kernel, stream("anywhere"))
        column = again.values(Rows.run(0, 600))
        hold(kernel.facts, column)
        assert len(set(map(repr, to_list(column)))) > 1 or (kernel.facts.distinct or 2) == 1


def domains() -> Iterator[tuple[str, Domain]]:
    yield "integers", Integers(-7, 40, INT32, 3)
    yield "falling", Integers(90, 40, INT64, -2)
    yield "wide", WideDecimals(10**25, 40, 10**18)
    yield "listed", FixedChoices(np.array([5, 1, 9, 7, 30], dtype=np.int64))
    yield "floats listed", FixedChoices(np.array([0.5, 1.5, -3.0]))
    yield "pooled", Pooled.of(["a", "b", "c", "dd", "e"])
    yield "codes", Codes(2)


SELECTORS: dict[str, Callable[[int], Selector]] = {
    "uniform": lambda size: Uniform(stream("without"), size),
    "row number": RowNumber,
    "slots": lambda size: Slots(stream("slots"), np.arange(size * 2, dtype=np.uint64) // np.uint64(2), size),
}


@pytest.mark.parametrize("choose", SELECTORS.values(), ids=SELECTORS.keys())
@pytest.mark.parametrize("domain", dict(domains()).values(), ids=dict(domains()).keys())
@given(data=st.data())
@settings(max_examples=30)
def test_what_is_left_out_does_not_come(
    domain: Domain, choose: Callable[[int], Selector], data: st.DataObject
) -> None:
    kernel = Drawn(choose(domain.size), domain)
    before = present(kernel.values(Rows.run(0, domain.size)))
    gone = data.draw(st.sets(st.sampled_from(before), max_size=min(4, len(before))), label="left out")
    found = kernel.without(gone)
    if found is None:  # rows that are numbered need values to go on with, and something has to be left
        assert kernel.selector.counts or len(gone) >= domain.size
        return
    rows = Rows.run(0, domain.size if kernel.selector.counts else 500)
    column = found.values(rows)
    assert not gone & set(present(column))
    hold(found.facts, column)
    if not kernel.selector.counts:  # all the others may still come
        others = set(present(domain.decode(np.arange(domain.size, dtype=np.uint64)))) - gone
        assert all(map(found.facts.may_be, others))


@pytest.mark.parametrize(
    "domain",
    [
        Integers(-7, 400, INT32, 3),
        Integers(90, 400, INT64, -2),
        WideDecimals(-500, 1000),
        Floats.covering(-9.5, 400, 64),
    ],
    ids=["rising", "falling", "wide", "floats"],
)
@given(ends=st.tuples(st.integers(-600, 600), st.integers(-600, 600)))
def test_between_bounds_lies_what_lies_between_them(domain: Domain, ends: tuple[int, int]) -> None:
    low, high = min(ends), max(ends)
    found = domain.between(low, high)
    if isinstance(domain, Floats):
        assert (found is None) == (high < domain.low or low > domain.high)
        assert found is None or (low <= found.facts.ends[0] and found.facts.ends[1] <= high)  # type: ignore[index]
        return
    every = present(domain.decode(np.arange(domain.size, dtype=np.uint64)))
    wanted = [value for value in every if not isinstance(value, str) and low <= value <= high]
    assert (present(found.decode(np.arange(found.size, dtype=np.uint64))) if found else []) == wanted


def test_a_sequence_goes_on_behind_what_is_left_out() -> None:
    ids = Drawn(RowNumber(6), Integers(1, 6, INT64))
    found = ids.without([3, 5, 99])
    assert found is not None
    assert present(found.values(Rows.run(0, 6))) == [1, 2, 4, 6, 7, 8]
    assert found.facts.ends == (1, 8)
    assert not found.facts.repeats


def test_of_draws_from_a_pool_the_others_keep_their_weights() -> None:
    sampled = Sampled.of(stream("sampled"), [0, 0, 1, 2, 2, 2], ["a", "b", "c"])
    found = sampled.without(["a"])
    assert found is not None
    counts = present(found.values(Rows.run(0, 4000))).count("c") / 4000
    assert 0.7 < counts < 0.8
    assert sampled.without(["a", "b", "c"]) is None


def test_facts_are_not_pickled() -> None:
    kernel = Drawn(RowNumber(5), Integers(0, 5, INT64))
    assert kernel.facts.ends == (0, 4)
    assert "facts" not in kernel.__getstate__()


def test_a_stranger_who_says_nothing_is_asked_about_all_values_where_they_are_few() -> None:
    class Squares(Domain):
        size = 50

        def decode(self, index: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> FixedColumn:
            return FixedColumn((index * index).astype(np.int64))

    facts = Drawn(Uniform(stream("squares"), 50), Squares()).facts
    assert facts.ends == (0, 49 * 49)
    assert (facts.may_be(36), facts.may_be(35)) == (True, False)
    left = Drawn(Uniform(stream("squares"), 50), Squares()).without([36, 49])
    assert left is not None
    assert isinstance(left.domain, Without)  # type: ignore[attr-defined]
    assert not {36, 49} & set(present(left.values(Rows.run(0, 3000))))
