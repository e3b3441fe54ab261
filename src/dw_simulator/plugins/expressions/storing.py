"""In which types of columns a result of DuckDB can be stored, and by which cast.

A number is rounded to the digits of its column, halves away from zero; a moment becomes a day by leaving
out its time, and an instant a wall clock in UTC. Anything else has to be cast in the expression itself.
"""

import re
from collections.abc import Callable, Mapping

from dw_simulator.errors import Refusal
from dw_simulator.plugins.expressions.evaluation import AWAY
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

_WHOLE = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)")
_MENDS = {
    Kind.TEXT: "cast it: CAST(... AS VARCHAR)",
    Kind.BOOLEAN: "write a condition, such as a > 0",
    Kind.JSON: "make JSON of it, or cast it",
    Kind.NOTATION: "cast it: CAST(... AS VARCHAR)",
}
_VALUE = "\0"
"""Where the expression goes."""
_DIGITS = 12
"""Up to so many, those behind the point included, a DOUBLE tells halves from what is near them."""


def stored(value: str, made: str, type_: SqlType, *, variants: bool) -> str:
    """An expression of DuckDB's type `made`, cast to the column's type. Raises Refusal.

    variants  whether a string within JSON is its text where text is wanted, as in Redshift and Snowflake
    """
    family = _family(made)
    cast = f"({_VALUE} ->> '$')" if variants and (type_.kind, family) == _SCALAR else _cast(family, type_)
    if cast is None:
        words = f"the expression gives {made}, which {_article(type_)} column does not store"
        raise Refusal(words, _MENDS.get(type_.kind, f"cast it: CAST(... AS {type_.declared})"))
    return cast.replace(_VALUE, value)


_SCALAR = (Kind.TEXT, "json")


def _article(type_: SqlType) -> str:
    return f"{'an' if type_.declared[:1] in 'AEIO' else 'a'} {type_.declared}"


def _family(made: str) -> str:
    """What kind of type it is, in one word."""
    if made.endswith("]") or made.startswith(("STRUCT", "MAP")):
        return "nested"
    if _WHOLE.fullmatch(made) or made.startswith("DECIMAL"):
        return "exact"
    if made.startswith("TIMESTAMP"):
        return "instant" if "ZONE" in made or "TZ" in made else "moment"
    return {
        "FLOAT": "float",
        "DOUBLE": "float",
        "VARCHAR": "text",
        "TIME": "clock",
        "TIME_NS": "clock",
        "NULL": "null",
    }.get(made, made.lower())


def _as(name: str, value: str = _VALUE) -> str:
    return f"CAST({value} AS {name})"


def _own(type_: SqlType) -> str:
    return _as(fetched(type_))


def _from_float(type_: SqlType) -> str:
    """Halves away from zero: what is a half as a decimal becomes one, and a whole number is made by way of a
    decimal, as a DOUBLE alone would go to the even number."""
    value = _VALUE if type_.scale > _DIGITS else f"{AWAY}({_VALUE}, {10 ** (_DIGITS - type_.scale)})"
    return _as(fetched(type_), _as("DECIMAL(38, 0)", value) if type_.kind is Kind.INTEGER else value)


def _in_utc(type_: SqlType) -> str:
    zoned = "TIMESTAMPTZ_NS" if type_.unit == "ns" else "TIMESTAMPTZ"
    return _as(fetched(type_), f"({_as(zoned)} AT TIME ZONE 'UTC')")


def _json(type_: SqlType) -> str:
    text = _as("VARCHAR", f"to_json({_VALUE})")
    return text if type_.shape == "any" else f"ltrim({text}, E' \\t\\r\\n')"


def _bytes(_type: SqlType) -> str:
    return _as("BLOB")


_CASTS: Mapping[tuple[Kind, str], Callable[[SqlType], str]] = {
    **dict.fromkeys(((kind, family) for kind in NUMERIC_KINDS for family in ("exact", "float")), _own),
    **dict.fromkeys(((Kind.INTEGER, "float"), (Kind.DECIMAL, "float")), _from_float),
    (Kind.BOOLEAN, "boolean"): _own,
    (Kind.TEXT, "text"): _own,
    (Kind.TEXT, "json"): _own,
    (Kind.NOTATION, "text"): _own,
    (Kind.DATE, "date"): _own,
    (Kind.DATE, "moment"): _own,
    (Kind.TIME, "clock"): _own,
    (Kind.TIMESTAMP, "date"): _own,
    (Kind.TIMESTAMP, "moment"): _own,
    (Kind.TIMESTAMP, "instant"): _in_utc,
    (Kind.BINARY, "blob"): _bytes,
    (Kind.UUID, "uuid"): _bytes,
    (Kind.JSON, "json"): _json,
    (Kind.JSON, "nested"): _json,
}


def _cast(family: str, type_: SqlType) -> str | None:
    if family == "null":
        return _as("BLOB") if type_.kind in (Kind.UUID, Kind.BINARY) else _own(type_)
    cast = _CASTS.get((type_.kind, family))
    return cast(type_) if cast else None


def fetched(type_: SqlType) -> str:
    """DuckDB's name of the type that a column's values are fetched in."""
    fine = "_NS" if type_.unit == "ns" else ""
    match type_.kind:
        case Kind.INTEGER:
            return {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}[type_.bits]
        case Kind.DECIMAL:
            return f"DECIMAL({type_.precision}, {type_.scale})"
        case Kind.FLOAT:
            return "REAL" if type_.bits == 32 else "DOUBLE"
        case Kind.TIME | Kind.TIMESTAMP as kind:
            return f"{kind.value.upper()}{fine}"
        case Kind.TEXT | Kind.JSON | Kind.NOTATION:
            return "VARCHAR"
        case kind:
            return kind.value.upper()
