"""Text made per row: texts put together from parts; codes; and slices of a corpus.

Every row has its own stretch of a buffer, into which parts are written in cells of whole words, each over the
last one's overhang. As long as all texts are equally long that is a store at a fixed place of each row, which
is several times cheaper than one at a place of its own. Texts are handed on as views: there are no offsets to
sum up, and nothing is moved together afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from math import prod
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import ViewColumn
from dw_simulator.engine.permutation import MAX_SIZE
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import BLOCK, Rows, UInts
from dw_simulator.engine.sampling import multiply_high

Bytes = NDArray[np.uint8]
Lengths = NDArray[np.int64]
_INLINE = 12
_WORD_BYTES = 8
# low word and high half-word of the first twelve bytes of a text, by its length: what a view keeps of them;
# of one that is longer its first four bytes
_KEPT = [*range(_INLINE + 1), 4]
_KEPT_LOW = np.array([(1 << 8 * min(count, 8)) - 1 for count in _KEPT], dtype=np.uint64)
_KEPT_HIGH = np.array([(1 << 8 * max(count - 8, 0)) - 1 for count in _KEPT], dtype=np.uint32)

DIGITS = b"0123456789"
HEX_DIGITS = b"0123456789abcdef"
_ALPHANUMERIC = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Writer:
    """n texts growing side by side in a buffer, each in `stride` bytes of its own: at least 16, whole words.

    There must be room for the cells that are put, overhang and all.
    """

    def __init__(self, buffer: Bytes, stride: int) -> None:
        self._rows = len(buffer) // stride
        self._stride = stride
        self._data = buffer
        self._at = 0  # where all texts end, until they differ
        self._ends: Lengths | None = None  # then: where each ends, in the buffer

    @property
    def _starts(self) -> Lengths:
        return np.arange(self._rows, dtype=np.int64) * self._stride

    def put(self, cells: NDArray[Any], lengths: Lengths | int) -> None:
        """Append to each text the first `lengths` bytes of its cell; of a word, the low byte is the first.

        cells  [n], or [1] for all rows, of whole words: uint64, or void of 8, 16, 24, ... bytes
        """
        size = cells.dtype.itemsize
        kept = cells.astype("<u8", copy=False) if cells.dtype.kind == "u" else cells
        if self._ends is None:
            self._column(kept.dtype, self._at)[...] = kept
            if isinstance(lengths, int):
                self._at += lengths
                return
            self._ends = self._starts + self._at
        else:
            # void may stand at any byte
            places: NDArray[Any] = np.ndarray(
                (len(self._data) - size + 1,), dtype=f"V{size}", buffer=self._data, strides=(1,)
            )
            places[self._ends] = kept.view(f"V{size}")
        self._ends += lengths

    def _column(self, dtype: Any, offset: int) -> NDArray[Any]:
        """What stands at an offset in each row."""
        return np.ndarray(
            (self._rows,), dtype=dtype, buffer=self._data, offset=offset, strides=(self._stride,)
        )

    def only(self, places: NDArray[np.intp]) -> "Writer":
        """The writer of some of the texts; `join` takes what it wrote."""
        some = Writer(self._data, self._stride)
        some._rows = len(places)
        some._ends = places * self._stride + self._at if self._ends is None else self._ends[places]
        return some

    def join(self, written: Sequence[tuple[NDArray[np.intp], "Writer"]]) -> None:
        """Go on after what the writers of some texts each, together of all, have written."""
        ends = np.empty(self._rows, dtype=np.int64) if self._ends is None else self._ends
        for places, writer in written:
            assert writer._ends is not None, "a writer of some texts knows where each ends"
            ends[places] = writer._ends
        self._ends = ends

    def finish(self, views: NDArray[np.int32], offset: int, least: int) -> None:
        """Views of the texts, where the buffer begins at an offset; none is shorter than `least` bytes."""
        lengths: Any = self._at if self._ends is None else self._ends - self._starts
        views[:, 0] = lengths
        starts = np.arange(offset, offset + self._rows * self._stride, self._stride, dtype=np.uint32)
        if least > _INLINE:  # their first four bytes and where they begin
            views[:, 1] = self._column("<i4", 0)
            views[:, 2] = 0
            views[:, 3] = starts.view(np.int32)
            return
        # a text that is short stands in the view itself, followed by zeros, as Arrow requires
        kept = np.minimum(lengths, _INLINE + 1)
        text: NDArray[Any] = np.ndarray((self._rows,), dtype="<u8", buffer=views, offset=4, strides=(16,))
        np.bitwise_and(self._column("<u8", 0), _KEPT_LOW.take(kept), out=text)
        starts *= kept > _INLINE
        starts |= self._column("<u4", 8) & _KEPT_HIGH.take(kept)
        views.view("<u4")[:, 3] = starts


_STEP = 8192


class Piece(Protocol):
    """What puts a text, or a part of one, for each number it is given."""

    @property
    def width(self) -> int:
        """Bytes of its longest form."""

    @property
    def least(self) -> int:
        """Bytes of its shortest form."""

    @property
    def reach(self) -> int:
        """How many bytes from where it starts it may overwrite, by cells that are longer than what counts."""

    def write(self, digit: UInts, writer: Writer) -> None:
        """Append the forms of these numbers, which are not to be overwritten."""


def texts(piece: Piece, index: UInts, step: int = _STEP) -> ViewColumn:
    """A text for each number.

    They are made some thousands at a time: what is made on the way then stays in the cache, and its memory is
    used again instead of being asked for, which costs several times as much as making the texts.
    """
    stride = max((max(piece.width, piece.reach) + 7) // 8 * 8, 16)
    inline = piece.width <= _INLINE
    views = np.empty((len(index), 4), dtype="<i4")
    data = np.empty((min(len(index), step) if inline else len(index)) * stride, dtype=np.uint8)
    for low in range(0, len(index), step):
        some = index[low : low + step]
        offset = 0 if inline else low * stride
        writer = Writer(data[offset : offset + len(some) * stride], stride)
        piece.write(some, writer)
        writer.finish(views[low : low + len(some)], offset, piece.least)
    return ViewColumn(views, data[:0] if inline else data)


def views_of(data: Bytes, starts: Lengths, lengths: Lengths) -> ViewColumn:
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


# --- spelling numbers

_TABLE_LIMIT = 1 << 15


@cache
def _spellings(alphabet: bytes, count: int) -> NDArray[np.uint32]:
    """Every text of up to four characters in order, the first one in the low byte."""
    table = np.zeros(1, dtype=np.uint32)
    letters = np.frombuffer(alphabet, dtype=np.uint8).astype(np.uint32)
    for place in range(count):
        table = (table[:, None] | (letters << np.uint32(8 * place))[None, :]).reshape(-1)
    return table


@cache
def _stretch(radix: int) -> int:
    """How many characters are looked up at a time."""
    return max(count for count in (1, 2, 3, 4) if count == 1 or radix**count <= _TABLE_LIMIT)


def spelled(numbers: UInts, alphabet: bytes, count: int) -> UInts:
    """Numbers below radix^count in `count` (at most 8) characters, the first in the low byte of a word."""
    radix, word = len(alphabet), np.zeros(len(numbers), dtype=np.uint64)
    place = count
    while place:
        taken = min(_stretch(radix), place)
        place -= taken
        table = _spellings(alphabet, taken)
        if place:
            unit = np.uint64(radix**taken)
            rest = numbers // unit
            digits = numbers - rest * unit
        else:
            rest = digits = numbers
        piece = table.take(digits.view(np.int64)).astype(np.uint64)
        piece <<= np.uint64(8 * place)
        word |= piece
        numbers = rest
    return word


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

    @property
    def least(self) -> int:
        return self.length

    @property
    def reach(self) -> int:
        return self.length + _WORD_BYTES

    def decode(self, index: UInts) -> ViewColumn:
        return texts(self, index)

    def write(self, digit: UInts, writer: Writer) -> None:
        words: list[tuple[UInts, int]] = []
        for left in range(self.length, 0, -_WORD_BYTES):
            count = min(left, _WORD_BYTES)
            digit, number = _divided(digit, 36**_WORD_BYTES)
            words.append((spelled(number, _ALPHANUMERIC, count), count))
        for word, count in reversed(words):
            writer.put(word, count)


# --- parts


class Part(Piece, Protocol):
    """A piece of a text that is put together: which of `radix` forms it takes is one digit of the index."""

    @property
    def radix(self) -> int: ...


_FUSED_FORMS, _FUSED_BYTES = 8192, 40


@dataclass(frozen=True, eq=False)
class OneOf:
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

    def fused(self, other: "OneOf") -> "OneOf | None":
        """This part and the next one as one, whose digit is theirs in mixed radix; None where too big."""
        if self.radix * other.radix > _FUSED_FORMS or self.width + other.width > _FUSED_BYTES:
            return None
        return OneOf._of_bytes([first + second for second in other.texts() for first in self.texts()])


@dataclass(frozen=True, eq=False)
class Number:
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
    def width(self) -> int:
        if self.omit_first and self.radix == 1:
            return 0
        return len(self.prefix.encode()) + self._digits[1]

    @property
    def least(self) -> int:
        return 0 if self.omit_first else len(self.prefix.encode()) + self._digits[0]

    @property
    def reach(self) -> int:
        return self.width + _WORD_BYTES

    def write(self, digit: UInts, writer: Writer) -> None:
        shown: NDArray[np.bool_] | None = None
        if self.omit_first:
            shown = digit != 0
            if not shown.any():
                return
        value, prefix = digit + np.uint64(self.first), self.prefix.encode()
        head = np.array([int.from_bytes(prefix, "little")], dtype=np.uint64)
        if shown is None and self.width <= _WORD_BYTES:
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
        if most > _WORD_BYTES:
            high, value = _divided(value, len(self.alphabet) ** _WORD_BYTES)
            higher = high != 0 if least <= _WORD_BYTES else np.ones(len(high), dtype=np.bool_)
            more = max(least - _WORD_BYTES, 1), most - _WORD_BYTES
            self._spell(high, more, writer, higher if shown is None else higher & shown)
        words, lengths = self._word(value, min(least, _WORD_BYTES), min(most, _WORD_BYTES), higher)
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
class Characters:
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

    @property
    def width(self) -> int:
        return self.most

    @property
    def reach(self) -> int:
        return _WORD_BYTES

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


_MOST = 1 << 63
_ENTROPY = 1 << 40


@dataclass(frozen=True, eq=False)
class Alternatives:
    """A form of one of several parts.

    shares  how often each is taken, where every form of each is to be equally likely within it: then several
            digits give the same text, and `filler` draws the form
    """

    parts: tuple[Part, ...]
    shares: tuple[int, ...] = ()
    filler: Stream | None = None

    @cached_property
    def _sizes(self) -> list[int]:
        return [min(part.radix, _MOST // len(self.parts)) for part in self.parts]

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


@dataclass(frozen=True, eq=False)
class Assembled:
    """Texts put together from parts; the index is split into one digit a part, a counter the slowest.

    fillers  a stream for each part, where parts have more forms together than an index has values: then the
             first parts tell all indices apart, and the others are drawn
    carrier  the one part that takes the whole index, where all the others are to be drawn
    """

    parts: tuple[Part, ...]
    fillers: tuple[Stream, ...] = ()
    carrier: int | None = None

    @cached_property
    def _order(self) -> list[int]:
        """The parts that have a choice, in the order in which they take their digits."""
        return sorted(
            (k for k, part in enumerate(self.parts) if part.radix > 1),
            key=lambda k: _is_counter(self.parts[k]),
        )

    @property
    def _limit(self) -> int:
        return _MOST if self.fillers else MAX_SIZE

    @property
    def is_crowded(self) -> bool:
        """Whether parts have more forms together than an index can number: then fillers are needed."""
        return prod(part.radix for part in self.parts) > _MOST

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
        return min(prod(part.radix for part in self.parts if not _is_counter(part)), self._limit)

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

    @cached_property
    def _bare(self) -> "Assembled":
        """The same without counters that would not show, and with small neighbours as one part."""
        fused: list[Part] = []
        for part in self.parts:
            both = None
            if fused and isinstance(part, OneOf) and isinstance(fused[-1], OneOf):
                both = fused[-1].fused(part)
            if both is not None:
                fused[-1] = both
            elif not _is_counter(part):
                fused.append(part)
        return Assembled(tuple(fused))

    def decode(self, index: UInts) -> ViewColumn:
        shown = self
        if not self.fillers and (self.natural == self.size or index.max(initial=0) < self.natural):
            shown = self._bare
        # where texts part, many short steps would come of it
        branches = any(isinstance(part, Alternatives) for part in self.parts)
        return texts(shown, index, BLOCK if branches else _STEP)

    def write(self, digit: UInts, writer: Writer) -> None:
        digits = self._drawn(digit) if self.fillers else self._digits(digit)
        first = np.zeros_like(digit)  # of parts that have but one form
        for k, part in enumerate(self.parts):
            part.write(digits.get(k, first), writer)

    def _digits(self, index: UInts) -> dict[int, UInts]:
        digits: dict[int, UInts] = {}
        for k in self._order:
            if k == self._order[-1] and not _is_counter(self.parts[k]):
                digits[k] = index  # which is below the radix
            else:
                index, digits[k] = _divided(index, self.parts[k].radix)
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
                index, digits[k] = _divided(index, radix)
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
                drawn, digits[k] = _divided(drawn, self.parts[k].radix)
            digits[parts[count - 1]] = drawn
            parts = parts[count:]


def _divided(index: UInts, radix: int) -> tuple[UInts, UInts]:
    """Quotient and remainder."""
    rest = index // np.uint64(radix)
    return rest, index - rest * np.uint64(radix)


def _is_counter(part: Part) -> bool:
    return isinstance(part, Number) and part.omit_first


@dataclass(frozen=True, eq=False)
class Slices:
    """Stretches of a corpus, as views that were made while planning."""

    views: NDArray[np.int32]
    data: Bytes

    @classmethod
    def of(cls, corpus: bytes, starts: Lengths, lengths: Lengths) -> Self:
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
