"""Values that users give, as a column stores them; what does not fit is refused with its row."""

from collections.abc import Callable, Sequence
from uuid import UUID

import numpy as np

from dw_simulator.engine.bounds import declared
from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.decimals import words
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.choices import stored_value
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.given_rows import Given
from dw_simulator.types import FLAT_KINDS, Kind, SqlType

STORABLE = FLAT_KINDS - {Kind.BINARY}
"""The kinds whose values can be given."""
_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})
_Stored = int | float | str | bytes


def given_column(type_: SqlType, values: Sequence[Given], what: str, limits: ColumnSpec | None) -> Column:
    """Values in the storage form of a type, with NULL for None.

    what    they are, for whoever reads that one does not fit: catalog.brand
    limits  the column whose bounds they keep to; None for no bounds

    Raises Refusal, which names the row.
    """
    stored = _Storing(type_, what, limits)
    found = [None if value is None else stored(value, row) for row, value in enumerate(values)]
    valid = np.array([one is not None for one in found], dtype=np.bool_)
    return _as_column(type_, found, None if valid.all() else valid)


def _as_column(
    type_: SqlType,
    found: Sequence[_Stored | None],
    valid: "np.ndarray[tuple[int], np.dtype[np.bool_]] | None",
) -> Column:
    if type_.kind in (Kind.TEXT, Kind.JSON, Kind.NOTATION):
        codes = {
            text: code for code, text in enumerate(dict.fromkeys(one for one in found if one is not None))
        }
        places = np.array([0 if one is None else codes[one] for one in found], dtype=np.int32)
        return PoolColumn(places, Pool(tuple(map(str, codes)) or ("",)), valid)
    if type_.kind is Kind.UUID:
        raw = b"".join(one if isinstance(one, bytes) else bytes(16) for one in found)
        return FixedColumn(np.frombuffer(raw, dtype=np.uint8).reshape(-1, 16), valid)
    numbers = [one or 0 for one in found]
    if type_.bits == 128:
        return FixedColumn(np.array([words(int(one)) for one in numbers], dtype=np.uint64), valid)
    return FixedColumn(np.array(numbers, dtype=dtype_of(type_)), valid)


class _Storing:
    """From a value to what is stored for it, each different one looked at once."""

    def __init__(self, type_: SqlType, what: str, limits: ColumnSpec | None) -> None:
        self.type, self.what = type_, what
        self.bounds = None if limits is None else declared(limits.column)
        self.known: dict[tuple[type, Given], _Stored] = {}
        makers: dict[Kind, Callable[[Given], _Stored]] = {
            Kind.BOOLEAN: self._truth,
            Kind.TEXT: self._text,
            Kind.NOTATION: self._text,
            Kind.UUID: lambda value: UUID(str(value)).bytes,
        }
        self.make = makers.get(type_.kind, self._plain)

    def __call__(self, value: Given, row: int) -> _Stored:
        key = (type(value), value)
        if key not in self.known:
            self.known[key] = self._checked(value, row)
        return self.known[key]

    def _checked(self, value: Given, row: int) -> _Stored:
        place = f"row {row} of {self.what}"
        try:
            item = self.make(value)
        except (ValueError, OverflowError) as error:
            said = str(error)
            words = said if repr(value) in said else f"{value!r}: {said}"
            raise Refusal(f"{place}: {words}", "correct the value or the type") from None
        outside = isinstance(item, int | float) and self.bounds is not None and not self.bounds.hold(item)
        if outside:
            mend = "move the bounds, or leave the row out"
            raise Refusal(f"{place}: {value!r} is outside the column's bounds", mend)
        return item

    def _plain(self, value: Given) -> _Stored:
        assert value is not None, "NULL is stored as such"
        return stored_value(self.type, value)

    def _text(self, value: Given) -> str:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        count = len(text.encode())  # a lone surrogate is no text
        if count > self.type.length:
            raise ValueError(f"{text!r} has {count} bytes and does not fit {self.type.declared}")
        return text

    def _truth(self, value: Given) -> int:
        said = str(value).strip().lower()
        if said not in _TRUE | _FALSE:
            raise ValueError(f"{value!r} is neither true nor false")
        return int(said in _TRUE)
