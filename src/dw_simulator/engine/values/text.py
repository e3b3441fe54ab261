"""Text made per row: codes, texts put together from parts, and slices of a corpus."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import prod
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Pool, PoolColumn, ViewColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import BLOCK, Rows, UInts
from dw_simulator.engine.selectors.permutation import MAX_SIZE
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.values.base import TextDomain
from dw_simulator.engine.values.facts import Language, texts_of
from dw_simulator.engine.values.pieces import (
    MOST,
    Alternatives,
    AnyOf,
    Characters,
    Fragment,
    Number,
    joined,
)
from dw_simulator.engine.values.writer import (
    ALPHANUMERIC,
    HEX_DIGITS,
    INLINE,
    STEP,
    WORD_BYTES,
    Bytes,
    Lengths,
    Writer,
    divided,
    spelled,
    texts,
    views_of,
)

_POOLED = 1 << 12
"""Up to so many texts are a pool: a writer takes its codes as they are, and compares no texts."""

__all__ = [
    "HEX_DIGITS",
    "Alternatives",
    "AnyOf",
    "Assembled",
    "Characters",
    "Codes",
    "Fragment",
    "Number",
    "Slices",
    "Writer",
    "spelled",
    "texts",
    "views_of",
]


@dataclass(frozen=True, eq=False)
class Codes(TextDomain):
    """Codes of one length in capital letters and digits."""

    length: int

    @property
    def width(self) -> int:
        return self.length

    @property
    def size(self) -> int:
        return min(int(36**self.length), MAX_SIZE)

    @property
    def least(self) -> int:
        return self.length

    @property
    def reach(self) -> int:
        return self.length + WORD_BYTES

    def language(self) -> Language:
        return Language((tuple(ALPHANUMERIC.decode()),) * self.length)

    def decode(self, index: UInts) -> ViewColumn:
        return texts(self, index)

    def write(self, digit: UInts, writer: Writer) -> None:
        words: list[tuple[UInts, int]] = []
        for left in range(self.length, 0, -WORD_BYTES):
            count = min(left, WORD_BYTES)
            digit, number = divided(digit, 36**WORD_BYTES)
            words.append((spelled(number, ALPHANUMERIC, count), count))
        for word, count in reversed(words):
            writer.put(word, count)


@dataclass(frozen=True, eq=False)
class Assembled(TextDomain, Fragment):
    """Texts put together from parts; the index is split into one digit a part, a counter the slowest.

    fillers  a stream for each part, where parts have more forms together than an index has values: then the
             first parts tell all indices apart, and the others are drawn
    carrier  the one part that takes the whole index, where all the others are to be drawn
    """

    parts: tuple[Fragment, ...]
    fillers: tuple[Stream, ...] = ()
    carrier: int | None = None

    @cached_property
    def _order(self) -> list[int]:
        """The parts that have a choice, in the order in which they take their digits."""
        return sorted(
            (k for k, part in enumerate(self.parts) if part.radix > 1),
            key=lambda k: self.parts[k].is_counter,
        )

    @property
    def _limit(self) -> int:
        return MOST if self.fillers else MAX_SIZE

    @property
    def is_crowded(self) -> bool:
        """Whether parts have more forms together than an index can number: then fillers are needed."""
        return prod(part.radix for part in self.parts) > MOST

    @cached_property
    def size(self) -> int:
        if self.carrier is not None:
            return self.parts[self.carrier].radix
        return min(prod(part.radix for part in self.parts), self._limit)

    @property
    def radix(self) -> int:
        return self.size

    @cached_property
    def natural(self) -> int:
        if self.carrier is not None:
            return self.size
        return min(prod(part.radix for part in self.parts if not part.is_counter), self._limit)

    @cached_property
    def width(self) -> int:
        return sum(part.width for part in self.parts)

    @cached_property
    def least(self) -> int:
        return sum(part.least for part in self.parts)

    @cached_property
    def reach(self) -> int:
        starts = accumulate((part.width for part in self.parts), initial=0)
        reaches = (start + part.reach for start, part in zip(starts, self.parts, strict=False))
        return max(reaches, default=0)

    def language(self) -> Language | None:
        return joined(self.parts)

    def forms(self) -> tuple[Sequence[str], ...] | None:
        found = self.language()
        return None if found is None else found.parts

    @cached_property
    def _bare(self) -> "Assembled":
        """The same without counters that would not show, and with small neighbours as one part."""
        fused: list[Fragment] = []
        for part in self.parts:
            both = None
            if fused and isinstance(part, AnyOf) and isinstance(fused[-1], AnyOf):
                both = fused[-1].fused(part)
            if both is not None:
                fused[-1] = both
            elif not part.is_counter:
                fused.append(part)
        return Assembled(tuple(fused))

    def decode(self, index: UInts) -> ViewColumn:
        shown = self
        if not self.fillers and (self.natural == self.size or index.max(initial=0) < self.natural):
            shown = self._bare
        # where texts part, many short steps would come of it
        branches = any(isinstance(part, Alternatives) for part in self.parts)
        return texts(shown, index, BLOCK if branches else STEP)

    def write(self, digit: UInts, writer: Writer) -> None:
        digits = self._drawn(digit) if self.fillers else self._digits(digit)
        first = np.zeros_like(digit)  # of parts that have but one form
        for k, part in enumerate(self.parts):
            part.write(digits.get(k, first), writer)

    def _digits(self, index: UInts) -> dict[int, UInts]:
        digits: dict[int, UInts] = {}
        for k in self._order:
            if k == self._order[-1] and not self.parts[k].is_counter:
                digits[k] = index  # which is below the radix
            else:
                index, digits[k] = divided(index, self.parts[k].radix)
        return digits

    def _drawn(self, index: UInts) -> dict[int, UInts]:
        """The digits of an index too short for all of them.

        The digit in which it ends has fewer values than the part has forms; to these is added, modulo the
        forms, a number that depends on the digits before. So all forms come up, and indices stay apart.
        """
        digits: dict[int, UInts] = {}
        left_out: list[int] = []
        whole, passed = index, 1
        order = self._order if self.carrier is None else [self.carrier]
        order = order + [k for k in self._order if k not in order]
        for k in order:
            radix, left = self.parts[k].radix, self.size // passed
            if radix <= left:
                index, digits[k] = divided(index, radix)
            elif left > 1:
                before = whole % np.uint64(passed)
                digit = multiply_high(self.fillers[k].bits(Rows.at(before)), radix)
                digit += index
                digit -= np.uint64(radix) * (digit >= np.uint64(radix))
                digits[k], index = digit, np.zeros_like(index)
            else:
                left_out.append(k)
            passed *= radix
        self._fill(digits, left_out, Rows.at(whole))
        return digits

    def _fill(self, digits: dict[int, UInts], parts: list[int], index: Rows) -> None:
        """Draw the digits of some parts, as many from a word as keep their chances to 2^-32."""
        while parts:
            count, radix = 1, self.parts[parts[0]].radix
            while count < len(parts) and radix * self.parts[parts[count]].radix <= 1 << 32:
                radix *= self.parts[parts[count]].radix
                count += 1
            drawn = multiply_high(self.fillers[parts[0]].bits(index), radix)
            for k in parts[: count - 1]:
                drawn, digits[k] = divided(drawn, self.parts[k].radix)
            digits[parts[count - 1]] = drawn
            parts = parts[count:]


@dataclass(frozen=True, eq=False)
class Slices(TextDomain):
    """Stretches of a corpus, as views that were made while planning; few of them are a pool."""

    views: NDArray[np.int32]
    data: Bytes

    @classmethod
    def of(cls, corpus: bytes, starts: Lengths, lengths: Lengths) -> Self:
        """The stretches of these starts and lengths, in bytes."""
        data = np.frombuffer(corpus + bytes(INLINE), dtype=np.uint8)
        return cls(views_of(data, starts, lengths).views, data)

    @property
    def width(self) -> int:
        return int(self.views[:, 0].max())

    @property
    def size(self) -> int:
        return len(self.views)

    @cached_property
    def _pool(self) -> Pool:
        return Pool(tuple(texts_of(ViewColumn(self.views, self.data))))

    def decode(self, index: UInts) -> ViewColumn | PoolColumn:
        if self.size <= _POOLED:
            return PoolColumn(index.view(np.int64).astype(np.int32), self._pool)
        return ViewColumn(self.views.take(index.view(np.int64), axis=0), self.data)
