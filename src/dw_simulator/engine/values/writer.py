"""How text is written: many texts side by side, eight bytes and more at a time, and handed on as views.

Every row has its own stretch of a buffer, into which parts are written in cells of whole words, each over the
last one's overhang. As long as all texts are equally long that is a store at a fixed place of each row, which
is several times cheaper than one at a place of its own. There are no offsets to sum up, and nothing is moved
together afterwards.
"""

from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dw_simulator.engine.columns import ViewColumn
from dw_simulator.engine.rows import UInts

Bytes = NDArray[np.uint8]
Lengths = NDArray[np.int64]
INLINE = 12
WORD_BYTES = 8
# low word and high half-word of the first twelve bytes of a text, by its length: what a view keeps of them;
# of one that is longer its first four bytes
_KEPT = [*range(INLINE + 1), 4]
_KEPT_LOW = np.array([(1 << 8 * min(count, 8)) - 1 for count in _KEPT], dtype=np.uint64)
_KEPT_HIGH = np.array([(1 << 8 * max(count - 8, 0)) - 1 for count in _KEPT], dtype=np.uint32)

DIGITS = b"0123456789"
HEX_DIGITS = b"0123456789abcdef"
ALPHANUMERIC = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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

    def put(self, cells: NDArray[np.generic], lengths: Lengths | int) -> None:
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
            places: NDArray[np.generic] = np.ndarray(
                (len(self._data) - size + 1,), dtype=f"V{size}", buffer=self._data, strides=(1,)
            )
            places[self._ends] = kept.view(f"V{size}")
        self._ends += lengths

    def _column(self, dtype: DTypeLike, offset: int) -> NDArray[np.generic]:
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
        lengths: Lengths | int = self._at if self._ends is None else self._ends - self._starts
        views[:, 0] = lengths
        starts = np.arange(offset, offset + self._rows * self._stride, self._stride, dtype=np.uint32)
        if least > INLINE:  # their first four bytes and where they begin
            views[:, 1] = self._column("<i4", 0)
            views[:, 2] = 0
            views[:, 3] = starts.view(np.int32)
            return
        # a text that is short stands in the view itself, followed by zeros, as Arrow requires
        kept = np.minimum(lengths, INLINE + 1)
        text: NDArray[np.uint64] = np.ndarray(
            (self._rows,), dtype="<u8", buffer=views, offset=4, strides=(16,)
        )
        np.bitwise_and(self._column("<u8", 0), _KEPT_LOW.take(kept), out=text)
        high: NDArray[np.uint32] = self._column("<u4", 8).view(np.uint32)
        starts *= kept > INLINE
        starts |= high & _KEPT_HIGH.take(kept)
        views.view("<u4")[:, 3] = starts


STEP = 8192


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


def texts(piece: Piece, index: UInts, step: int = STEP) -> ViewColumn:
    """A text for each number.

    They are made some thousands at a time: what is made on the way then stays in the cache, and its memory is
    used again instead of being asked for, which costs several times as much as making the texts.
    """
    stride = max((max(piece.width, piece.reach) + 7) // 8 * 8, 16)
    inline = piece.width <= INLINE
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
    short = np.flatnonzero(lengths <= INLINE)
    if len(short):
        cells = data[starts[short][:, None] + np.arange(INLINE)]
        cells[np.arange(INLINE) >= lengths[short][:, None]] = 0
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


def divided(index: UInts, radix: int) -> tuple[UInts, UInts]:
    """Quotient and remainder."""
    rest = index // np.uint64(radix)
    return rest, index - rest * np.uint64(radix)
