"""Texts put together from a row's number and from other columns: INV-2024-000123, ann.lee17@acme.example.

Each part says what it puts into some rows: a piece (`writer.Piece`), and the digit of it for each row. The
rows' texts then grow side by side, as all texts do.
"""

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Pool, PoolColumn, Valid, ViewColumn
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.merging import as_views
from dw_simulator.engine.values.pieces import AnyOf, Number
from dw_simulator.engine.values.writer import INLINE, WORD_BYTES, Lengths, Piece, Writer, texts

Put = tuple[Piece, UInts, Valid]
"""A piece, its digit for each row, and where there is a value."""


class TextPart(ABC):
    """A part of texts."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Bytes of its longest form."""

    @property
    @abstractmethod
    def least(self) -> int:
        """Bytes of its shortest form."""

    @property
    @abstractmethod
    def reach(self) -> int:
        """How many bytes from where it starts it may overwrite."""

    @abstractmethod
    def put(self, rows: Rows) -> Put:
        """What it puts into some rows."""


@dataclass(frozen=True, eq=False)
class _OfPiece(TextPart):
    """A part whose piece is the same for all rows."""

    piece: Number | AnyOf

    @property
    def width(self) -> int:
        return self.piece.width

    @property
    def least(self) -> int:
        return self.piece.least

    @property
    def reach(self) -> int:
        return self.piece.reach


@dataclass(frozen=True, eq=False)
class Fixed(_OfPiece):
    """The same in every row."""

    @classmethod
    def of(cls, text: str) -> "Fixed":
        """The part that is this text."""
        return cls(AnyOf.of(text))

    def put(self, rows: Rows) -> Put:
        return self.piece, np.zeros(len(rows), dtype=np.uint64), None


@dataclass(frozen=True, eq=False)
class RowCounter(_OfPiece):
    """The number of the row: from `start` on over all rows, or anew in each of several stretches of them.

    starts  the first row of each stretch, uint64[m], rising from 0
    """

    starts: UInts
    start: int

    def put(self, rows: Rows) -> Put:
        numbers = rows.numbers + np.uint64(self.start)
        if len(self.starts) > 1:
            at = np.searchsorted(self.starts, rows.numbers, side="right") - 1
            numbers -= self.starts[at]
        return self.piece, numbers, None


@dataclass(frozen=True, eq=False)
class Digits(_OfPiece):
    """A whole number from 0 on, of another column."""

    source: Kernel

    def put(self, rows: Rows) -> Put:
        column = fixed(rows.once(self.source, lambda: self.source.values(rows)))
        numbers = column.values.astype(np.uint64)
        if column.valid is not None:
            numbers *= column.valid
        return self.piece, numbers, column.valid


FIELDS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
"""What can be shown of a moment, and in how many digits."""


@dataclass(frozen=True, eq=False)
class MomentField(_OfPiece):
    """The year, the month, ... of another column, which is a DATE or a TIMESTAMP.

    field  one of FIELDS
    unit   stored units in a day
    """

    source: Kernel
    field: str
    unit: int

    def put(self, rows: Rows) -> Put:
        column = fixed(rows.once(self.source, lambda: self.source.values(rows)))
        return self.piece, field_of(column.values, self.field, self.unit), column.valid


