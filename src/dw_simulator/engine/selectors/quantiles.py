"""From random bits to values of a continuous shape, or of a mixture of several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.scratch import working

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]
_ONE = np.uint64(1)

# A probability p below a half is written as an integer of 53 bits; as a float, its exponent and first six
# mantissa bits number the cells: 64 to an octave, so the cells grow finer towards 0 as fast as p itself.
_CELL_BITS = 6
_OCTAVES = 53
_CELLS = _OCTAVES << _CELL_BITS
_FIRST = 1023 << _CELL_BITS
_REST = np.int64((1 << (52 - _CELL_BITS)) - 1)
_REST_SCALE = 2.0 ** -(52 - _CELL_BITS)


def probabilities() -> Floats:
    """Of the knots from either end, and of the middle: from 2^-54 to 1/2."""
    cells = np.arange(_CELLS + 1)
    octave, step = cells >> _CELL_BITS, cells & ((1 << _CELL_BITS) - 1)
    p: Floats = np.ldexp(1.0 + step / (1 << _CELL_BITS), octave - (_OCTAVES + 1))
    return p


def knots_and_widths(lower: Curve, upper: Curve) -> tuple[Floats, Floats]:
    """The values at the knots of a shape, from either end to the middle, and what lies between two of them.

    Two float64[2 * _CELLS], which nobody may write to: columns share them. See `Quantiles.of`.
    """
    p = probabilities()
    below, above = np.maximum.accumulate(lower(p)), np.minimum.accumulate(upper(p))
    knots = np.concatenate([below[:-1], above[:-1]])
    widths = np.concatenate([np.diff(below), np.diff(above)])
    knots.flags.writeable = widths.flags.writeable = False
    return knots, widths


@dataclass(frozen=True, eq=False)
class Quantiles:
    """Continuous shapes as tables of their quantile functions, linear between knots, fine in both tails.

    One table or several of the same length, one behind the other.
    """

    independent: ClassVar[bool] = True

    stream: Stream
    knots: Floats
    widths: Floats

    @classmethod
    def of(cls, stream: Stream, lower: Curve, upper: Curve) -> "Quantiles":
        """The table of a shape given by its quantiles from below and from above, alike on every machine.

        lower(p) is the value with probability p below it, upper(p) the one with p above it, 0 < p <= 1/2.
        """
        return cls(stream, *knots_and_widths(lower, upper))

    def knots_of(self, table: int) -> tuple[Floats, Floats]:
        """(rising, falling): the values at `probabilities` below and above, the last of both the middle."""
        first = 2 * _CELLS * table
        below, above = first + np.arange(_CELLS), first + _CELLS + np.arange(_CELLS)
        ends = [np.append(self.knots[at], self.knots[at[-1]] + self.widths[at[-1]]) for at in (below, above)]
        return ends[0], ends[1]

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value that can come out."""
        tables = self.knots.reshape(-1, 2 * _CELLS)
        return float(tables[:, 0].min()), float(tables[:, _CELLS].max())

    def values(self, rows: Rows, tables: UInts | None = None) -> Floats:
        """float64[n], fresh.

        tables  which table each row's value is from, uint64[n], overwritten; the first where not given
        """
        return self._drawn(self.stream.bits(rows), tables)

    def at(self, positions: UInts) -> Floats:
        """The values below which a share of positions / 2^64 of the shape lies: float64[n], never falling."""
        side = positions >> np.uint64(63)
        words = positions << _ONE
        words ^= np.uint64(0) - side
        words &= ~_ONE
        words |= side
        return self._drawn(words)

    def _drawn(self, words: UInts, tables: UInts | None = None) -> Floats:
        """The lowest bit says from which end, the upper 53 how far from it; overwrites the words."""
        count = len(words)
        side, exact = working(0, count).view(np.int64), working(1, count).view(np.float64)
        np.bitwise_and(words.view(np.int64), np.int64(1), out=side)
        side *= np.int64(_CELLS)
        words >>= np.uint64(11)
        words |= _ONE
        np.copyto(exact, words.view(np.int64), casting="unsafe")
        bits = exact.view(np.int64)
        cell = np.right_shift(bits, np.int64(52 - _CELL_BITS), out=working(2, count).view(np.int64))
        cell += side
        cell -= np.int64(_FIRST)
        if tables is not None:
            tables *= np.uint64(2 * _CELLS)
            cell += tables.view(np.int64)
        rest = np.bitwise_and(bits, _REST, out=side)
        np.copyto(exact, rest, casting="unsafe")
        exact *= _REST_SCALE
        exact *= np.take(self.widths, cell, out=words.view(np.float64), mode="clip")
        out = np.take(self.knots, cell, out=words.view(np.float64), mode="clip")
        out += exact
        return out


@dataclass(frozen=True, eq=False)
class ByPosition:
    """Values of a shape by positions that are drawn elsewhere, spread evenly over 64 bits."""

    shape: Quantiles
    positions: Selector

    @property
    def independent(self) -> bool:
        """Whether a row's value may be asked at any 64-bit row number."""
        return self.positions.independent

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value that can come out."""
        return self.shape.bounds

    def values(self, rows: Rows) -> Floats:
        """float64[n], fresh."""
        return self.shape.at(self.positions.index(rows))


@dataclass(frozen=True, eq=False)
class Mixture:
    """Values of one of several shapes, chosen anew for every row: each shape is exact by itself."""

    independent: ClassVar[bool] = True

    choice: Selector
    shapes: Quantiles

    @classmethod
    def of(cls, choice: Selector, shapes: Sequence[Quantiles]) -> "Mixture":
        """The mixture of shapes; the selector gives the place of one of them."""
        knots = np.concatenate([shape.knots for shape in shapes])
        widths = np.concatenate([shape.widths for shape in shapes])
        return cls(choice, Quantiles(shapes[0].stream, knots, widths))

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value that can come out."""
        return self.shapes.bounds

    def values(self, rows: Rows) -> Floats:
        """float64[n], fresh."""
        return self.shapes.values(rows, self.choice.index(rows))
