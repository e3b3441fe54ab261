"""What a kernel and a domain are, and the kernels that wrap others."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypeIs

from dw_simulator.engine.columns import Column, FixedColumn, with_nulls
from dw_simulator.engine.rows import Order, Rows, Selector, UInts
from dw_simulator.engine.values.facts import MANY, Facts, Language, Stored, texts_of


class Event(Hashable, Protocol):
    """Something that happens at some rows, told apart by identity."""

    def hits(self, rows: Rows) -> NDArray[np.bool_]:
        """bool[n], fresh."""


class Kernel(ABC):
    """A column's values as a pure function of row numbers.

    Kernels are immutable, can be pickled, and are told apart by identity. A kernel of your own inherits from
    this class, has `values`, and says in `facts` what it knows; that may be nothing.
    """

    @cached_property
    def facts(self) -> Facts:
        """What is known of the values."""
        return Facts()

    @abstractmethod
    def values(self, rows: Rows) -> Column:
        """A column of len(rows) values, stored as its type stores them (`engine.storage`)."""

    def without(self, _values: Collection[Stored], /) -> "Kernel | None":
        """The same kernel, in which some values do not come out; None where it cannot leave them out."""
        return None

    def between(self, _low: int | float, _high: int | float, /) -> "Kernel | None":
        """The same kernel, drawn from low to high; None where it cannot be drawn so."""
        return None

    def ranked(self, _positions: Selector, /) -> "Kernel | None":
        """The same values, each as often, by 64-bit positions that are drawn elsewhere, spread evenly.

        A greater position has no lesser value; None where values have no order that is known.
        """
        return None

    def __getstate__(self) -> Mapping[str, object]:
        """What is known is found again, not pickled."""
        return {name: value for name, value in self.__dict__.items() if name != "facts"}


class Domain(ABC):
    """A set of distinct values, numbered from 0.

    `decode` may overwrite the index it is given. No two indices have the same value, so a domain under
    a selector that never repeats is a unique column. A domain of your own inherits from this class, and has
    `size` and `decode`; what is known of it is found by looking at all values, where these are few.
    """

    is_list: ClassVar[bool] = False
    """Whether somebody has listed the values: then no other value may take the place of one."""

    if TYPE_CHECKING:  # a field or a property, as the class likes

        @property
        def size(self) -> int:
            """How many values there are."""

    @property
    def natural(self) -> int:
        """How many values, from index 0 on, there are before the domain has to help itself to counters."""
        return self.size

    @abstractmethod
    def decode(self, index: UInts) -> Column:
        """The values of uint64[n] indices below `size`, stored as their type stores them."""

    @property
    def facts(self) -> Facts:
        """What is known of the values; that they do not repeat is said of the indices."""
        every = partial(all_of, self) if self.size <= MANY else None
        return Facts(distinct=self.size, repeats=False, every=every, movable=not self.is_list)

    def first(self, _count: int, /) -> "Domain":
        """The values below an index, or more: what a selector of that size reaches."""
        return self

    def extended(self, _count: int, /) -> "Domain | None":
        """The domain and so many values more behind its last; None where there are no more of its kind."""
        return None

    def indices(self, values: Collection[Stored]) -> UInts | None:
        """The indices, ascending, of those of some values that are here; None where nobody can tell."""
        listed = self.facts.listed
        if listed is None:
            return None
        meant = frozenset(values)
        return np.array([k for k, value in enumerate(listed) if value in meant], dtype=np.uint64)

    def without(self, places: UInts) -> "Domain":
        """The domain without the values at some indices, which are ascending; the others keep their order."""
        return Without(self, places)

    def between(self, _low: int | float, _high: int | float, /) -> "Domain | None":
        """The values from low to high, in their order; None where that is none, or nobody can tell."""
        return None

    @property
    def rises(self) -> bool:
        """Whether a greater index has a greater value."""
        return False

    def in_order(self) -> "tuple[Domain, Order] | None":
        """The same values as they rise, and which indices these have here; None where nobody can tell."""
        return (self, None) if self.rises else None


class TextDomain(Domain):
    """A domain of texts or byte strings, which knows the bytes of its longest one."""

    if TYPE_CHECKING:  # a field or a property, as the class likes

        @property
        def width(self) -> int:
            """Bytes of the longest text."""

    @property
    def facts(self) -> Facts:
        return Facts(distinct=self.size, repeats=False, width=self.width, language=self.language)

    def language(self) -> Language | None:
        """What the texts are put together from; None where that is too much to list."""
        return Language((texts_of(all_of(self)),)) if self.size <= MANY else None

    def indices(self, values: Collection[Stored]) -> UInts | None:
        if self.size > MANY:
            return None
        listed, meant = texts_of(all_of(self)), frozenset(values)
        return np.array([k for k, text in enumerate(listed) if text in meant], dtype=np.uint64)


def all_of(domain: Domain) -> Column:
    """All values of a domain, in their order."""
    return domain.decode(np.arange(domain.size, dtype=np.uint64))


@dataclass(frozen=True, eq=False)
class Without(Domain):
    """A domain without some of its values; `holes` are their indices: uint64[m], ascending."""

    inner: Domain
    holes: UInts

    @property
    def size(self) -> int:
        return self.inner.size - len(self.holes)

    @property
    def natural(self) -> int:
        return self.inner.natural - int(np.count_nonzero(self.holes < self.inner.natural))

    @property
    def facts(self) -> Facts:
        inner = self.inner.facts
        excluded = Facts(every=partial(self.inner.decode, self.holes.copy())).listed or ()
        every = partial(all_of, self) if self.size <= MANY else None
        width = inner.width
        if width and every is not None:
            width = max((len(text.encode()) for text in texts_of(every())), default=0)
        return replace(
            inner,
            excluded=inner.excluded | {*excluded},
            every=every,
            distinct=self.size,
            width=width,
            language=None,
        )

    @property
    def rises(self) -> bool:
        return self.inner.rises

    def first(self, count: int) -> Domain:
        passed = int(np.count_nonzero(self.holes - np.arange(len(self.holes), dtype=np.uint64) < count))
        inner = self.inner.first(count + passed)
        return Without(inner, self.holes[self.holes < inner.size])

    def decode(self, index: UInts) -> Column:
        for hole in self.holes:
            index += index >= hole
        return self.inner.decode(index)


@dataclass(frozen=True, eq=False)
class Kept(Domain):
    """Some values of a domain; `places` are their indices: uint64[m], ascending."""

    inner: Domain
    places: UInts

    @property
    def size(self) -> int:
        return len(self.places)

    @property
    def natural(self) -> int:
        return int(np.count_nonzero(self.places < self.inner.natural))

    @property
    def facts(self) -> Facts:
        every = partial(all_of, self) if self.size <= MANY else None
        return replace(
            self.inner.facts, every=every, distinct=self.size, language=None, movable=False, even=False
        )

    @property
    def rises(self) -> bool:
        return self.inner.rises

    def decode(self, index: UInts) -> Column:
        return self.inner.decode(self.places[index.view(np.int64)])


@dataclass(frozen=True, eq=False)
class Missing:
    """True where one of some kernels gives NULL."""

    kernels: tuple[Kernel, ...]

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
        column = fixed(rows.once(self.kernel, lambda: self.kernel.values(rows)))
        hits = column.values.astype(np.bool_)
        return hits if column.valid is None else hits & column.valid


def fixed(column: Column) -> FixedColumn:
    """A column of numbers, times or truth values, which are of fixed width."""
    assert isinstance(column, FixedColumn), "numbers, times and truth values are of fixed width"
    return column


def is_domain(values: object) -> TypeIs[Domain]:
    """Whether these are values to draw from, rather than a finished kernel."""
    return isinstance(values, Domain)


@dataclass(frozen=True, eq=False)
class Drawn(Kernel):
    """A value of a domain for each row, chosen by a selector."""

    selector: Selector
    domain: Domain

    @cached_property
    def facts(self) -> Facts:
        selector = self.selector
        known = self.domain.first(selector.size).facts
        # of the columns of an entity, most have fewer values than there are entities
        count = selector.size if known.distinct is None else min(selector.size, known.distinct)
        return replace(
            known,
            distinct=count,
            repeats=known.repeats or not selector.tells_apart,
            movable=known.movable and not selector.counts,
            even=known.even and selector.even,
            independent=selector.independent,
            steady=selector.counts and known.grid is not None,
            rising=selector.rises and self.domain.rises,
        )

    def values(self, rows: Rows) -> Column:
        return self.domain.decode(self.selector.index(rows))

    def without(self, values: Collection[Stored]) -> Kernel | None:
        # what counts rows takes the values behind its last instead
        domain = self.domain.extended(len(values)) if self.selector.counts else self.domain
        places = None if domain is None else domain.indices(values)
        if domain is None or places is None or len(places) >= domain.size:
            return None
        selector = self.selector.without(places)
        return None if selector is None else Drawn(selector, domain.without(places))

    def between(self, low: int | float, high: int | float) -> Kernel | None:
        domain = self.domain.between(low, high)
        selector = self.selector.resized(domain.size) if domain is not None else None
        return None if domain is None or selector is None else Drawn(selector, domain)

    def ranked(self, positions: Selector) -> Kernel | None:
        found = self.domain.in_order()
        selector = None if found is None else self.selector.by_position(positions, found[1])
        return None if found is None or selector is None else Drawn(selector, found[0])


@dataclass(frozen=True, eq=False)
class Nullable(Kernel):
    """Another kernel's values, NULL where an event hits. Columns that are NULL together share the event."""

    kernel: Kernel
    event: Event

    @cached_property
    def facts(self) -> Facts:
        # when it is NULL is no draw of its own
        return replace(self.kernel.facts, nullable=True, independent=False, steady=False, rising=False)

    def values(self, rows: Rows) -> Column:
        valid = rows.once(self.event, lambda: ~self.event.hits(rows))
        return with_nulls(self.kernel.values(rows), valid)
