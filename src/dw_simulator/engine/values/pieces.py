"""Parts of texts that are put together: each takes one of some forms, by number."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.sampling import multiply_high
from dw_simulator.engine.values.facts import MANY, Language, texts_of
from dw_simulator.engine.values.writer import (
    DIGITS,
    WORD_BYTES,
    Lengths,
    Writer,
    divided,
    spelled,
    texts,
)


class Fragment(ABC):
    """A piece of a text that is put together: which of `radix` forms it takes is one digit of the index."""

    if TYPE_CHECKING:  # a field or a property, as the class likes

        @property
        def radix(self) -> int:
            """How many forms it has."""

        @property
        def width(self) -> int:
            """Bytes of its longest form."""

        @property
        def least(self) -> int:
            """Bytes of its shortest form."""

        @property
        def reach(self) -> int:
            """As of any `writer.Piece`."""

    @abstractmethod
    def write(self, digit: UInts, writer: Writer) -> None:
        """Append the forms of these numbers, which are not to be overwritten."""

    @property
    def is_counter(self) -> bool:
        """Whether it shows only where the other fragments of a text are used up."""
        return False

    def forms(self) -> tuple[Sequence[str], ...] | None:
        """What it can be: one text of each list, in order. None where these are too many to list."""
        if self.radix > MANY:
            return None
        found = texts_of(texts(self, np.arange(self.radix, dtype=np.uint64)))
        return (tuple(dict.fromkeys(found)),)


def joined(fragments: Sequence[Fragment]) -> Language | None:
    """The texts of some fragments, one after the other; None where a fragment has too many forms to list."""
    forms = [fragment.forms() for fragment in fragments]
    if any(found is None for found in forms):
        return None
    return Language(tuple(listed for found in forms for listed in found or ()))


_FUSED_FORMS, _FUSED_BYTES = 8192, 40


@dataclass(frozen=True, eq=False)
class AnyOf(Fragment):
    """One of several texts.

    cells  the texts, void[m] of whole words; lengths: their bytes
    """

    cells: NDArray[np.void]
    lengths: Lengths

    @classmethod
    def of(cls, *texts: str) -> Self:
        """The part that is one of these texts."""
        return cls._of_bytes([text.encode() for text in texts])

    @classmethod
    def _of_bytes(cls, data: Sequence[bytes]) -> Self:
        size = max((max(map(len, data)) + 7) // 8, 1) * 8
        cells = np.frombuffer(b"".join(item.ljust(size, b"\0") for item in data), dtype=f"V{size}")
        return cls(cells, np.array([len(item) for item in data], dtype=np.int64))

    @property
    def radix(self) -> int:
        return len(self.lengths)

    @cached_property
    def width(self) -> int:
        return int(self.lengths.max())

    @cached_property
    def least(self) -> int:
        return int(self.lengths.min())

    @property
    def reach(self) -> int:
        return self.cells.dtype.itemsize

    def write(self, digit: UInts, writer: Writer) -> None:
        at = digit.view(np.int64)
        cells = self.cells if self.radix == 1 else self.cells.take(at)
        writer.put(cells, self.width if self.width == self.least else self.lengths.take(at))

    def texts(self) -> list[bytes]:
        """What the forms are."""
        return [cell.tobytes()[:length] for cell, length in zip(self.cells, self.lengths, strict=True)]

    def fused(self, other: "AnyOf") -> "AnyOf | None":
        """This part and the next one as one, whose digit is theirs in mixed radix; None where too big."""
        if self.radix * other.radix > _FUSED_FORMS or self.width + other.width > _FUSED_BYTES:
            return None
        return AnyOf._of_bytes([first + second for second in other.texts() for first in self.texts()])


@dataclass(frozen=True, eq=False)
class Number(Fragment):
    """A whole number from `first` on, `radix` of them, below 2^63 and without leading zeros.

    With `omit_first` the first one is written as nothing: a counter that shows only when it is needed. A
    prefix of at most 8 bytes is shown with the number.

    alphabet  the digits, decimal ones or others
    places    zeros stand before a number of fewer digits
    """

    radix: int
    first: int = 0
    omit_first: bool = False
    prefix: str = ""
    alphabet: bytes = DIGITS
    places: int = 1

    @cached_property
    def _digits(self) -> tuple[int, int]:
        """Digits of the least and of the greatest number."""
        counts = []
        for number in (self.first, self.first + self.radix - 1):
            count = self.places
            while number >= len(self.alphabet) ** count:
                count += 1
            counts.append(count)
        return counts[0], counts[1]

    @property
    def is_counter(self) -> bool:
        return self.omit_first

    def forms(self) -> tuple[Sequence[str], ...] | None:
        if self.radix <= MANY:
            return super().forms()
        optional = ("",) if self.omit_first else ()
        prefix: tuple[Sequence[str], ...] = ((*optional, self.prefix),) if self.prefix else ()
        digits = self.width - len(self.prefix)
        certain = digits if self.omit_first else digits - 1  # places from here on always have a digit
        letters = tuple(self.alphabet.decode("latin-1"))
        return prefix + tuple(("", *letters) if place < certain else letters for place in range(digits))

    @property
    def width(self) -> int:
        if self.omit_first and self.radix == 1:
            return 0
        return len(self.prefix.encode()) + self._digits[1]

    @property
    def least(self) -> int:
        return 0 if self.omit_first else len(self.prefix.encode()) + self._digits[0]

    @property
    def reach(self) -> int:
        return self.width + WORD_BYTES

    def write(self, digit: UInts, writer: Writer) -> None:
        shown: NDArray[np.bool_] | None = None
        if self.omit_first:
            shown = digit != 0
            if not shown.any():
                return
        value, prefix = digit + np.uint64(self.first), self.prefix.encode()
        head = np.array([int.from_bytes(prefix, "little")], dtype=np.uint64)
        if shown is None and self.width <= WORD_BYTES:
            words, lengths = self._word(value, *self._digits)
            writer.put((words << np.uint64(8 * len(prefix))) | head, lengths + len(prefix))
            return
        if prefix:
            writer.put(head, len(prefix) if shown is None else shown * np.int64(len(prefix)))
        self._spell(value, self._digits, writer, shown)

    def _spell(
        self, value: UInts, digits: tuple[int, int], writer: Writer, shown: NDArray[np.bool_] | None
    ) -> None:
        """Write numbers of the least and the most digits; nothing where not `shown`."""
        least, most = digits
        higher: NDArray[np.bool_] | None = None
        if most > WORD_BYTES:
            high, value = divided(value, len(self.alphabet) ** WORD_BYTES)
            higher = high != 0 if least <= WORD_BYTES else np.ones(len(high), dtype=np.bool_)
            more = max(least - WORD_BYTES, 1), most - WORD_BYTES
            self._spell(high, more, writer, higher if shown is None else higher & shown)
        words, lengths = self._word(value, min(least, WORD_BYTES), min(most, WORD_BYTES), higher)
        writer.put(words, lengths if shown is None else lengths * shown.astype(np.int64))

    def _word(
        self, value: UInts, least: int, most: int, full: NDArray[np.bool_] | None = None
    ) -> tuple[UInts, Lengths | int]:
        """Numbers of at most 8 digits as words, and their lengths; all digits where `full`."""
        if least == most:
            return spelled(value, self.alphabet, most), most
        lengths = np.full(len(value), least, dtype=np.int64)
        for power in range(least, most):
            lengths += value >= np.uint64(len(self.alphabet) ** power)
        if full is not None:
            lengths[full] = most
        words = spelled(value, self.alphabet, most)
        words >>= (np.int64(most) - lengths).view(np.uint64) << np.uint64(3)
        return words, lengths


@dataclass(frozen=True, eq=False)
class Characters(Fragment):
    """`least` to `most` (at most 8) characters of an alphabet of single bytes.

    even  every length is equally likely, rather than every text; several digits then give the same text
    """

    alphabet: bytes
    least: int
    most: int
    even: bool = False

    @property
    def _counts(self) -> list[int]:
        """How many texts there are of each length."""
        return [int(len(self.alphabet) ** length) for length in range(self.least, self.most + 1)]

    @property
    def radix(self) -> int:
        return len(self._counts) * self._counts[-1] if self.even else sum(self._counts)

    def forms(self) -> tuple[Sequence[str], ...] | None:
        if self.radix <= MANY:
            return super().forms()
        letters = tuple(map(chr, self.alphabet))
        return tuple(letters if place < self.least else ("", *letters) for place in range(self.most))

    @property
    def width(self) -> int:
        return self.most

    @property
    def reach(self) -> int:
        return WORD_BYTES

    def write(self, digit: UInts, writer: Writer) -> None:
        if self.least == self.most:
            writer.put(spelled(digit, self.alphabet, self.most), self.most)
            return
        counts = self._counts
        if self.even:
            number = digit // np.uint64(len(counts))
            lengths = (digit - number * np.uint64(len(counts))).view(np.int64)
        else:
            ends = np.cumsum(counts).astype(np.uint64)
            lengths = np.zeros(len(digit), dtype=np.int64)
            for end in ends[:-1]:
                lengths += digit >= end
            number = digit - (ends - np.array(counts, dtype=np.uint64)).take(lengths)
        lengths += self.least
        words = spelled(number, self.alphabet, self.most)
        words >>= (np.int64(self.most) - lengths).view(np.uint64) << np.uint64(3)
        writer.put(words, lengths)


MOST = 1 << 63
_ENTROPY = 1 << 40


@dataclass(frozen=True, eq=False)
class Alternatives(Fragment):
    """A form of one of several parts.

    shares  how often each is taken, where every form of each is to be equally likely within it: then several
            digits give the same text, and `filler` draws the form
    """

    parts: tuple[Fragment, ...]
    shares: tuple[int, ...] = ()
    filler: Stream | None = None

    @cached_property
    def _sizes(self) -> list[int]:
        return [min(part.radix, MOST // len(self.parts)) for part in self.parts]

    @property
    def radix(self) -> int:
        return sum(self.shares) * _ENTROPY if self.shares else sum(self._sizes)

    @property
    def width(self) -> int:
        return max(part.width for part in self.parts)

    @property
    def least(self) -> int:
        return min(part.least for part in self.parts)

    @property
    def reach(self) -> int:
        return max(part.reach for part in self.parts)

    def write(self, digit: UInts, writer: Writer) -> None:
        which, inner = self._split(digit)
        written = []
        for k, part in enumerate(self.parts):
            places = np.flatnonzero(which == k)
            if len(places):
                some = writer.only(places)
                form = inner[places]
                part.write(multiply_high(form, part.radix) if self.shares else form, some)
                written.append((places, some))
        writer.join(written)

    def _split(self, digit: UInts) -> tuple[NDArray[np.int64], UInts]:
        """Which part, and which form of it: its number, or 64 random bits where parts have shares."""
        if self.shares:
            assert self.filler is not None, "shares come with a filler"
            slots = np.repeat(np.arange(len(self.parts)), self.shares)
            which = slots.take((digit % np.uint64(len(slots))).view(np.int64))
            return which, self.filler.bits(Rows.at(digit))
        ends = np.cumsum(self._sizes, dtype=np.uint64)
        which = np.searchsorted(ends, digit, side="right")
        return which, digit - (ends - np.array(self._sizes, dtype=np.uint64)).take(which)
