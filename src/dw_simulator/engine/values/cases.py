"""Cases: which one a row is, and a kernel for each, whose values its rows have as if there were no other."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from itertools import pairwise
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.values.base import Event, Kernel
from dw_simulator.engine.values.facts import MANY, Facts, Language, Stored, texts_of
from dw_simulator.engine.values.known import Known
from dw_simulator.engine.values.merging import Places, merged

_NONE = np.zeros(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class CaseOf(Selector):
    """The place of another column's value among some keys; len(keys) where it is none of them, or NULL.

    keys  distinct values, stored as that column stores them: all of them texts, or all of them numbers
    """

    source: Kernel
    keys: tuple[Stored, ...]

    @property
    def size(self) -> int:
        return len(self.keys) + 1

    @cached_property
    def known(self) -> Known:
        """The keys, to be looked up."""
        return Known.keys(self.keys, self.source.values(Rows.run(0, 0)))

    def index(self, rows: Rows) -> UInts:
        column = rows.once(self.source, lambda: self.source.values(rows))
        return self.known.places(column).view(np.uint64)

    def __getstate__(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, eq=False)
class FirstTrue(Selector):
    """The place of the first of some events that happens in a row; their number where none does."""

    events: tuple[Event, ...]

    @property
    def size(self) -> int:
        return len(self.events) + 1

    def index(self, rows: Rows) -> UInts:
        found = np.full(len(rows), len(self.events), dtype=np.uint64)
        for k in range(len(self.events) - 1, -1, -1):
            found[self.events[k].hits(rows)] = k
        return found


@dataclass(frozen=True, eq=False)
class Unmatched:
    """True where a selector gives its last index: where a value is none of the keys."""

    choice: Selector

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        return np.equal(rows.through(self.choice).numbers, np.uint64(self.choice.size - 1))


@dataclass(frozen=True, eq=False)
class Cases(Kernel):
    """The value of kernel k at the rows where the selector gives k; of the last one where it gives more.

    All kernels store values alike, and each is asked at its own rows alone. In place of some there may be
    None: their rows are NULL.
    """

    choice: Selector
    kernels: tuple[Kernel | None, ...]

    @cached_property
    def facts(self) -> Facts:
        known = united([kernel.facts for kernel in self.kernels if kernel is not None])
        return replace(known, nullable=known.nullable or None in self.kernels)

    def values(self, rows: Rows) -> Column:
        last = len(self.kernels) - 1
        choice = np.minimum(rows.through(self.choice).numbers, np.uint64(last))
        narrow = choice.astype(np.min_scalar_type(last))  # few bits are sorted in one pass
        order = np.argsort(narrow, kind="stable")
        ends = np.searchsorted(narrow[order], np.arange(last + 2))
        columns, places = list(self._shapes), [_NONE] * (last + 1)
        for k, (start, stop) in enumerate(pairwise(ends.tolist())):
            if start < stop:
                places[k] = order[start:stop]
                columns[k] = self._of_case(k, rows, places[k])
        return merged(columns, places)

    def _of_case(self, case: int, rows: Rows, places: Places) -> Column:
        kernel = self.kernels[case]
        if kernel is None:
            return self._shapes[case].nulls(len(places))
        column = kernel.values(rows if len(places) == len(rows) else Rows.at(rows.numbers[places]))
        if self._united is None or not isinstance(column, PoolColumn):
            return column
        pool, places_of = self._united
        codes = places_of.get(column.pool)
        return column if codes is None else PoolColumn(codes[column.codes], pool, column.valid)

    @cached_property
    def _empty(self) -> tuple[Column, ...]:
        """The kernels' columns of no rows: what a batch holds has one shape, whichever cases are in it."""
        none = Rows.run(0, 0)
        some = next(kernel for kernel in self.kernels if kernel is not None).values(none)
        return tuple(some if kernel is None else kernel.values(none) for kernel in self.kernels)

    @cached_property
    def _united(self) -> tuple[Pool, dict[Pool, NDArray[np.int32]]] | None:
        """One pool for all kernels, and where the values of each one's pool stand in it."""
        pools = dict.fromkeys(column.pool for column in self._empty if isinstance(column, PoolColumn))
        whole = all(isinstance(column, PoolColumn) for column in self._empty)
        if not whole or len(pools) == 1 or sum(len(pool.values) for pool in pools) > MANY:
            return None
        codes = {
            text: k for k, text in enumerate(dict.fromkeys(text for pool in pools for text in pool.values))
        }
        places = {pool: np.array([codes[text] for text in pool.values], dtype=np.int32) for pool in pools}
        return Pool(tuple(codes)), places

    @cached_property
    def _shapes(self) -> tuple[Column, ...]:
        """The same of no rows, in the shape in which they are put together."""
        if self._united is None:
            return self._empty
        none = PoolColumn(np.zeros(0, dtype=np.int32), self._united[0])
        return (none,) * len(self.kernels)

    def __getstate__(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def united(each: Sequence[Facts]) -> Facts:
    """What is known of values that are some of one kernel, some of another; there is one at least.

    >>> one = Facts(span=(0, 10), grid=(0, 5), distinct=3)
    >>> both = united([one, Facts(span=(30, 40), grid=(0, 10), distinct=2)])
    >>> both.span, both.grid, both.distinct
    ((0, 40), (0, 5), 5)
    """
    ends = [known.ends for known in each]
    lows, highs = ([end[side] for end in ends if end is not None] for side in (0, 1))
    counts = [known.distinct for known in each]
    few = all(known.every is not None for known in each) and sum(map(_count, counts)) <= MANY
    return Facts(
        span=None if None in ends else (min(lows), max(highs)),
        grid=_grid(each),
        excluded=frozenset.intersection(*(known.excluded for known in each)),
        every=partial(_every, each) if few else None,
        distinct=None if None in counts else sum(map(_count, counts)),
        nullable=any(known.nullable for known in each),
        width=max(known.width for known in each),
        language=None if few else partial(_language, each),
        movable=False,
    )


def _count(count: int | None) -> int:
    return MANY + 1 if count is None else count


def _grid(each: Sequence[Facts]) -> tuple[int, int] | None:
    """The coarsest grid on which all of the grids lie."""
    grids = [known.grid for known in each]
    found = grids[0]
    for grid in grids[1:]:
        if found is None or grid is None:
            return None
        found = found[0], gcd(found[1], grid[1], grid[0] - found[0])
    return found


def _every(each: Sequence[Facts]) -> Column:
    """All values, each once."""
    columns = [known.column for known in each if known.column is not None]
    fixed = [column.values for column in columns if isinstance(column, FixedColumn)]
    if fixed:
        return FixedColumn(np.unique(np.concatenate(fixed), axis=0))
    texts = tuple(dict.fromkeys(text for column in columns for text in texts_of(column)))
    return PoolColumn(np.arange(len(texts), dtype=np.int32), Pool(texts))


def _language(each: Sequence[Facts]) -> Language | None:
    """The texts of all, where each of them lists its own."""
    listed = [None if known.texts is None else known.texts.listed for known in each]
    found = [texts for texts in listed if texts is not None]
    if len(found) < len(each) or sum(map(len, found)) > MANY:
        return None
    return Language((tuple(dict.fromkeys(text for texts in found for text in texts)),))
