"""What a kernel and a domain are, and the two kernels that combine others."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypeIs

from dw_simulator.engine.columns import Column, FixedColumn, with_nulls
from dw_simulator.engine.rows import Rows, Selector, UInts


class Event(Hashable, Protocol):
    """Something that happens at some rows, told apart by identity."""

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        """bool[n], fresh."""


class Kernel(Hashable, Protocol):
    """A column's values as a pure function of row numbers.

    Kernels are immutable, can be pickled, and are told apart by identity.
    """

    @property
    def distinct(self) -> int | None:
        """How many distinct values there can be at most; None where that is not known."""

    def values(self, rows: Rows) -> Column: ...


class Domain(Protocol):
    """A set of distinct values, numbered from 0.

    `decode` may overwrite the index it is given. No two indices have the same value, so a domain under
    a selector that never repeats is a unique column.
    """

    @property
    def size(self) -> int: ...

    @property
    def natural(self) -> int:
        """How many values, from index 0 on, there are before the domain has to help itself to counters."""

    def decode(self, index: UInts) -> Column: ...


@dataclass(frozen=True, eq=False)
class Missing:
    """True where one of some kernels gives NULL."""

    kernels: "tuple[Kernel, ...]"

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        hits = np.zeros(len(rows), dtype=np.bool_)
        for kernel in self.kernels:
            valid = kernel.values(rows).valid
            if valid is not None:
                hits |= ~valid
        return hits


@dataclass(frozen=True, eq=False)
class Truth:
    """True where a kernel of truth values gives true; NULL is not true."""

    kernel: Kernel

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        column = rows.once(self.kernel, lambda: self.kernel.values(rows))
        assert isinstance(column, FixedColumn), "truth values are of fixed width"
        hits = column.values.astype(np.bool_)
        return hits if column.valid is None else hits & column.valid


def is_domain(values: object) -> TypeIs[Domain]:
    """Whether these are values to draw from, rather than a finished kernel."""
    return hasattr(values, "decode")


def width_of(values: object) -> int:
    """Bytes of the longest text or byte string that can come out; 0 where values are of fixed width."""
    return int(getattr(values, "width", 0))


@dataclass(frozen=True, eq=False)
class Drawn:
    """A value of a domain for each row, chosen by a selector."""

    selector: Selector
    domain: Domain

    @property
    def distinct(self) -> int | None:
        # of the columns of an entity, most have fewer values than there are entities
        return min(self.selector.size, int(getattr(self.domain, "distinct", self.domain.size)))

    @property
    def width(self) -> int:
        return width_of(self.domain)

    def values(self, rows: Rows) -> Column:
        return self.domain.decode(self.selector.index(rows))


@dataclass(frozen=True, eq=False)
class Nullable:
    """Another kernel's values, NULL where an event hits. Columns that are NULL together share the event."""

    kernel: Kernel
    event: Event

    @property
    def distinct(self) -> int | None:
        return self.kernel.distinct

    @property
    def width(self) -> int:
        return width_of(self.kernel)

    def values(self, rows: Rows) -> Column:
        valid = rows.once(self.event, lambda: ~self.event.hits(rows))
        return with_nulls(self.kernel.values(rows), valid)
