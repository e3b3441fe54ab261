"""Texts of one length that show other columns at some of their places: a sex, then a birth date.

0 00 00 13 055 123 00    what has been made, with signs that hold the places
1 85 06                  what other columns of the row say
                   42    the check digits, which cover both
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import Column, Valid, ViewColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.checked import CheckSum
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.merging import as_views
from dw_simulator.engine.values.writer import INLINE

Cells = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ShownPlace:
    """Some places of a text, and the column that stands there.

    at      the first of them, in bytes
    filler  the sign for what is shorter: "0" stands before it, any other behind it
    """

    at: int
    width: int
    source: Kernel
    filler: str

    def column(self, rows: Rows) -> Column:
        """What the column says, made once for these rows."""
        return rows.once(self.source, lambda: self.source.values(rows))


@dataclass(frozen=True, eq=False)
class WithShown(Kernel):
    """The texts of a kernel, all equally long, with other columns and check digits at their places.

    apart  whether no two texts of the kernel are alike beside these places
    """

    inner: Kernel
    width: int
    shown: Sequence[ShownPlace]
    sums: Sequence[CheckSum]
    apart: bool

    @cached_property
    def facts(self) -> Facts:
        nullable = any(one.facts.nullable for one in (self.inner, *(place.source for place in self.shown)))
        return Facts(width=self.width, repeats=not self.apart, nullable=nullable, movable=False)

    def values(self, rows: Rows) -> ViewColumn:
        column = as_views(self.inner.values(rows))
        cells, valid = _level(column, self.width, "0"), column.valid
        for place in self.shown:
            source = as_views(place.column(rows))
            cells[:, place.at : place.at + place.width] = _level(source, place.width, place.filler)
            valid = _both(valid, source.valid)
        for one in self.sums:
            one.put(cells)
        return _texts(cells, valid)


def _both(one: Valid, other: Valid) -> Valid:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _level(column: ViewColumn, width: int, filler: str) -> Cells:
    """Texts as bytes side by side, each of this width: uint8[n, width], fresh."""
    lengths = column.views[:, 0].astype(np.int64)
    if column.valid is not None:  # what a NULL's view holds is anything
        lengths = lengths * column.valid
    inline = np.ascontiguousarray(column.views[:, 1:]).view(np.uint8).reshape(len(lengths), INLINE)
    at = np.arange(width)[None, :]
    if filler == "0":
        at = at + (lengths - width)[:, None]
    inside = (at >= 0) & (at < lengths[:, None])
    short = np.take_along_axis(inline, np.broadcast_to(np.clip(at, 0, INLINE - 1), inside.shape), axis=1)
    long = (lengths > INLINE)[:, None]
    if long.any():
        places = np.clip(column.views[:, 3].astype(np.int64)[:, None] + at, 0, len(column.data) - 1)
        short = np.where(long, column.data[places], short)
    return np.where(inside, short, np.uint8(ord(filler)))


def _texts(cells: Cells, valid: Valid) -> ViewColumn:
    """Bytes side by side as texts."""
    count, width = cells.shape
    views = np.zeros((count, 4), dtype=np.int32)
    views[:, 0] = width
    inline = views.view(np.uint8).reshape(count, 16)
    if width <= INLINE:
        inline[:, 4 : 4 + width] = cells
        return ViewColumn(views, np.zeros(0, dtype=np.uint8), valid)
    inline[:, 4:8] = cells[:, :4]
    views[:, 3] = np.arange(count, dtype=np.int64) * width
    return ViewColumn(views, np.ascontiguousarray(cells).reshape(-1), valid)
