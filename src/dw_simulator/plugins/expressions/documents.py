"""Documents that are made from leaves: columns of their own, in arrays of drawn length and in objects.

A document is built as nested Arrow arrays, and DuckDB writes it as JSON. An element of an array is a row of
its own: that of place p below row r has number r * capacity + p, where the capacity is the greatest length,
so that a leaf's value is a function of its row as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dw_simulator.arrow import Dictionaries
from dw_simulator.engine.columns import Column, ViewColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.values.base import Kernel
from dw_simulator.errors import RunError
from dw_simulator.plugins.expressions.computed import Computed, source_array
from dw_simulator.ports.needs import Source
from dw_simulator.types import SqlType

Scalar = bool | int | float | str | None
"""What is no array and no object."""
_ELEMENTS = 1 << 18
_IN_PLACE = 12  # bytes of a text that stand in its view


@dataclass(frozen=True)
class DocumentRows:
    """Where in a batch's documents a part stands.

    top      the rows of the documents
    rows     of the part: those of the documents, or one for each element of an array
    parents  the document of each row, as its position in `top`; None where the rows are the documents'
    """

    top: Rows
    rows: Rows
    dictionaries: Dictionaries
    parents: NDArray[np.int64] | None = None


class Node(Protocol):
    """A part of a document, at any row."""

    def array(self, place: DocumentRows) -> pa.Array:
        """Its values, one for each row of the place."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """A column of its own."""

    type: SqlType
    kernel: Kernel

    def array(self, place: DocumentRows) -> pa.Array:
        rows = place.rows
        column = rows.once(self.kernel, lambda: self.kernel.values(rows))
        values = source_array(self.type, column, place.dictionaries)
        return values if place.parents is None else _decoded(values)


@dataclass(frozen=True, eq=False)
class CopiedColumn:
    """Another column of the document's row."""

    source: Source

    def array(self, place: DocumentRows) -> pa.Array:
        values = source_array(self.source.type, self.source.values(place.top), place.dictionaries)
        if place.parents is None:
            return values
        taken = pa.array(place.parents)
        if isinstance(values, pa.ExtensionArray):
            storage = _plain(values.storage).take(taken).cast(values.type.storage_type)
            return pa.ExtensionArray.from_storage(values.type, storage)
        return _plain(values).take(taken)


@dataclass(frozen=True, eq=False)
class SameValue:
    """The same text, number, truth value or NULL in every document."""

    value: Scalar

    def array(self, place: DocumentRows) -> pa.Array:
        count = len(place.rows)
        return pa.nulls(count, pa.string()) if self.value is None else pa.repeat(self.value, count)


@dataclass(frozen=True, eq=False)
class Object:
    """Members by name, in their order."""

    members: tuple[tuple[str, Node], ...]

    def array(self, place: DocumentRows) -> pa.Array:
        names = [name for name, _ in self.members]
        if not names:  # Arrow's structures without members have no length
            texts = pa.array(["{}"] * len(place.rows), pa.string_view())
            return pa.ExtensionArray.from_storage(pa.json_(pa.string_view()), texts)
        return pa.StructArray.from_arrays([node.array(place) for _, node in self.members], names=names)


@dataclass(frozen=True, eq=False)
class Array:
    """Elements of one kind, as many as a stream says for each row: from `least` to `capacity`."""

    element: Node
    lengths: Uniform
    least: int
    capacity: int

    def array(self, place: DocumentRows) -> pa.Array:
        rows = place.rows
        lengths = self.lengths.index(rows).astype(np.int64) + self.least
        offsets = np.zeros(len(rows) + 1, np.int32)
        np.cumsum(lengths, out=offsets[1:])
        owners = np.repeat(np.arange(len(rows)), lengths)
        places = np.arange(len(owners)) - offsets[owners]
        numbers = rows.numbers[owners] * np.uint64(self.capacity) + places.astype(np.uint64)
        parents = owners if place.parents is None else place.parents[owners]
        inner = DocumentRows(place.top, Rows.at(numbers), place.dictionaries, parents)
        return pa.ListArray.from_arrays(pa.array(offsets), self.element.array(inner))


def _decoded(array: pa.Array) -> pa.Array:
    """Without a dictionary, which DuckDB does not read below lists that are all empty."""
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _plain(array: pa.Array) -> pa.Array:
    """Without views, which not every function of Arrow takes, and without a dictionary."""
    array = _decoded(array)
    if array.type == pa.string_view():
        return array.cast(pa.string())
    return array.cast(pa.binary()) if array.type == pa.binary_view() else array


@dataclass(frozen=True, eq=False)
class Documents(Computed):
    """The JSON text of a document for each row.

    root      what it is at its top
    capacity  the most elements that one row may have in all
    """

    root: Node = field(kw_only=True)
    capacity: int = field(kw_only=True)

    def values(self, rows: Rows) -> Column:
        """Made of so few rows at a time that their elements are bounded, too."""
        step = max(_ELEMENTS // self.capacity, 1)
        if len(rows) <= step:
            return super().values(rows)
        pieces = [rows.numbers[start : start + step] for start in range(0, len(rows), step)]
        return _joined([super(Documents, self).values(Rows.at(piece)) for piece in pieces])

    def _batch(self, rows: Rows) -> pa.RecordBatch:
        place = DocumentRows(rows, rows, self._dictionaries)
        return pa.RecordBatch.from_arrays([self.root.array(place)], names=["document"])

    def _given(self, _batch: pa.RecordBatch, _at: int) -> Sequence[tuple[str, str]]:
        return ()


def _joined(columns: Sequence[Column]) -> ViewColumn:
    """Columns of text below each other; they have no NULLs."""
    parts = [column for column in columns if isinstance(column, ViewColumn)]
    starts = np.cumsum([0, *(len(part.data) for part in parts)])
    if starts[-1] >= 1 << 31:
        raise RunError("the documents of one batch take more than 2 GiB; make them shorter")
    views = np.concatenate([part.views for part in parts])
    moved = np.repeat(starts[:-1], [len(part) for part in parts])
    long = views[:, 0] > _IN_PLACE
    views[long, 3] += moved[long].astype(np.int32)
    return ViewColumn(views, np.concatenate([part.data for part in parts]))
