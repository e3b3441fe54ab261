"""From the name of an SQL type to the physical column that holds it: one table.

>>> sql_type("DECIMAL(12,2)")
SqlType(kind=<Kind.DECIMAL: 'decimal'>, declared='DECIMAL(12,2)', bits=64, precision=12, scale=2, ...)
>>> sql_type("timestamp_ntz").unit
'ns'
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from dw_simulator.errors import closest

MAX_DECIMAL_DIGITS = 38
DEFAULT_TEXT_LENGTH = 255


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


NUMERIC_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
TEMPORAL_KINDS = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP})


@dataclass(frozen=True)
class SqlType:
    """A column's type, resolved.

    kind       family of values
    declared   the type as written, upper case
    bits       storage width of integers, floats and unscaled decimals (64, or 128 above 18 digits)
    precision  decimal digits in all; scale: digits after the point
    length     greatest length of text and binary values in bytes of UTF-8 (which bounds characters too)
    fixed      CHAR and BINARY as opposed to VARCHAR and VARBINARY
    digits     digits of a second that TIME and TIMESTAMP keep, 0 to 9
    fine       stored in nanoseconds, however few digits are kept
    zoned      an instant in UTC rather than a wall clock
    shape      what a JSON value is at its top: "any", "object" or "array"
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
        if self.kind is Kind.DECIMAL:
            return -(10**self.precision) + 1, 10**self.precision - 1
        return -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1


class UnknownTypeError(ValueError):
    """A type name that no supported dialect has, or arguments that it does not take."""


_Maker = Callable[[str, tuple[int, ...]], SqlType]


def _integer(bits: int) -> _Maker:
    # MySQL-style display widths, INT(11), say nothing about the values
    return lambda text, _args: SqlType(Kind.INTEGER, text, bits=bits)


def _float(bits: int) -> _Maker:
    def make(text: str, args: tuple[int, ...]) -> SqlType:
        # SQL's FLOAT(p): up to 24 binary digits is single precision
        return SqlType(Kind.FLOAT, text, bits=32 if args and args[0] <= 24 else bits)

    return make


def _decimal(default: int) -> _Maker:
    def make(text: str, args: tuple[int, ...]) -> SqlType:
        precision, scale = (*args, 0)[:2] if args else (default, 0)
        if not 1 <= precision <= MAX_DECIMAL_DIGITS:
            raise UnknownTypeError(f"{text}: precision must be 1 to {MAX_DECIMAL_DIGITS}")
        if not 0 <= scale <= precision:
            raise UnknownTypeError(f"{text}: scale must be 0 to {precision}")
        bits = 64 if precision <= 18 else 128
        return SqlType(Kind.DECIMAL, text, bits=bits, precision=precision, scale=scale)

    return make


def _sized(kind: Kind, default: int, *, fixed: bool = False) -> _Maker:
    def make(text: str, args: tuple[int, ...]) -> SqlType:
        length = args[0] if args else default
        if length < 1:
            raise UnknownTypeError(f"{text}: the length must be at least 1")
        return SqlType(kind, text, length=length, fixed=fixed)

    return make


def _temporal(kind: Kind, default: int, *, zoned: bool = False) -> _Maker:
    def make(text: str, args: tuple[int, ...]) -> SqlType:
        digits = args[0] if args else default
        if not 0 <= digits <= 9:
            raise UnknownTypeError(f"{text}: 0 to 9 digits of a second are possible")
        return SqlType(kind, text, digits=digits, zoned=zoned)

    return make


def _plain(kind: Kind, shape: str = "any") -> _Maker:
    return lambda text, _args: SqlType(kind, text, shape=shape, length=65_535)


