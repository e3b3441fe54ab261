"""Columns that look at digits of an index they have in common: the facets of one thing.

An entity, say a person, is a number in mixed radix. One digit tells the first name, another the last name;
so every column that looks at the same digit agrees with the others, whatever it makes of it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, FixedColumn
from dw_simulator.engine.rows import UInts
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.decimals import widen
from dw_simulator.engine.values.facts import Facts

DigitCodes = NDArray[np.unsignedinteger]


@dataclass(frozen=True, eq=False)
class Step:
    """A digit of an index, and what it stands for after what came before.

    stride, radix  the digit is index // stride % radix
    table          unsigned[m * radix]: what digit d stands for after code c is table[c * radix + d]; None
                   where the digit stands for itself
    """

    stride: int
    radix: int
    table: DigitCodes | None = None

    def digit(self, index: UInts) -> UInts:
        """uint64[n], fresh."""
        digit = _divided(index, self.stride)
        if self.radix & (self.radix - 1) == 0:
            return digit & np.uint64(self.radix - 1)
        rest: UInts = digit // np.uint64(self.radix)
        rest *= np.uint64(self.radix)
        np.subtract(digit, rest, out=rest)
        return rest

    def after(self, codes: UInts | None, index: UInts) -> UInts:
        """uint64[n], fresh: what the digit stands for."""
        at = self.digit(index)
        if codes is not None:
            codes *= np.uint64(self.radix)
            at += codes
        return at if self.table is None else self.table.take(at.view(np.int64)).astype(np.uint64, copy=False)


def _divided(index: UInts, divisor: int) -> UInts:
    """`index // divisor`; the index itself where that is the same."""
    if divisor & (divisor - 1):
        return index // np.uint64(divisor)
    return index >> np.uint64(divisor.bit_length() - 1) if divisor > 1 else index


@dataclass(frozen=True, eq=False)
class Trail:
    """Digits looked at one after another: the city, then one of that city's postcodes. Codes below `size`."""

    steps: tuple[Step, ...]
    size: int

    def codes(self, index: UInts) -> UInts:
        """uint64[n], fresh."""
        codes: UInts | None = None
        for step in self.steps:
            codes = step.after(codes, index)
        assert codes is not None, "a trail has steps"
        return codes


@dataclass(frozen=True, eq=False)
class Facet(Domain):
    """One column of an entity: a domain of its own under some digits of the entity's index.

    domain   what the column's values are
    trails   what the domain's index is put together from, the first running fastest; none where that is the
             entity's index itself
    entities  how many there are before counters come in; size, with them: the same for all columns

    Only a facet whose trails tell all entities apart may be a key.
    """

    domain: Domain
    trails: tuple[Trail, ...]
    entities: int
    size: int

    @property
    def natural(self) -> int:
        return self.entities

    @property
    def facts(self) -> Facts:
        own = self.domain.facts
        # of the columns of an entity, most have fewer values than there are entities
        return replace(
            own,
            distinct=min(self.size, self.domain.size),
            repeats=own.repeats or bool(self.trails),
            movable=False,
            even=False,
        )

    def decode(self, index: UInts) -> Column:
        if not self.trails:
            return self.domain.decode(index)
        own = self.trails[0].codes(index)
        stride = self.trails[0].size
        for trail in self.trails[1:]:
            codes = trail.codes(index)
            codes *= np.uint64(stride)
            own += codes
            stride *= trail.size
        return self.domain.decode(own)


@dataclass(frozen=True, eq=False)
class Near(Domain):
    """Numbers near one of some centres, in whole units: a centre by one digit, what is added by another.

    centres, offsets      what the digits stand for
    at_centre, at_offset  the digits
    units                 how many units make 1 in a floating-point column; 0 where whole units are stored
    wide                  stored as 128-bit integers
    """

    centres: NDArray[np.int64]
    at_centre: Step
    offsets: NDArray[np.int64]
    at_offset: Step
    dtype: np.dtype[np.generic]
    units: int = 0
    wide: bool = False

    @property
    def size(self) -> int:
        return len(self.centres) * len(self.offsets)

    @property
    def facts(self) -> Facts:
        least, most = (int(end(self.centres)) + int(end(self.offsets)) for end in (np.min, np.max))
        if not self.units:
            return Facts(span=(least, most), distinct=self.size)
        ends = (np.array([least, most]) / np.float64(self.units)).astype(self.dtype)
        return Facts(span=(float(ends[0]), float(ends[1])), distinct=self.size)

    def decode(self, index: UInts) -> FixedColumn:
        values = self.centres.take(self.at_centre.after(None, index).view(np.int64))
        values += self.offsets.take(self.at_offset.after(None, index).view(np.int64))
        if self.wide:
            return FixedColumn(widen(values))
        if not self.units:
            return FixedColumn(values.astype(self.dtype, copy=False))
        # one division of whole numbers that floats hold exactly: every machine rounds it alike
        return FixedColumn((values / np.float64(self.units)).astype(self.dtype, copy=False))