def field_of(stored: NDArray[np.generic], field: str, unit: int) -> UInts:
    """The year, month, ... of stored dates or timestamps, of so many units a day: uint64[n]."""
    ticks = stored.astype(np.int64)
    days = ticks if unit == 1 else np.floor_divide(ticks, unit)
    if field in "HMS":
        seconds = (ticks - days * unit) // max(unit // 86_400, 1)
        found = {"H": seconds // 3600, "M": seconds // 60 % 60, "S": seconds % 60}[field]
        return found.astype(np.uint64)
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    if field == "d":
        found = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    elif field == "m":
        found = months.astype(np.int64) % 12 + 1
    else:
        found = np.floor_divide(months.astype(np.int64), 12) + 1970
        found = found % 100 if field == "y" else np.clip(found, 0, 9999)
    return found.astype(np.uint64)


@dataclass(frozen=True, eq=False)
class Copied(TextPart):
    """The text of another column; as a slug, its letters alone, from a to z.

    longest  bytes of the longest one
    """

    source: Kernel
    longest: int
    is_slug: bool = False

    @property
    def width(self) -> int:
        return self.longest

    @property
    def least(self) -> int:
        return 0

    @property
    def reach(self) -> int:
        return _cell_bytes(self.longest)

    def put(self, rows: Rows) -> Put:
        column = rows.once(self.source, lambda: self.source.values(rows))
        if isinstance(column, PoolColumn):
            shelf = _shelf(column.pool, self.longest, is_slug=self.is_slug)
            codes = column.codes if column.valid is None else column.codes * column.valid
            return shelf, codes.astype(np.uint64), column.valid
        cells = _cells(as_views(column), self.longest, is_slug=self.is_slug)
        return cells, np.arange(len(rows), dtype=np.uint64), column.valid


def _cell_bytes(longest: int) -> int:
    return max((longest + WORD_BYTES - 1) // WORD_BYTES * WORD_BYTES, 2 * WORD_BYTES)


@dataclass(frozen=True, eq=False)
class _Cells:
    """Texts side by side: cells are void[m], lengths their bytes; a digit says which."""

    cells: NDArray[np.generic]
    lengths: Lengths
    width: int
    least: int = 0

    @property
    def reach(self) -> int:
        return self.cells.dtype.itemsize

    def write(self, digit: UInts, writer: Writer) -> None:
        at = digit.view(np.int64)
        writer.put(self.cells.take(at), self.lengths.take(at))


@lru_cache(maxsize=64)
def _shelf(pool: Pool, longest: int, *, is_slug: bool) -> _Cells:
    """All texts of a pool."""
    some = pool if pool.values else Pool(("",))
    column = PoolColumn(np.arange(len(some.values), dtype=np.int32), some)
    return _cells(as_views(column), longest, is_slug=is_slug)


def _cells(column: ViewColumn, longest: int, *, is_slug: bool) -> _Cells:
    size = _cell_bytes(longest)
    count = len(column)
    out = np.zeros((count, size), dtype=np.uint8)
    lengths = np.clip(column.views[:, 0].astype(np.int64), 0, longest)
    if column.valid is not None:  # what a NULL's view holds is anything
        lengths *= column.valid
    cells = out.view(f"V{size}").reshape(count)
    long = lengths > INLINE
    if long.any():
        data = np.concatenate([column.data, np.zeros(size, dtype=np.uint8)])
        every: NDArray[np.generic] = np.ndarray(
            (len(data) - size + 1,), dtype=f"V{size}", buffer=data, strides=(1,)
        )
        cells[long] = every[column.views[long, 3]]
    short = np.flatnonzero(~long)
    out[short, :INLINE] = np.ascontiguousarray(column.views[short, 1:]).view(np.uint8)
    if is_slug:
        out, lengths = _slugs(out, lengths)
        cells = out.view(f"V{size}").reshape(count)
    return _Cells(cells, lengths, longest)


def _slugs(data: NDArray[np.uint8], lengths: Lengths) -> tuple[NDArray[np.uint8], Lengths]:
    """The letters of texts, without accents and small: uint8[n, size], and how many each has."""
    inside = np.arange(data.shape[1]) < lengths[:, None]
    pairs = np.where(inside, data, 0).astype(np.uint16) << np.uint16(8)
    pairs[:, :-1] |= data[:, 1:]
    letters = _letters()[pairs]
    shown = letters != 0
    places = np.cumsum(shown, axis=1) - 1
    out = np.zeros_like(data)
    at = np.nonzero(shown)
    out[at[0], places[at]] = letters[at]
    return out, shown.sum(axis=1)


@lru_cache(maxsize=1)
def _letters() -> NDArray[np.uint8]:
    """The letter from a to z for a byte of UTF-8 and the next one; 0 for none: uint8[65536]."""
    found = np.zeros((256, 256), dtype=np.uint8)
    for letter in range(ord("a"), ord("z") + 1):
        found[letter] = found[letter - 32] = letter
    for code in range(0x80, 0x800):
        base = unicodedata.normalize("NFKD", chr(code))[0].lower()
        if "a" <= base <= "z":
            first, second = chr(code).encode()
            found[first, second] = ord(base)
    return found.reshape(-1)


@dataclass(frozen=True, eq=False)
class _Line:
    """What all parts put into the rows of a batch; a digit is a place in it."""

    puts: Sequence[Put]
    width: int
    least: int
    reach: int

    def write(self, digit: UInts, writer: Writer) -> None:
        low = int(digit[0]) if len(digit) else 0
        for piece, digits, _valid in self.puts:
            piece.write(digits[low : low + len(digit)], writer)


@dataclass(frozen=True, eq=False)
class Composed(Kernel):
    """Texts of several parts, from which the row can be told: none comes twice.

    nullable  whether one of the parts can be NULL: then the text is
    """

    parts: tuple[TextPart, ...]
    nullable: bool = False

    @cached_property
    def facts(self) -> Facts:
        return Facts(width=self.width, repeats=False, nullable=self.nullable, movable=False)

    @cached_property
    def width(self) -> int:
        """Bytes of the longest text."""
        return sum(part.width for part in self.parts)

    @cached_property
    def _reach(self) -> int:
        starts = accumulate((part.width for part in self.parts), initial=0)
        return max(start + part.reach for start, part in zip(starts, self.parts, strict=False))

    def values(self, rows: Rows) -> ViewColumn:
        puts = [part.put(rows) for part in self.parts]
        least = sum(part.least for part in self.parts)
        line = _Line(puts, self.width, least, self._reach)
        column = texts(line, np.arange(len(rows), dtype=np.uint64))
        valid: Valid = None
        for _piece, _digits, one in puts:
            if one is not None:
                valid = one if valid is None else valid & one
        return ViewColumn(column.views, column.data, valid)
