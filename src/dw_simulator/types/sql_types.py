"""What a type is: the family of its values, and how they are stored."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """The families of values; a kernel serves one or more of them."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    BINARY = "binary"
    UUID = "uuid"
    JSON = "json"
    NOTATION = "notation"
    """Text that is written in a way of its own: addresses, intervals, shapes, ranges."""
    NESTED = "nested"
    """Lists, structs and maps, whose parts have types."""


NUMERIC_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
TEMPORAL_KINDS = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP})
FLAT_KINDS = frozenset(Kind) - {Kind.NESTED}
"""What has one value a row."""


@dataclass(frozen=True)
class SqlType:
    """A column's type, resolved.

    kind       family of values
    declared   the type as written, upper case
    bits       storage width of integers, floats and unscaled decimals (64, or 128 above 18 digits)
    precision  decimal digits in all; scale: digits after the point
    length     greatest length of text and binary values in bytes of UTF-8 (which bounds characters too);
               how many elements a vector has
    fixed      CHAR and BINARY as opposed to VARCHAR and VARBINARY
    digits     digits of a second that TIME and TIMESTAMP keep, 0 to 9
    fine       stored in nanoseconds, however few digits are kept
    zoned      an instant in UTC rather than a wall clock
    shape      what a JSON value is at its top: "any", "object" or "array"; what a nested one is: "list",
               "vector", "struct" or "map"
    span       the least and the greatest whole number, where the type has fewer than are stored
    notation   how a value in a notation of its own is written: "inet", "interval", "point", ...
    values     what an ENUM lists
    told       what values lack that the type would have, as a sentence's end; empty for nothing
    fields     of a struct; that of a list or vector is its element, those of a map are its key and its value
    """

    kind: Kind
    declared: str
    bits: int = 0
    precision: int = 0
    scale: int = 0
    length: int = 0
    fixed: bool = False
    digits: int = 6
    fine: bool = False
    zoned: bool = False
    shape: str = "any"
    span: tuple[int, int] | None = None
    notation: str = ""
    values: tuple[str, ...] = ()
    told: str = ""
    fields: "tuple[TypeField, ...]" = ()

    @property
    def unit(self) -> str:
        """Storage unit of TIME and TIMESTAMP: microseconds, or nanoseconds when more digits are asked."""
        return "ns" if self.fine or self.digits > 6 else "us"

    def coarser(self, digits: int | None) -> "SqlType":
        """The same, stored alike, for values with no more than so many digits of a second; None for all."""
        if digits is None or digits >= self.digits:
            return self
        return replace(self, digits=digits, fine=self.unit == "ns")

    @property
    def limits(self) -> tuple[int, int]:
        """Least and greatest integer (for a decimal: unscaled integer) the type can hold."""
        if self.span is not None:
            return self.span
        if self.kind is Kind.DECIMAL:
            return -(10**self.precision) + 1, 10**self.precision - 1
        return -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1


@dataclass(frozen=True)
class TypeField:
    """A part of a nested type."""

    name: str
    type: SqlType


class UnknownTypeError(ValueError):
    """A type name that no supported dialect has, or arguments that it does not take."""
