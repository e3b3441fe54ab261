"""The names of types, and what each makes of its arguments: one table."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dw_simulator.types.sql_types import Kind, SqlType, UnknownTypeError

MAX_DECIMAL_DIGITS = 38
DEFAULT_TEXT_LENGTH = 255

Arguments = tuple[int, ...]
_Maker = Callable[[str, Arguments], SqlType]


def _at_most(count: int, make: _Maker) -> _Maker:
    """A maker of types that take so many arguments."""

    def checked(text: str, args: Arguments) -> SqlType:
        if len(args) > count:
            raise UnknownTypeError(f"{text!r}: too many arguments")
        return make(text, args)

    return checked


def _integer(bits: int, span: tuple[int, int] | None = None) -> _Maker:
    # MySQL-style display widths, INT(11), say nothing about the values
    return _at_most(1, lambda text, _args: SqlType(Kind.INTEGER, text, bits=bits, span=span))


def _unsigned(bits: int) -> _Maker:
    """Whole numbers from 0 on, stored in as many bits as hold them with a sign."""
    return _integer(next(wide for wide in (8, 16, 32, 64) if wide > bits), (0, (1 << bits) - 1))


def _float(bits: int) -> _Maker:
    def make(text: str, args: Arguments) -> SqlType:
        # SQL's FLOAT(p): up to 24 binary digits is single precision; MySQL's FLOAT(m, d) counts decimal ones
        return SqlType(Kind.FLOAT, text, bits=32 if len(args) == 1 and args[0] <= 24 else bits)

    return _at_most(2, make)


def _decimal(default: int, default_scale: int = 0, span: tuple[int, int] | None = None) -> _Maker:
    def make(text: str, args: Arguments) -> SqlType:
        precision, scale = (*args, 0)[:2] if args else (default, default_scale)
        if not 1 <= precision <= MAX_DECIMAL_DIGITS:
            raise UnknownTypeError(f"{text}: precision must be 1 to {MAX_DECIMAL_DIGITS}")
        if not 0 <= scale <= precision:
            raise UnknownTypeError(f"{text}: scale must be 0 to {precision}")
        bits = 64 if precision <= 18 else 128
        return SqlType(Kind.DECIMAL, text, bits=bits, precision=precision, scale=scale, span=span)

    return _at_most(2, make)


def _number(text: str, args: Arguments) -> SqlType:
    """NUMBER, whose scale may be below 0 (zeros before the point) or above the precision (behind it)."""
    precision, scale = (*args, 0)[:2] if args else (MAX_DECIMAL_DIGITS, 0)
    if scale < 0:
        told = f"values are whole numbers, not all of them rounded to {-scale} zeros"
        return replace(_decimal(0)(text, (precision - scale,)), told=told)
    if precision < scale <= MAX_DECIMAL_DIGITS and precision > 0:
        most = int(10**precision) - 1
        return replace(_decimal(0)(text, (scale, scale)), span=(-most, most))
    return _decimal(MAX_DECIMAL_DIGITS)(text, args)


def _unsigned_decimal(text: str, args: Arguments) -> SqlType:
    plain = _decimal(10)(text, args)
    return replace(plain, span=(0, plain.limits[1]))


def _sized(kind: Kind, default: int, *, fixed: bool = False, notation: str = "") -> _Maker:
    def make(text: str, args: Arguments) -> SqlType:
        length = args[0] if args else default
        if length < 1:
            raise UnknownTypeError(f"{text}: the length must be at least 1")
        return SqlType(kind, text, length=length, fixed=fixed, notation=notation)

    return _at_most(1, make)


def _temporal(kind: Kind, default: int, *, zoned: bool = False) -> _Maker:
    def make(text: str, args: Arguments) -> SqlType:
        digits = args[0] if args else default
        if not 0 <= digits <= 9:
            raise UnknownTypeError(f"{text}: 0 to 9 digits of a second are possible")
        return SqlType(kind, text, digits=digits, zoned=zoned)

    return _at_most(1, make)


def _plain(kind: Kind, shape: str = "any") -> _Maker:
    return _at_most(1, lambda text, _args: SqlType(kind, text, shape=shape, length=65_535))


def _written(notation: str, length: int) -> _Maker:
    """Text in a notation of its own, of at most so many bytes."""
    return _at_most(1, lambda text, _args: SqlType(Kind.NOTATION, text, notation=notation, length=length))


def _sketch(text: str, args: Arguments) -> SqlType:
    return replace(_written("hllsketch", 120)(text, args), told="values are sketches of two entries each")


def _digits(text: str, args: Arguments) -> SqlType:
    return replace(_decimal(MAX_DECIMAL_DIGITS)(text, args), told="values have up to 38 digits")


_FAMILIES: tuple[tuple[str, _Maker], ...] = (
    ("TINYINT BYTEINT INT1", _integer(8)),
    ("SMALLINT INT2", _integer(16)),
    ("INT INTEGER INT4 MEDIUMINT", _integer(32)),
    ("BIGINT INT8 INT64", _integer(64)),
    ("UTINYINT UINT8|TINYINT UNSIGNED", _unsigned(8)),
    ("USMALLINT UINT16|SMALLINT UNSIGNED", _unsigned(16)),
    ("UMEDIUMINT|MEDIUMINT UNSIGNED", _unsigned(24)),
    ("UINTEGER UINT UINT32 OID|INT UNSIGNED|INTEGER UNSIGNED", _unsigned(32)),
    ("UBIGINT UINT64|BIGINT UNSIGNED", lambda text, _: _decimal(20, 0, (0, (1 << 64) - 1))(text, ())),
    ("HUGEINT INT128", _decimal(38)),
    ("BIGNUM VARINT", _digits),
    ("UHUGEINT UINT128", _decimal(38, 0, (0, 10**38 - 1))),
    ("YEAR", _integer(16, (1901, 2155))),
    ("DECIMAL NUMERIC DEC", _decimal(18)),
    ("UDECIMAL|DECIMAL UNSIGNED|NUMERIC UNSIGNED", _unsigned_decimal),
    ("NUMBER FIXED", _number),
    ("MONEY", _decimal(19, 2)),
    ("SMALLMONEY", _decimal(10, 4, (-(1 << 31), (1 << 31) - 1))),
    ("REAL FLOAT4 BINARY_FLOAT", _float(32)),
    (
        """FLOAT FLOAT8 FLOAT64 DOUBLE BINARY_DOUBLE DECFLOAT UDOUBLE UFLOAT|DOUBLE PRECISION|
        DOUBLE UNSIGNED|FLOAT UNSIGNED""",
        _float(64),
    ),
    ("BOOLEAN BOOL", _plain(Kind.BOOLEAN)),
    ("CHAR CHARACTER NCHAR BPCHAR|NATIONAL CHAR|NATIONAL CHARACTER", _sized(Kind.TEXT, 1, fixed=True)),
    (
        """VARCHAR NVARCHAR VARCHAR2 NVARCHAR2 STRING TEXT CITEXT TINYTEXT MEDIUMTEXT LONGTEXT NTEXT CLOB
        NCLOB|CHARACTER VARYING|CHAR VARYING|NCHAR VARYING|NATIONAL CHARACTER VARYING|
        NATIONAL CHAR VARYING|NATIONAL VARCHAR""",
        _sized(Kind.TEXT, DEFAULT_TEXT_LENGTH),
    ),
    ("NAME", _sized(Kind.TEXT, 63)),
    ("SYSNAME", _sized(Kind.TEXT, 128)),
    ("DATE", _plain(Kind.DATE)),
    ("TIME|TIME WITHOUT TIME ZONE", _temporal(Kind.TIME, 6)),
    ("TIMETZ|TIME WITH TIME ZONE", _temporal(Kind.TIME, 6, zoned=True)),
    ("TIMESTAMP DATETIME|TIMESTAMP WITHOUT TIME ZONE", _temporal(Kind.TIMESTAMP, 6)),
    ("DATETIME2", _temporal(Kind.TIMESTAMP, 7)),
    ("SMALLDATETIME", _temporal(Kind.TIMESTAMP, 0)),
    ("DATETIMEOFFSET", _temporal(Kind.TIMESTAMP, 7, zoned=True)),
    (
        "TIMESTAMPTZ|TIMESTAMP WITH TIME ZONE|TIMESTAMP WITH LOCAL TIME ZONE",
        _temporal(Kind.TIMESTAMP, 6, zoned=True),
    ),
    ("TIMESTAMP_NTZ TIMESTAMPNTZ", _temporal(Kind.TIMESTAMP, 9)),
    ("TIMESTAMP_TZ TIMESTAMP_LTZ TIMESTAMPLTZ", _temporal(Kind.TIMESTAMP, 9, zoned=True)),
    ("BINARY", _sized(Kind.BINARY, DEFAULT_TEXT_LENGTH, fixed=True)),
    ("ROWVERSION", _sized(Kind.BINARY, 8, fixed=True)),
    (
        "VARBINARY VARBYTE BYTEA BYTES BLOB TINYBLOB MEDIUMBLOB LONGBLOB IMAGE RAW|BINARY VARYING|LONG RAW",
        _sized(Kind.BINARY, DEFAULT_TEXT_LENGTH),
    ),
    ("UUID UNIQUEIDENTIFIER", _plain(Kind.UUID)),
    ("SUPER VARIANT JSON JSONB SQL_VARIANT", _plain(Kind.JSON)),
    ("OBJECT MAP", _plain(Kind.JSON, "object")),
    ("ARRAY", _plain(Kind.JSON, "array")),
    ("INET", _written("inet", 45)),
    ("CIDR", _written("cidr", 49)),
    ("MACADDR", _written("macaddr", 17)),
    ("MACADDR8", _written("macaddr8", 23)),
    ("BIT", _sized(Kind.NOTATION, 1, fixed=True, notation="bits")),
    ("VARBIT BITSTRING|BIT VARYING", _sized(Kind.NOTATION, 64, notation="bits")),
    ("XML XMLTYPE", _written("xml", 200)),
    ("INT4RANGE INT8RANGE", _written("int range", 40)),
    ("NUMRANGE", _written("num range", 40)),
    ("DATERANGE", _written("date range", 40)),
    ("TSRANGE", _written("timestamp range", 60)),
    ("TSTZRANGE", _written("timestamptz range", 60)),
    ("TSVECTOR", _written("tsvector", 80)),
    ("TSQUERY", _written("tsquery", 80)),
    ("HSTORE", _written("hstore", 80)),
    ("LTREE", _written("ltree", 80)),
    ("PG_LSN", _written("lsn", 17)),
    ("HLLSKETCH", _sketch),
    ("HIERARCHYID", _written("hierarchyid", 24)),
    ("ROWID UROWID", _written("rowid", 18)),
    ("POINT", _written("(x,y)", 40)),
    ("LSEG PATH", _written("[(x,y),...]", 60)),
    ("BOX", _written("(x,y),(x,y)", 60)),
    ("POLYGON", _written("((x,y),...)", 60)),
    ("LINE", _written("{a,b,c}", 24)),
    ("CIRCLE", _written("<(x,y),r>", 40)),
)


def _spread(families: tuple[tuple[str, _Maker], ...]) -> Mapping[str, _Maker]:
    table: dict[str, _Maker] = {}
    for names, maker in families:
        first, *phrases = names.split("|")
        table.update(dict.fromkeys([*first.split(), *map(str.strip, phrases)], maker))
    return table


TYPES: Mapping[str, _Maker] = _spread(_FAMILIES)
