"""Text made per row: codes, and texts put together from parts; and slices of a corpus.

Text is written eight bytes at a time into a row's own stretch of a buffer, each part over the last
one's overhang, and handed on as views: no offsets to sum up, nothing to move together afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import ViewColumn
from dw_simulator.engine.permutation import MAX_SIZE
from dw_simulator.engine.rows import UInts

Bytes = NDArray[np.uint8]
_INLINE = 12
_ALPHANUMERIC = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
# two characters at a time: _PAIRS[36 * i + j] is character i followed by character j
_PAIRS = np.stack([np.repeat(_ALPHANUMERIC, 36), np.tile(_ALPHANUMERIC, 36)], axis=1)


class Writer:
    """n texts growing side by side, none longer than `width` bytes."""

    def __init__(self, rows: int, width: int) -> None:
        self._stride = (width + 7) // 8 * 8 + 8
        self._data = np.empty(rows * self._stride + 8, dtype=np.uint8)
        # eight bytes from any byte on: the address of a store need not be a multiple of eight
        self._stores = np.ndarray((rows * self._stride,), dtype="<u8", buffer=self._data, strides=(1,))
        self._starts = np.arange(rows, dtype=np.int64) * self._stride
        self._ends = self._starts.copy()

    def put(self, words: UInts, lengths: NDArray[np.int64] | int) -> None:
        """Append to each text the first `lengths` bytes (at most 8) of its word, low byte first."""
        self._stores[self._ends] = words
        self._ends += lengths

    def put_words(self, columns: Sequence[UInts], lengths: NDArray[np.int64]) -> None:
        """Append texts longer than a word: columns[k] holds bytes 8k to 8k+7."""
        for k, words in enumerate(columns):
            self._stores[self._ends + 8 * k if k else self._ends] = words
        self._ends += lengths

    def finish(self) -> ViewColumn:
        """The texts as views."""
        return views_of(self._data, self._starts, self._ends - self._starts)

    @classmethod
    def of_matrix(cls, matrix: Bytes, length: int) -> ViewColumn:
        """The first `length` bytes of each row of a matrix [n, stride]."""
        starts = np.arange(len(matrix), dtype=np.int64) * matrix.shape[1]
        data = np.concatenate([matrix.reshape(-1), np.zeros(_INLINE, dtype=np.uint8)])
        return views_of(data, starts, np.full(len(matrix), length))


def views_of(data: Bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> ViewColumn:
    """Views of stretches of `data`; short texts move into the view, as Arrow requires."""
    views = np.empty((len(starts), 4), dtype=np.int32)
    views[:, 0] = lengths
    views[:, 2] = 0
    views[:, 3] = starts
    # the first four bytes of each text; an int32 may start at any byte
    heads = np.ndarray((max(len(data) - 3, 0),), dtype="<i4", buffer=data, strides=(1,))
    if len(starts):
        views[:, 1] = heads[starts]
    short = np.flatnonzero(lengths <= _INLINE)
    if len(short):
        cells = data[starts[short][:, None] + np.arange(_INLINE)]
        cells[np.arange(_INLINE) >= lengths[short][:, None]] = 0
        views[short, 1:] = cells.view("<i4")
    return ViewColumn(views, data)


@dataclass(frozen=True, eq=False)
class Codes:
    """Codes of one length in capital letters and digits."""

    length: int

    @property
    def width(self) -> int:
        return self.length

    @property
    def size(self) -> int:
        return min(int(36**self.length), MAX_SIZE)

    @property
    def natural(self) -> int:
        return self.size

    def decode(self, index: UInts) -> ViewColumn:
        # short codes are written where they end up, inside their views
        stride = 16 if self.length <= _INLINE else self.length
        offset = 4 if self.length <= _INLINE else 0
        cells = np.zeros((len(index), stride), dtype=np.uint8)
        text = cells[:, offset : offset + self.length]
        for place in range(self.length, 0, -2):
            rest = index // np.uint64(1296)
            pair = _PAIRS[(index - rest * np.uint64(1296)).view(np.int64)]
            text[:, max(place - 2, 0) : place] = pair[:, max(2 - place, 0) :]
            index = rest
        if not offset:
            return Writer.of_matrix(cells, self.length)
        views = cells.view("<i4")
        views[:, 0] = self.length
        return ViewColumn(views, cells[:0].reshape(-1))


class Part(Protocol):
    """A piece of a text that is put together: which of `radix` forms it takes is one digit of the index."""

    @property
    def radix(self) -> int: ...

    @property
    def width(self) -> int:
        """Bytes of its longest form."""

    def write(self, digit: UInts, writer: Writer) -> None: ...


@dataclass(frozen=True, eq=False)
class OneOf:
    """One of several texts."""

    words: tuple[UInts, ...]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, *texts: str) -> Self:
        """The part that is one of these texts."""
        data = [text.encode() for text in texts]
        columns = (max(map(len, data)) + 7) // 8
        padded = b"".join(item.ljust(8 * columns, b"\0") for item in data)
        table = np.frombuffer(padded, dtype="<u8").reshape(len(data), columns).astype(np.uint64)
        words = tuple(np.ascontiguousarray(table[:, k]) for k in range(columns))
        return cls(words, np.array([len(item) for item in data], dtype=np.int64))

    @property
    def radix(self) -> int:
        return len(self.lengths)

    @property
    def width(self) -> int:
        return int(self.lengths.max())

    def write(self, digit: UInts, writer: Writer) -> None:
        at = digit.view(np.int64)
        writer.put_words([words[at] for words in self.words], self.lengths[at])


_POWERS = tuple(10**k for k in range(8))


@dataclass(frozen=True, eq=False)
class Number:
    """A whole number from `first` on, `radix` of them, below 10^8 and without leading zeros.

    With `omit_first` the first one is written as nothing: a counter that shows only when it is needed,
    after a prefix of at most one byte.
    """

    radix: int
    first: int = 0
    omit_first: bool = False
    prefix: str = ""

    @property
    def width(self) -> int:
        if self.omit_first and self.radix == 1:
            return 0
        return len(self.prefix) + len(str(self.first + self.radix - 1))

    def write(self, digit: UInts, writer: Writer) -> None:
        shown = digit != 0 if self.omit_first else np.ones(len(digit), dtype=np.bool_)
        if not shown.any():
            return
        if self.prefix:
            writer.put(np.full(len(digit), ord(self.prefix), dtype=np.uint64), shown.astype(np.int64))
        value = digit + np.uint64(self.first)
        lengths = np.ones(len(value), dtype=np.int64)
        for power in _POWERS[1:]:
            lengths += value >= np.uint64(power)
        words = _eight_digits(value)
        words >>= (np.uint64(8) - lengths.view(np.uint64)) << np.uint64(3)
        writer.put(words, lengths * shown)


def _eight_digits(value: UInts) -> UInts:
    """Numbers below 10^8 as eight ASCII digits in a word, the leading digit in the low byte.

    Splits four, then two, then one digit apart, two, four and eight lanes to the word; the products
    stand in for divisions by 100 and by 10.
    """
    u = np.uint64
    high = value // u(10_000)
    pairs = high | ((value - high * u(10_000)) << u(32))
    upper = ((pairs * u(10_486)) >> u(20)) & u(0x0000_007F_0000_007F)
    hundreds = upper | ((pairs - upper * u(100)) << u(16))
    tens = ((hundreds * u(103)) >> u(10)) & u(0x000F_000F_000F_000F)
    ascii_digits: UInts = (tens | ((hundreds - tens * u(10)) << u(8))) + u(0x3030_3030_3030_3030)
    return ascii_digits


@dataclass(frozen=True, eq=False)
class Assembled:
    """Texts put together from parts; the index is split into one digit a part, a counter the slowest."""

    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        return min(prod(part.radix for part in self.parts), MAX_SIZE)

    @property
    def natural(self) -> int:
        return min(prod(part.radix for part in self.parts if not _is_counter(part)), MAX_SIZE)

    @property
    def width(self) -> int:
        return sum(part.width for part in self.parts)

    def decode(self, index: UInts) -> ViewColumn:
        digits: dict[int, UInts] = {}
        for k in sorted(range(len(self.parts)), key=lambda k: _is_counter(self.parts[k])):
            radix = np.uint64(self.parts[k].radix)
            rest = index // radix
            digits[k] = index - rest * radix
            index = rest
        writer = Writer(len(index), self.width)
        for k, part in enumerate(self.parts):
            part.write(digits[k], writer)
        return writer.finish()


def _is_counter(part: Part) -> bool:
    return isinstance(part, Number) and part.omit_first


@dataclass(frozen=True, eq=False)
class Slices:
    """Stretches of a corpus, as views that were made while planning."""

    views: NDArray[np.int32]
    data: Bytes

    @classmethod
    def of(cls, corpus: bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Self:
        """The stretches of these starts and lengths, in bytes."""
        data = np.frombuffer(corpus + bytes(_INLINE), dtype=np.uint8)
        return cls(views_of(data, starts, lengths).views, data)

    @property
    def width(self) -> int:
        return int(self.views[:, 0].max())

    @property
    def size(self) -> int:
        return len(self.views)

    @property
    def natural(self) -> int:
        return self.size

    def decode(self, index: UInts) -> ViewColumn:
        return ViewColumn(self.views.take(index.view(np.int64), axis=0), self.data)