_FAMILIES: tuple[tuple[str, _Maker], ...] = (
    ("TINYINT BYTEINT INT1", _integer(8)),
    ("SMALLINT INT2", _integer(16)),
    ("INT INTEGER INT4 MEDIUMINT", _integer(32)),
    ("BIGINT INT8 INT64", _integer(64)),
    ("DECIMAL NUMERIC DEC", _decimal(18)),
    ("NUMBER FIXED", _decimal(38)),
    ("REAL FLOAT4", _float(32)),
    ("FLOAT FLOAT8 FLOAT64|DOUBLE|DOUBLE PRECISION", _float(64)),
    ("BOOLEAN BOOL", _plain(Kind.BOOLEAN)),
    ("CHAR CHARACTER NCHAR BPCHAR", _sized(Kind.TEXT, 1, fixed=True)),
    (
        "VARCHAR NVARCHAR VARCHAR2 NVARCHAR2 STRING TEXT|CHARACTER VARYING|CHAR VARYING",
        _sized(Kind.TEXT, DEFAULT_TEXT_LENGTH),
    ),
    ("DATE", _plain(Kind.DATE)),
    ("TIME|TIME WITHOUT TIME ZONE", _temporal(Kind.TIME, 6)),
    ("TIMETZ|TIME WITH TIME ZONE", _temporal(Kind.TIME, 6, zoned=True)),
    ("TIMESTAMP DATETIME|TIMESTAMP WITHOUT TIME ZONE", _temporal(Kind.TIMESTAMP, 6)),
    ("TIMESTAMPTZ|TIMESTAMP WITH TIME ZONE", _temporal(Kind.TIMESTAMP, 6, zoned=True)),
    ("TIMESTAMP_NTZ TIMESTAMPNTZ", _temporal(Kind.TIMESTAMP, 9)),
    ("TIMESTAMP_TZ TIMESTAMP_LTZ TIMESTAMPLTZ", _temporal(Kind.TIMESTAMP, 9, zoned=True)),
    ("BINARY", _sized(Kind.BINARY, DEFAULT_TEXT_LENGTH, fixed=True)),
    (
        "VARBINARY VARBYTE BYTEA BYTES BLOB|BINARY VARYING",
        _sized(Kind.BINARY, DEFAULT_TEXT_LENGTH),
    ),
    ("UUID", _plain(Kind.UUID)),
    ("SUPER VARIANT JSON JSONB", _plain(Kind.JSON)),
    ("OBJECT MAP", _plain(Kind.JSON, "object")),
    ("ARRAY", _plain(Kind.JSON, "array")),
)


def _spread(families: tuple[tuple[str, _Maker], ...]) -> Mapping[str, _Maker]:
    table: dict[str, _Maker] = {}
    for names, maker in families:
        first, *phrases = names.split("|")
        table.update(dict.fromkeys([*first.split(), *phrases], maker))
    return table


TYPES: Mapping[str, _Maker] = _spread(_FAMILIES)

# NAME, NAME(1), NAME(1,2), and NAME(1) WITH TIME ZONE, where the arguments stand inside the name
_SHAPE = re.compile(r"\s*([A-Z_][A-Z0-9_ ]*?)\s*(?:\(\s*([0-9 ,]*|MAX)\s*\)\s*([A-Z ]*?))?\s*")


@lru_cache(maxsize=4096)
def sql_type(text: str) -> SqlType:
    """Resolve a type as written in DDL or in the schema.

    Raises UnknownTypeError with the closest known name.
    """
    match = _SHAPE.fullmatch(text.upper())
    if match is None:
        raise UnknownTypeError(f"{text!r} is not a type name with optional arguments")
    head, arguments, tail = match.groups()
    name = " ".join(f"{head} {tail or ''}".split())
    maker = TYPES.get(name)
    if maker is None:
        raise UnknownTypeError(f"unknown type {text!r}{closest(name, TYPES)}")
    if arguments == "MAX":  # Redshift's VARCHAR(MAX)
        arguments = "65535"
    try:
        args = tuple(int(part) for part in arguments.split(",")) if arguments else ()
    except ValueError:
        raise UnknownTypeError(f"{text!r}: the arguments must be whole numbers") from None
    if len(args) > 2 or (len(args) == 2 and maker not in (TYPES["DECIMAL"], TYPES["NUMBER"])):
        raise UnknownTypeError(f"{text!r}: too many arguments")
    return maker(" ".join(text.upper().split()), args)
