"""Which rows are asked: a run of row numbers, or any array of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

BLOCK = 32_768
"""Rows of one batch: its working arrays stay in a core's second-level cache."""

UInts = NDArray[np.uint64]
Order = NDArray[np.int64] | None
"""The indices of values in the order in which the values rise; None where they stand in it."""
V = TypeVar("V")


class Selector(ABC):
    """A pure function from row numbers to indices, told apart by identity.

    `index` returns a fresh uint64 array that the caller may overwrite. What a selector says of itself below
    decides what is known of the values that it picks.
    """

    if TYPE_CHECKING:  # a field or a property, as the class likes

        @property
        def size(self) -> int:
            """Every index is below this."""

    @abstractmethod
    def index(self, rows: "Rows") -> UInts:
        """uint64[n], fresh."""

    @property
    def tells_apart(self) -> bool:
        """Whether no two rows of the table have the same index."""
        return False

    @property
    def counts(self) -> bool:
        """Whether the index is the row number."""
        return False

    @property
    def even(self) -> bool:
        """Whether every index is equally likely."""
        return False

    @property
    def independent(self) -> bool:
        """Whether a row's index is a draw of its own, and may be asked at any 64-bit row number."""
        return False

    @property
    def rises(self) -> bool:
        """Whether no row has a lesser index than the row before."""
        return self.counts

    def without(self, places: UInts, /) -> "Selector | None":
        """The selector of a domain that has lost these indices, ascending; None where there is none."""
        return None if len(places) else self

    def resized(self, size: int, /) -> "Selector | None":
        """The same selector of another number of indices; None where it has a shape of its own."""
        return self if size == self.size else None

    def by_position(self, _positions: "Selector", _order: Order, /) -> "Selector | None":
        """The same indices, each as often, by 64-bit positions drawn elsewhere; None if that cannot be.

        A greater position has no lesser index: a place in `order`, where there is one.
        """
        return None


class Rows:
    """Row numbers, and what was already derived from them.

    Columns that share a choice (the columns of one composite reference) make it once: `through` and
    `once` remember their answers for as long as this object lives, which is one batch.
    """

    __slots__ = ("_known", "_numbers", "contiguous", "start", "stop")

    def __init__(self, start: int, stop: int, numbers: UInts | None = None) -> None:
        self.start, self.stop, self._numbers = start, stop, numbers
        self.contiguous = numbers is None
        self._known: dict[Hashable, object] = {}

    @classmethod
    def run(cls, start: int, stop: int) -> "Rows":
        """The rows from start to stop, stop excluded."""
        return cls(start, stop)

    @classmethod
    def at(cls, numbers: NDArray[np.integer]) -> "Rows":
        """These rows, in this order, repeated or not."""
        return cls(0, len(numbers), numbers.astype(np.uint64, copy=False))

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def numbers(self) -> UInts:
        """The row numbers, uint64[n]. Shared: not to be overwritten."""
        if self._numbers is None:
            self._numbers = np.arange(self.start, self.stop, dtype=np.uint64)
        return self._numbers

    def once(self, key: Hashable, make: Callable[[], V]) -> V:
        """What `make` returns, computed at the first call with this key."""
        if key not in self._known:
            self._known[key] = make()
        return cast(V, self._known[key])

    def through(self, selector: Selector) -> "Rows":
        """The rows that a selector picks for these rows, computed once."""
        return self.once(selector, lambda: Rows.at(selector.index(self)))
